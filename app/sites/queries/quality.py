"""How well profiles are kept, reckoned by PostgreSQL over all institutions at once, by the rule of `rules.quality`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.errors import NotFound
from app.ground.paging import Paged, Paging
from app.identity.rules import Actor
from app.sites.models import Fact, Institution
from app.sites.queries import visible_to
from app.sites.queries.believed import believed
from app.sites.queries.forms import capability_forms
from app.sites.queries.freshness import freshness
from app.sites.queries.profile import Item, Section
from app.sites.rules import SITE_KINDS, FactState
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
    whose = [] if only is None else [Fact.institution_id.in_(only)]
    counts = believed(await freshness(session, now=now), forms, Fact.superseded_at.is_(None), *whose)
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
