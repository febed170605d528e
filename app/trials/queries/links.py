"""Which institutions the places of trials and records stand for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.sites.models import Institution
from app.trials.models import Facility, FacilityDecision, SiteLink, TrialRecord
from app.trials.names import facility_id, facility_of
from app.trials.queries import Stated
from app.trials.rules.deciding import Standing


def linked_trials() -> Select[UUID, UUID | None]:
    """Return trial and institution of every linked place, once each: to be joined or filtered further."""
    return (
        select(TrialRecord.trial_id, Facility.institution_id)
        .join(SiteLink, SiteLink.record_id == TrialRecord.id)
        .join(Facility, Facility.id == SiteLink.facility_id)
        .where(Facility.institution_id.is_not(None))
        .distinct()
    )


async def institution_codes_of(session: AsyncSession, trials: Sequence[UUID]) -> dict[UUID, set[str]]:
    """Return the codes of the institutions that are linked to each trial; trials without any are left out. One query."""
    linked = linked_trials().where(TrialRecord.trial_id.in_(trials)).subquery()
    rows = select(linked.c.trial_id, Institution.code).join(Institution, Institution.id == linked.c.institution_id)
    found: dict[UUID, set[str]] = defaultdict(set)
    for trial, code in await session.execute(rows):
        found[trial].add(code)
    return dict(found)


async def institutions_of(session: AsyncSession, trials: Sequence[UUID]) -> dict[UUID, list[Institution]]:
    """Return the institutions that are linked to each trial, by code, with their names; others are left out. One query."""
    linked = linked_trials().where(TrialRecord.trial_id.in_(trials)).subquery()
    rows = (
        select(linked.c.trial_id, Institution)
        .join(Institution, Institution.id == linked.c.institution_id)
        .options(joinedload(Institution.organisation))
        .order_by(Institution.code)
    )
    found: dict[UUID, list[Institution]] = defaultdict(list)
    for trial, institution in await session.execute(rows):
        found[trial].append(institution)
    return dict(found)


async def places_of(session: AsyncSession, records: Sequence[UUID]) -> dict[UUID, dict[int, Institution]]:
    """Return for each record the institution of each place by its position; places without a link are left out.

    One query. For some moments after a new version these are the places of the version before.
    """
    rows = (
        select(SiteLink.record_id, SiteLink.position, Institution)
        .join(Facility, Facility.id == SiteLink.facility_id)
        .join(Institution, Institution.id == Facility.institution_id)
        .options(joinedload(Institution.organisation))
        .where(SiteLink.record_id.in_(records))
    )
    found: dict[UUID, dict[int, Institution]] = defaultdict(dict)
    for record, position, institution in await session.execute(rows):
        found[record][position] = institution
    return dict(found)


@dataclass(frozen=True)
class Place:
    """A place as it stands linked: the text, its institution, and when the window decided, None where the rule did."""

    facility: Facility
    institution: Institution
    decided_at: datetime | None


async def places_in(session: AsyncSession, stated: Sequence[Stated]) -> dict[UUID, dict[int, Place]]:
    """Return for each record the linked places by position, by the texts that the records have at this moment.

    Asked by the texts themselves, so that a version that was stored a moment ago shows no place of the one before.
    One query.
    """
    texts = {
        (one.record.id, site.position): facility_id(facility, demo=one.record.demo)
        for one in stated
        for site in one.said.sites
        if site.disclosed and (facility := facility_of(site))
    }
    newest = and_(FacilityDecision.facility_id == Facility.id, FacilityDecision.number == Facility.decision)
    rows = (
        select(Facility, Institution, FacilityDecision.decided_at)
        .join(Institution, Institution.id == Facility.institution_id)
        .outerjoin(FacilityDecision, and_(newest, Facility.standing == Standing.DECIDED))
        .options(joinedload(Institution.organisation))
        .where(Facility.id.in_(set(texts.values())))
    )
    linked = {row[0].id: Place(*row) for row in await session.execute(rows)} if texts else {}
    found: dict[UUID, dict[int, Place]] = defaultdict(dict)
    for (record, position), key in texts.items():
        if key in linked:
            found[record][position] = linked[key]
    return dict(found)
