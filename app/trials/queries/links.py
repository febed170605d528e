"""Which institutions the places of trials and records stand for."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.sites.models import Institution
from app.trials.models import Facility, SiteLink, TrialRecord


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
