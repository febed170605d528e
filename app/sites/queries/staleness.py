"""How many facts of each institution are due again, now and soon: counted by PostgreSQL by the rule of `standing`."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.sites.models import Fact
from app.sites.queries.freshness import periods
from app.sites.rules import FactState, last_stale_day


@dataclass(frozen=True)
class Staleness:
    """How many facts that count are stale now, and how many more will be soon."""

    now: int = 0
    soon: int = 0


async def staleness(session: AsyncSession, *, today: date, soon: timedelta) -> dict[UUID, Staleness]:
    """Return by institution how many of its facts that count are due again today, and how many more within `soon`.

    A capability without a period does not go stale, and what nobody knows is unknown, not stale.
    """
    months = {code: count for code, count in (await periods(session)).items() if count is not None}

    def stale(since: ColumnElement[date], capability: Any, day: date) -> ColumnElement[bool]:
        return since <= case({code: last_stale_day(day, count) for code, count in months.items()}, value=capability)

    since = func.coalesce(cast(func.timezone("Asia/Tokyo", Fact.confirmed_at), Date), Fact.as_of)
    own_and_fresh = Fact.confirmed_at.is_not(None) & ~stale(since, Fact.capability_code, today)
    said = or_(Fact.state != FactState.UNKNOWN, func.coalesce(Fact.note_en, Fact.note_ja, Fact.value).is_not(None))
    # The fact that counts of each institution and capability, as `rules.authority` weighs them.
    counts = (
        select(Fact.institution_id, Fact.state, Fact.capability_code, since.label("since"))
        .ext(distinct_on(Fact.institution_id, Fact.capability_code))
        .where(Fact.superseded_at.is_(None), Fact.capability_code.in_(months))
        .order_by(
            Fact.institution_id,
            Fact.capability_code,
            said.desc(),
            own_and_fresh.desc(),
            Fact.as_of.desc(),
            Fact.confirmed_at.is_not(None).desc(),
        )
        .subquery()
    )
    stale_now, stale_soon = (stale(counts.c.since, counts.c.capability_code, day) for day in (today, today + soon))
    rows = await session.execute(
        select(
            counts.c.institution_id,
            func.count().filter(stale_now),
            func.count().filter(stale_soon & ~stale_now),
        )
        .where(counts.c.state != FactState.UNKNOWN)
        .group_by(counts.c.institution_id)
    )
    return {institution_id: Staleness(now, later) for institution_id, now, later in rows}
