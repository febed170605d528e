"""Facility texts for the window: which wait for a decision, which are decided or linked by name, and what stands behind."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from app.ground.paging import Paged, Paging
from app.identity.models import Organisation
from app.sites.models import Institution
from app.sites.rules import InstitutionKind
from app.trials.errors import NoSuchFacility
from app.trials.models import Facility, FacilityDecision, SiteLink, TrialRecord
from app.trials.names import linking_indexes
from app.trials.rules.deciding import Standing
from app.trials.rules.linking import Index, named_in

MOST_PROPOSED = 3
LONGEST_WORDS = 100


@dataclass(frozen=True)
class Filters:
    """Which texts: how they stand, words in them, and the institution that is linked or proposed, "" for any."""

    standing: Standing = Standing.OPEN
    q: str = ""
    institution: str = ""

    @classmethod
    def asked(cls, *, standing: str, q: str, institution: str) -> "Filters":
        """Read what stands in an address; what is no choice of ours is none."""
        known = Standing(standing) if standing in list(Standing) else Standing.OPEN
        words, code = ("".join(sign for sign in text if sign.isprintable()).strip() for text in (q, institution))
        return cls(known, words[:LONGEST_WORDS], code[:LONGEST_WORDS])


@dataclass(frozen=True)
class Listed:
    """A text, in how many trials it stands, what was decided last, and the institutions that it may name."""

    facility: Facility
    trials: int
    decision: FacilityDecision | None
    proposed: Sequence[Institution]


@dataclass(frozen=True)
class Found:
    """A page of texts, and how many there are of each standing."""

    rows: Paged[Listed]
    counts: Mapping[Standing, int]


async def linkable_institutions(session: AsyncSession) -> list[Institution]:
    """Return every institution that can stand for a facility, by English name; one query."""
    every = (
        select(Institution)
        .join(Organisation, Organisation.id == Institution.id)
        .where(Institution.kind != InstitutionKind.NETWORK)
        .options(joinedload(Institution.organisation))
        .order_by(Organisation.name_en, Institution.code)
    )
    return list(await session.scalars(every))


async def facility_texts(
    session: AsyncSession, filters: Filters, paging: Paging, *, institutions: Collection[Institution]
) -> Found:
    """Return a page of texts: open ones by how many trials have them, decided ones newest first, others as first seen.

    An open text that no record has any more asks nothing and is left out. Five queries, however many texts there are.
    """
    counts = await _counts(session)
    wanted = _wanted(filters, {one.code: one.id for one in institutions})
    total = await session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = list(await session.execute(wanted.limit(paging.size).offset(paging.offset)))
    trials = await _trials_of(session, [facility.id for facility, _decision in rows])
    listed = await _listed(session, [(row[0], row[1]) for row in rows], trials, institutions)
    return Found(Paged(listed, total, paging), counts)


async def facility_text(session: AsyncSession, key: UUID, *, institutions: Collection[Institution]) -> Listed:
    """Return one text. Raises NoSuchFacility."""
    found = (await session.execute(_with_decision().where(Facility.id == key))).one_or_none()
    if found is None:
        raise NoSuchFacility
    trials = await _trials_of(session, [key])
    return (await _listed(session, [(found[0], found[1])], trials, institutions))[0]


async def decisions_on(session: AsyncSession, key: UUID) -> list[FacilityDecision]:
    """Return what was decided of a text, the newest first, with who and which institution."""
    rows = select(FacilityDecision).where(FacilityDecision.facility_id == key).options(*_loaded())
    return list(await session.scalars(rows.order_by(FacilityDecision.number.desc())))


async def trials_with(session: AsyncSession, key: UUID, paging: Paging) -> Paged[TrialRecord]:
    """Return a page of the trials that have a text, each by the record that leads it, the last registered first."""
    having = (
        select(TrialRecord.trial_id)
        .join(SiteLink, SiteLink.record_id == TrialRecord.id)
        .where(SiteLink.facility_id == key)
    )
    leads = select(TrialRecord).where(TrialRecord.leads, TrialRecord.trial_id.in_(having))
    total = await session.scalar(select(func.count()).select_from(leads.subquery())) or 0
    newest = leads.order_by(TrialRecord.registered_on.desc().nulls_last(), TrialRecord.id)
    return Paged(list(await session.scalars(newest.limit(paging.size).offset(paging.offset))), total, paging)


def _with_decision() -> Select[Facility, FacilityDecision | None]:
    newest = and_(FacilityDecision.facility_id == Facility.id, FacilityDecision.number == Facility.decision)
    return select(Facility, FacilityDecision).outerjoin(FacilityDecision, newest).options(*_loaded())


def _loaded() -> tuple[ExecutableOption, ...]:
    return joinedload(FacilityDecision.decided_by), joinedload(FacilityDecision.institution).joinedload(
        Institution.organisation
    )


def _wanted(filters: Filters, ids: Mapping[str, UUID]) -> Select[Facility, FacilityDecision | None]:
    wanted = _with_decision().where(Facility.standing == filters.standing, *_chosen(filters, ids))
    if filters.standing is Standing.OPEN:
        often = _often(select(Facility.id).where(Facility.standing == Standing.OPEN)).subquery()
        wanted = wanted.join(often, often.c.facility_id == Facility.id)
        return wanted.order_by(often.c.trials.desc(), Facility.score.desc(), Facility.id)
    if filters.standing is Standing.DECIDED:
        return wanted.order_by(FacilityDecision.decided_at.desc(), Facility.id)
    return wanted.order_by(Facility.first_seen_at.desc(), Facility.id.desc())


def _chosen(filters: Filters, ids: Mapping[str, UUID]) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if filters.q:
        both = func.concat(Facility.text_en, " ", Facility.text_ja, " ", Facility.city)
        chosen += [both.icontains(word, autoescape=True) for word in filters.q.split()]
    if filters.institution:
        meant = ids.get(filters.institution)
        named = or_(Facility.institution_id == meant, and_(Facility.decision == 0, Facility.proposed_id == meant))
        chosen.append(named if meant else false())
    return chosen


def _often(texts: Select[UUID]) -> Select[UUID, int]:
    return (
        select(SiteLink.facility_id, func.count(TrialRecord.trial_id.distinct()).label("trials"))
        .join(TrialRecord, TrialRecord.id == SiteLink.record_id)
        .where(SiteLink.facility_id.in_(texts))
        .group_by(SiteLink.facility_id)
    )


async def _counts(session: AsyncSession) -> dict[Standing, int]:
    """Count the texts of each standing; an open one only where some record still has it."""
    asks = select(SiteLink.record_id).where(SiteLink.facility_id == Facility.id).exists()
    every = select(Facility.standing, func.count()).where(or_(Facility.standing != Standing.OPEN, asks))
    counted = dict(iter(await session.execute(every.group_by(Facility.standing))))
    return {standing: counted.get(standing, 0) for standing in Standing}


async def _trials_of(session: AsyncSession, texts: Sequence[UUID]) -> dict[UUID, int]:
    return dict(iter(await session.execute(_often(select(Facility.id).where(Facility.id.in_(texts))))))


async def _listed(
    session: AsyncSession,
    rows: Sequence[tuple[Facility, FacilityDecision | None]],
    trials: Mapping[UUID, int],
    institutions: Collection[Institution],
) -> list[Listed]:
    indexes = await linking_indexes(session)
    by_code = {one.code: one for one in institutions}
    by_id = {one.id: one for one in institutions}
    return [
        Listed(one, trials.get(one.id, 0), decision, _proposed(one, indexes[one.demo], by_code, by_id))
        for one, decision in rows
    ]


def _proposed(
    facility: Facility, index: Index, by_code: Mapping[str, Institution], by_id: Mapping[UUID, Institution]
) -> list[Institution]:
    """What the rule proposes first, then every other institution that the text names."""
    first = [by_id[facility.proposed_id]] if facility.proposed_id else []
    named = [by_code[code] for code in named_in(facility.as_read, index) if code in by_code]
    return list(dict.fromkeys(first + named))[:MOST_PROPOSED]
