"""How well profiles are kept, reckoned by PostgreSQL over all institutions at once, by the rule of `rules.quality`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, String, Subquery, case, cast, column, func, or_, select, values
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.calendar import in_japan
from app.ground.errors import NotFound
from app.ground.paging import Paged, Paging
from app.identity.rules import Actor
from app.sites.models import Fact, Institution
from app.sites.queries import visible_to
from app.sites.queries.forms import capability_forms
from app.sites.queries.freshness import periods
from app.sites.queries.profile import Item, Section
from app.sites.rules import SITE_KINDS, FactState, last_stale_day
from app.sites.rules.quality import Quality, Share


@dataclass(frozen=True)
class Line:
    """How well one institution's profile is kept."""

    institution: Institution
    quality: Quality


async def qualities(
    session: AsyncSession, share: Share, paging: Paging, *, reader: Actor, now: datetime
) -> Paged[Line]:
    """Return a page of the institutions at which trials can run, the least kept by one share first.

    Four queries, however many institutions there are. Raises NotFound for anybody but officers.
    """
    if not reader.is_staff:
        raise NotFound
    kept = await quality_by_institution(session, now=now)
    sites = select(Institution.id, Institution.code).where(Institution.kind.in_(SITE_KINDS))
    items = len(await capability_forms(session))
    codes = {row.id: row.code for row in await session.execute(sites)}
    every = {key: kept.get(key, Quality(items)) for key in codes}
    ordered = sorted(every, key=lambda key: (every[key].worst_first(share), codes[key]))
    shown = ordered[paging.offset : paging.offset + paging.size]
    rows = await session.scalars(visible_to(reader).where(Institution.id.in_(shown)))
    found = {institution.id: institution for institution in rows}
    return Paged([Line(found[key], every[key]) for key in shown], len(ordered), paging)


async def quality_of(session: AsyncSession, institution_id: UUID, *, now: datetime) -> Quality:
    """Return how well one institution's profile is kept; the caller has made sure that the reader may know."""
    kept = await quality_by_institution(session, now=now, only=[institution_id])
    return kept.get(institution_id) or Quality(len(await capability_forms(session)))


async def quality_by_institution(
    session: AsyncSession, *, now: datetime, only: Collection[UUID] | None = None
) -> dict[UUID, Quality]:
    """Return by institution how well its profile is kept; one of which nothing is recorded is left out."""
    forms = await capability_forms(session)
    counts = _counting(await _last_stale_days(session, forms, now=now), only)
    known = counts.c.state != FactState.UNKNOWN
    rows = await session.execute(
        select(
            counts.c.institution_id,
            func.count().filter(known),
            func.count().filter(known & ~counts.c.stale),
            func.count().filter(known & counts.c.confirmed),
        ).group_by(counts.c.institution_id)
    )
    return {institution_id: Quality(len(forms), *numbers) for institution_id, *numbers in rows}


async def _last_stale_days(session: AsyncSession, codes: Collection[str], *, now: datetime) -> Any:
    """Return as a table the last day whose statements on each capability are due again today; none without a period."""
    months, today = await periods(session), in_japan(now)
    days = [(code, last_stale_day(today, count) if (count := months.get(code)) else None) for code in codes]
    return values(column("code", String), column("last", Date), name="period").data(days)


def _counting(period: Any, only: Collection[UUID] | None) -> Subquery:
    """Return the fact that counts of each institution and capability, as `rules.authority` weighs them."""
    since = func.coalesce(cast(func.timezone("Asia/Tokyo", Fact.confirmed_at), Date), Fact.as_of)
    last = cast(period.c.last, Date)
    stale: ColumnElement[bool] = case((last.is_(None), False), else_=since <= last)
    confirmed = Fact.confirmed_at.is_not(None)
    said = or_(Fact.state != FactState.UNKNOWN, func.coalesce(Fact.note_en, Fact.note_ja, Fact.value).is_not(None))
    rows = (
        select(Fact.institution_id, Fact.state, stale.label("stale"), confirmed.label("confirmed"))
        .join(period, period.c.code == Fact.capability_code)
        .ext(distinct_on(Fact.institution_id, Fact.capability_code))
        .where(Fact.superseded_at.is_(None))
        .order_by(
            Fact.institution_id, Fact.capability_code, said.desc(), (confirmed & ~stale).desc(), Fact.as_of.desc(),
            confirmed.desc(), Fact.id,
        )
    )  # fmt: skip
    return (rows if only is None else rows.where(Fact.institution_id.in_(only))).subquery()


def behind(sections: dict[str, Section], share: Share | None) -> Sequence[Item]:
    """Return the items that a share counts, in the order of the vocabulary; of none: those that are not known."""
    items = [item for section in sections.values() for item in section.items]
    if share is None:
        return [item for item in items if not item.is_known]
    known = [item for item in items if item.is_known and item.standing is not None]
    if share is Share.FRESH:
        return [item for item in known if item.standing and not item.standing.stale]
    if share is Share.CONFIRMED:
        return [item for item in known if item.standing and item.standing.confirmed]
    return known
