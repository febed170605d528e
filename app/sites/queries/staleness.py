"""How many facts of each institution are due again, now and soon: counted by PostgreSQL by the rule of `standing`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.sites.models import Fact
from app.sites.queries.believed import believed
from app.sites.queries.freshness import Freshness, freshness
from app.sites.rules import FactState


@dataclass(frozen=True)
class Staleness:
    """How many facts that count are stale now, and how many more will be soon."""

    now: int = 0
    soon: int = 0


async def staleness(
    session: AsyncSession, institutions: Collection[UUID], *, now: datetime, soon: timedelta
) -> dict[UUID, Staleness]:
    """Return by institution how many of its facts that count are due again today, and how many more within `soon`.

    A capability without a period does not go stale, and what nobody knows is unknown, not stale.
    """
    today = await freshness(session, now=now)
    later = Freshness(today.months, today.today + soon)
    last_days = {code: day for code in later.months if (day := later.last_stale_day(code))}
    counts = believed(today, last_days, Fact.superseded_at.is_(None), Fact.institution_id.in_(institutions))
    by_then = counts.c.since <= case(last_days, value=counts.c.capability_code)
    rows = await session.execute(
        select(
            counts.c.institution_id,
            func.count().filter(counts.c.stale),
            func.count().filter(by_then & ~counts.c.stale),
        )
        .where(counts.c.state != FactState.UNKNOWN)
        .group_by(counts.c.institution_id)
    )
    return {institution_id: Staleness(due, coming) for institution_id, due, coming in rows}
