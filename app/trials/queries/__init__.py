"""Reads of trial records. They are public: there is nobody to hide one from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from app.trials.errors import NoSuchTrial
from app.trials.models import RANK, RecordNumber, RecordSite, RecordVersion, Source, TrialRecord
from app.trials.record import Record
from app.trials.rules.numbers import number_of
from app.trials.written import record_from


@dataclass(frozen=True)
class Listed:
    """A trial in the list: the record that leads it, all its records, where in Japan it has sites."""

    lead: TrialRecord
    records: list[TrialRecord] = field(default_factory=list)
    prefectures: list[str] = field(default_factory=list)


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
