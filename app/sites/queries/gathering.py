"""What matching reads: every current fact and every row of capacity of many institutions, each in one query."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.sites.models import Capacity, Fact, Institution
from app.sites.queries.freshness import Freshness, freshness
from app.sites.rules import SITE_KINDS, CapacityState, Dated, FactState, SourceKind


@dataclass(frozen=True, slots=True)
class Gathered:
    """One fact, as plain values; `months` and `stale` as `rules.standing` reckons them on the day of gathering."""

    institution_id: UUID
    capability_code: str
    state: FactState
    value: str | None
    unit: str | None
    note_en: str | None
    note_ja: str | None
    source_kind: SourceKind
    source_url: str | None
    source_words: str | None
    as_of: date
    dated: Dated
    confirmed: bool
    months: int
    stale: bool


@dataclass(frozen=True, slots=True)
class Room:
    """One row of capacity, as plain values."""

    institution_id: UUID
    area_code: str
    phase_code: str
    state: CapacityState
    trials_can_start: int | None
    from_day: date | None
    note_en: str | None
    note_ja: str | None
    as_of: date


async def facts_for_matching(
    session: AsyncSession, *, now: datetime, capabilities: Collection[str] | None = None
) -> dict[UUID, list[Gathered]]:
    """Return the current facts of every institution that runs trials, by its id; all capabilities, or only the ones named.

    Several facts on one capability are all there. Who may read which of them is the caller's to decide:
    they are for the service's own reckoning.
    """
    rows = (
        select(
            Fact.institution_id, Fact.capability_code, Fact.state, Fact.value, Fact.unit, Fact.note_en, Fact.note_ja,
            Fact.source_kind, Fact.source_url, Fact.source_words, Fact.as_of, Fact.dated, Fact.confirmed_at,
        )
        .join(Institution, Institution.id == Fact.institution_id)
        .where(Fact.superseded_at.is_(None), Institution.kind.in_(SITE_KINDS))
        .order_by(Fact.institution_id, Fact.capability_code, Fact.as_of, Fact.id)
    )  # fmt: skip
    if capabilities is not None:
        rows = rows.where(Fact.capability_code.in_(capabilities))
    gathered: dict[UUID, list[Gathered]] = {}
    fresh = await freshness(session, now=now)
    for row in await session.execute(rows):
        gathered.setdefault(row.institution_id, []).append(_gathered(row, fresh))
    return gathered


def _gathered(row: Any, fresh: Freshness) -> Gathered:
    how = fresh.of(row)
    return Gathered(
        institution_id=row.institution_id,
        capability_code=row.capability_code,
        state=row.state,
        value=row.value,
        unit=row.unit,
        note_en=row.note_en,
        note_ja=row.note_ja,
        source_kind=row.source_kind,
        source_url=row.source_url,
        source_words=row.source_words,
        as_of=row.as_of,
        dated=row.dated,
        confirmed=how.confirmed,
        months=how.months,
        stale=how.stale,
    )


async def capacity_for_matching(
    session: AsyncSession, *, areas: Collection[str] | None = None, phase: str | None = None
) -> dict[UUID, list[Room]]:
    """Return the current rows of capacity of every institution, by its id; for the service's own reckoning.

    `areas` and `phase` leave only rows about these.
    """
    rows = (
        select(
            Capacity.institution_id, Capacity.area_code, Capacity.phase_code, Capacity.state,
            Capacity.trials_can_start, Capacity.from_day, Capacity.note_en, Capacity.note_ja, Capacity.as_of,
        )
        .where(Capacity.superseded_at.is_(None))
        .order_by(Capacity.institution_id, Capacity.area_code, Capacity.phase_code)
    )  # fmt: skip
    if areas is not None:
        rows = rows.where(Capacity.area_code.in_(areas))
    if phase is not None:
        rows = rows.where(Capacity.phase_code == phase)
    rooms: dict[UUID, list[Room]] = {}
    for row in await session.execute(rows):
        rooms.setdefault(row.institution_id, []).append(Room(*row))
    return rooms
