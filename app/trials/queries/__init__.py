"""Reads of trial records. They are public: there is nobody to hide one from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, defer

from app.ground.paging import Paged, Paging
from app.trials.actions.joining import RANK
from app.trials.errors import NoSuchTrial
from app.trials.models import RecordNumber, RecordSite, RecordVersion, Source, TrialRecord
from app.trials.record import Record
from app.trials.rules.numbers import number_of
from app.trials.words import STATUSES
from app.trials.written import record_from

LONGEST_WORDS = 100


@dataclass(frozen=True)
class Filters:
    """What a reader chose: a word in titles or a number, a status, phase, source, prefecture; "" is no choice."""

    q: str = ""
    status: str = ""
    phase: str = ""
    registry: str = ""
    prefecture: str = ""

    @property
    def are_set(self) -> bool:
        """Whether anything was chosen."""
        return any(vars(self).values())

    @classmethod
    def asked(cls, **typed: str) -> "Filters":
        """Read what stands in an address; NUL and anything that is no choice of ours is no choice."""
        clean = {name: text.replace("\x00", "").strip()[:LONGEST_WORDS] for name, text in typed.items()}
        if clean.get("status") not in STATUSES:
            clean["status"] = ""
        if clean.get("registry") not in list(Source):
            clean["registry"] = ""
        return cls(**clean)


@dataclass(frozen=True)
class Listed:
    """A trial in the list: the record that leads it, all its records, where in Japan it has sites."""

    lead: TrialRecord
    records: list[TrialRecord] = field(default_factory=list)
    prefectures: list[str] = field(default_factory=list)


async def trials_found(session: AsyncSession, filters: Filters, paging: Paging) -> Paged[Listed]:
    """Return a page of trials, the last registered first; a trial is found when any of its records is. Four queries."""
    wanted = _wanted(filters)
    total = await session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    newest = wanted.order_by(TrialRecord.registered_on.desc().nulls_last(), TrialRecord.id.desc())
    leads = list(await session.scalars(newest.limit(paging.size).offset(paging.offset)))
    records = await _records_of(session, [lead.trial_id for lead in leads])
    places = await _prefectures_of(session, [lead.trial_id for lead in leads])
    rows = [Listed(lead, records[lead.trial_id], places[lead.trial_id]) for lead in leads]
    return Paged(rows, total, paging)


def _wanted(filters: Filters) -> Select[TrialRecord]:
    wanted = select(TrialRecord).where(TrialRecord.leads)
    record = aliased(TrialRecord)
    conditions: list[ColumnElement[bool]] = []
    if filters.status:
        conditions.append(record.status == filters.status)
    if filters.phase:
        conditions.append(literal(filters.phase) == any_(record.phases))
    if filters.registry:
        conditions.append(record.source == Source(filters.registry))
    if filters.prefecture:
        placed = select(RecordSite.record_id).where(RecordSite.prefecture_code == filters.prefecture)
        conditions.append(record.id.in_(placed))
    if filters.q:
        conditions.append(_says(record, filters.q))
    if conditions:
        wanted = wanted.where(exists().where(record.trial_id == TrialRecord.trial_id, *conditions))
    return wanted


def _says(record: type[TrialRecord], words: str) -> ColumnElement[bool]:
    """Say whether a record has all the words in its titles, or bears or names the number that they are."""
    number = number_of(words)
    if number is not None:
        return record.id.in_(select(RecordNumber.record_id).where(RecordNumber.value == number.value))
    both = func.concat(record.title_en, " ", record.title_ja, " ", record.number)
    each = [both.icontains(word, autoescape=True) for word in words.split()]
    return and_(*each)


async def _records_of(session: AsyncSession, trials: Sequence[UUID]) -> dict[UUID, list[TrialRecord]]:
    found: dict[UUID, list[TrialRecord]] = defaultdict(list)
    ordered = select(TrialRecord).where(TrialRecord.trial_id.in_(trials)).order_by(RANK, TrialRecord.number)
    for record in await session.scalars(ordered):
        found[record.trial_id].append(record)
    return found


async def _prefectures_of(session: AsyncSession, trials: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = await session.execute(
        select(TrialRecord.trial_id, RecordSite.prefecture_code)
        .join(RecordSite, RecordSite.record_id == TrialRecord.id)
        .where(TrialRecord.trial_id.in_(trials), RecordSite.prefecture_code.is_not(None))
        .distinct()
        .order_by(RecordSite.prefecture_code)
    )
    for trial, prefecture in rows:
        found[trial].append(str(prefecture))
    return found


@dataclass(frozen=True)
class Stated:
    """A record, what its newest version says whole, and its sites."""

    record: TrialRecord
    said: Record
    sites: list[RecordSite]


@dataclass(frozen=True)
class Shown:
    """A trial with everything that its registries say: the leading record first; its versions, newest first."""

    stated: list[Stated]
    versions: list[RecordVersion]

    @property
    def lead(self) -> TrialRecord:
        """The record that speaks first."""
        return self.stated[0].record


async def get_record(session: AsyncSession, number: str, *, source: str = "") -> TrialRecord:
    """Return the record that a number in any spelling means: its own, else one that names it. Raises NoSuchTrial.

    `source` asks for the record that this source gave, "" for the first.
    """
    known = number_of(number.replace("\x00", ""))
    value = known.value if known else number.replace("\x00", "").strip()
    bearing = select(TrialRecord).where(TrialRecord.number == value).order_by(RANK).limit(1)
    if source:
        bearing = bearing.where(TrialRecord.source == Source(source))
    naming = (
        select(TrialRecord)
        .join(RecordNumber, RecordNumber.record_id == TrialRecord.id)
        .where(RecordNumber.value == value)
        .order_by(RANK, TrialRecord.number)
        .limit(1)
    )
    found = await session.scalar(bearing) or (None if source else await session.scalar(naming))
    if found is None:
        raise NoSuchTrial
    return found


async def get_trial(session: AsyncSession, number: str) -> Shown:
    """Return the trial of a number, whole. Raises NoSuchTrial."""
    found = await get_record(session, number)
    rows = await session.execute(
        select(TrialRecord, RecordVersion)
        .join(
            RecordVersion, (RecordVersion.record_id == TrialRecord.id) & (RecordVersion.version == TrialRecord.version)
        )
        .where(TrialRecord.trial_id == found.trial_id)
        .order_by(TrialRecord.leads.desc(), RANK, TrialRecord.number)
    )
    both = [(record, version) for record, version in rows]
    ids = [record.id for record, _version in both]
    sites: dict[UUID, list[RecordSite]] = defaultdict(list)
    for site in await session.scalars(
        select(RecordSite).where(RecordSite.record_id.in_(ids)).order_by(RecordSite.record_id, RecordSite.position)
    ):
        sites[site.record_id].append(site)
    versions = await session.scalars(
        select(RecordVersion)
        .where(RecordVersion.record_id.in_(ids))
        .order_by(RecordVersion.read_at.desc(), RecordVersion.version.desc())
        .options(defer(RecordVersion.content))
    )
    stated = [Stated(record, record_from(version.content), sites[record.id]) for record, version in both]
    return Shown(stated, list(versions))


async def get_versions(session: AsyncSession, record: TrialRecord, numbers: Sequence[int]) -> list[RecordVersion]:
    """Return some versions of a record with their content, in the order asked. Raises NoSuchTrial where one is absent."""
    wanted = (RecordVersion.record_id == record.id) & RecordVersion.version.in_(numbers)
    found = {row.version: row for row in await session.scalars(select(RecordVersion).where(wanted))}
    if any(number not in found for number in numbers):
        raise NoSuchTrial
    return [found[number] for number in numbers]
