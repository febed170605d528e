"""After how many months what is said of a capability is stale: the administrator's setting, else the vocabulary's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.calendar import in_japan
from app.sites.models import Fact, FreshnessPeriod
from app.sites.rules import Standing, last_stale_day, standing
from app.terms.models import Concept, Vocabulary

# Months by the code of the capability; None: it never goes stale.
Periods = Mapping[str, int | None]


@dataclass(frozen=True)
class Freshness:
    """How facts stand on one day in Japan, under the periods of that day."""

    months: Periods
    today: date

    def of(self, fact: Fact) -> Standing:
        """Say how a fact stands."""
        confirmed_on = in_japan(fact.confirmed_at) if fact.confirmed_at else None
        months = self.months.get(fact.capability_code)
        return standing(fact.as_of, confirmed_on, stale_after_months=months, today=self.today)

    def is_stale(self, fact: Fact) -> bool:
        """Say whether a fact is due again."""
        return self.of(fact).stale

    def last_stale_day(self, capability: str) -> date | None:
        """Return the last day whose statements on a capability are due again; None where they never are."""
        months = self.months.get(capability)
        return None if months is None else last_stale_day(self.today, months)


async def freshness(session: AsyncSession, *, now: datetime, at: datetime | None = None) -> Freshness:
    """Return how facts stand today or, with `at`, how they stood at that moment."""
    return Freshness(await periods(session, at=at), in_japan(at or now))


async def periods(session: AsyncSession, *, at: datetime | None = None) -> Periods:
    """Return the period of every capability, as set now or, with `at`, as it was set at that moment."""
    stands: ColumnElement[bool]
    if at is None:
        stands = FreshnessPeriod.superseded_at.is_(None)
    else:
        still = or_(FreshnessPeriod.superseded_at.is_(None), FreshnessPeriod.superseded_at > at)
        stands = and_(FreshnessPeriod.set_at <= at, still)
    usual = Concept.details["stale_months"].as_integer()
    months = case((FreshnessPeriod.id.is_not(None), FreshnessPeriod.months), else_=usual)
    rows = select(Concept.code, months).where(Concept.vocabulary == Vocabulary.CAPABILITY)
    set_here = and_(FreshnessPeriod.capability_code == Concept.code, stands)
    return {row.code: row[1] for row in await session.execute(rows.outerjoin(FreshnessPeriod, set_here))}
