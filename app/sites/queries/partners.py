"""Partners of a hub, hubs of a partner, members of a network: names and their sources are for everybody."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from app.ground.paging import Paged, Paging
from app.identity.models import Organisation
from app.identity.rules import Actor
from app.sites.models import Fact, Institution, NetworkMembership, Partnership
from app.sites.queries import facts_visible_to, standing_at
from app.sites.queries.believed import believed
from app.sites.queries.directory import Filters, Prefecture, Region, among, named, placed
from app.sites.queries.freshness import Freshness, freshness
from app.sites.rules import PARTNER_KINDS, FactState, InstitutionKind, counting
from app.terms.models import Concept

MOST_MEMBERS = 300
MOST_HUBS = 50


@dataclass(frozen=True)
class Partner:
    """One partner of a hub; `facts` are what counts on each capability of which anything is known."""

    partnership: Partnership
    facts: tuple[Fact, ...] = ()

    @property
    def institution(self) -> Institution:
        """The partner itself."""
        return self.partnership.partner


@dataclass(frozen=True)
class Partners:
    """A page of a hub's partners, and how many the whole list holds by kind and by prefecture and kind."""

    rows: Paged[Partner]
    by_kind: Mapping[InstitutionKind, int]
    by_prefecture: Mapping[str, Mapping[InstitutionKind, int]]

    @property
    def totals(self) -> dict[str, int]:
        """How many there are in each prefecture: what the map shows."""
        return {code: sum(kinds.values()) for code, kinds in self.by_prefecture.items() if code}


@dataclass(frozen=True)
class Connections:
    """Whom an institution works with: its hubs, its networks, a network's members, and its own partners by kind."""

    hubs: Sequence[Partnership] = ()
    networks: Sequence[NetworkMembership] = ()
    members: Sequence[NetworkMembership] = ()
    partners: Mapping[InstitutionKind, int] = field(default_factory=dict)

    @property
    def number_of_partners(self) -> int:
        """How many partners it names."""
        return sum(self.partners.values())


def holding(at: datetime | None = None) -> ColumnElement[bool]:
    """Say which partnerships hold now or, with `at`, held as far as was known at that moment."""
    return and_(standing_at(Partnership, at), Partnership.ended_on.is_(None))


async def partners_of(
    session: AsyncSession, hub: Institution, filters: Filters, paging: Paging, *, reader: Actor, now: datetime
) -> Partners:
    """Return the partners that a hub names now, from north to south, in four queries whatever their number."""
    fresh = await freshness(session, now=now)
    wanted = and_(*await _conditions(session, hub, filters, reader, fresh))
    counts = await _counts(session, wanted, reader)
    partnerships = await _page(session, wanted, paging, reader)
    facts = await _facts(session, [row.partner_id for row in partnerships], reader, fresh)
    rows = [Partner(row, facts.get(row.partner_id, ())) for row in partnerships]
    by_kind, by_prefecture = Counter[InstitutionKind](), dict[str, Counter[InstitutionKind]]()
    for prefecture, kind, number in counts:
        by_kind[kind] += number
        by_prefecture.setdefault(prefecture, Counter())[kind] += number
    ordered = {kind: by_kind[kind] for kind in PARTNER_KINDS if kind in by_kind}
    return Partners(Paged(rows, by_kind.total(), paging), ordered, by_prefecture)


async def _conditions(
    session: AsyncSession, hub: Institution, filters: Filters, reader: Actor, fresh: Freshness
) -> list[ColumnElement[bool]]:
    conditions = [Partnership.hub_id == hub.id, holding()]
    if filters.name.strip():
        conditions.append(named(filters.name.strip()))
    if filters.prefecture:
        conditions.append(Institution.prefecture_code == filters.prefecture)
    if filters.kind:
        known = filters.kind in set(PARTNER_KINDS)
        conditions.append(Institution.kind == InstitutionKind(filters.kind) if known else false())
    if filters.capability:
        able = believed(fresh, [filters.capability], facts_visible_to(reader))
        conditions.append(await among(session, able, able.c.state.in_([FactState.YES, FactState.PARTLY])))
    return conditions


def _of_hub(reader: Actor) -> Select[Any]:
    return placed(reader).join(Partnership, Partnership.partner_id == Institution.id)


async def _counts(
    session: AsyncSession, wanted: ColumnElement[bool], reader: Actor
) -> Sequence[tuple[str, InstitutionKind, int]]:
    by = (Institution.prefecture_code, Institution.kind)
    kept = _of_hub(reader).where(wanted).options(lazyload("*"))
    prefecture = func.coalesce(Institution.prefecture_code, "")
    rows = await session.execute(kept.with_only_columns(prefecture, Institution.kind, func.count()).group_by(*by))
    return [(code, kind, number) for code, kind, number in rows]


async def _page(
    session: AsyncSession, wanted: ColumnElement[bool], paging: Paging, reader: Actor
) -> Sequence[Partnership]:
    ordered = _of_hub(reader).add_columns(Partnership).where(wanted)
    ordered = ordered.order_by(Region.position, Prefecture.position, Organisation.name_en, Institution.code)
    rows = (await session.execute(ordered.offset(paging.offset).limit(paging.size))).all()
    # The partner is loaded already: the relationship is filled without another query.
    for institution, partnership in rows:
        set_committed_value(partnership, "partner", institution)
    return [partnership for _institution, partnership in rows]


async def _facts(
    session: AsyncSession, institution_ids: Collection[UUID], reader: Actor, fresh: Freshness
) -> dict[UUID, tuple[Fact, ...]]:
    """Return what counts on each capability of these institutions, where anything is known, in vocabulary order."""
    rows = (
        select(Fact)
        .join(Concept, Concept.code == Fact.capability_code)
        .where(facts_visible_to(reader), Fact.institution_id.in_(institution_ids))
        .order_by(Concept.position, Fact.capability_code)
    )
    said: dict[UUID, dict[str, list[Fact]]] = {}
    for fact in await session.scalars(rows):
        said.setdefault(fact.institution_id, {}).setdefault(fact.capability_code, []).append(fact)
    found = {key: [counting(facts, fresh.is_stale) for facts in by_code.values()] for key, by_code in said.items()}
    return {
        key: tuple(fact for fact in facts if fact is not None and fact.state is not FactState.UNKNOWN)
        for key, facts in found.items()
    }


async def connections(
    session: AsyncSession, institution: Institution, *, reader: Actor, at: datetime | None = None
) -> Connections:
    """Return whom an institution works with; a network has members, a hub's partner has hubs, others have partners.

    With `at` it is what was believed at that past moment.
    """
    if institution.kind is InstitutionKind.NETWORK:
        return Connections(members=await _members(session, institution, at))
    networks = await _networks(session, institution, at)
    if institution.kind.is_of_a_hub:
        return Connections(hubs=await _hubs(session, institution, at), networks=networks)
    kept = _of_hub(reader).where(Partnership.hub_id == institution.id, holding(at)).options(lazyload("*"))
    counts = await session.execute(
        kept.with_only_columns(Institution.kind, func.count()).group_by(Institution.kind).order_by(Institution.kind)
    )
    return Connections(networks=networks, partners=dict(counts.all()))


async def _hubs(session: AsyncSession, institution: Institution, at: datetime | None) -> list[Partnership]:
    rows = (
        select(Partnership)
        .join(Partnership.hub)
        .options(contains_eager(Partnership.hub).joinedload(Institution.organisation))
        .where(Partnership.partner_id == institution.id, holding(at))
        .order_by(Institution.code)
    )
    return list(await session.scalars(rows.limit(MOST_HUBS)))


async def _networks(session: AsyncSession, institution: Institution, at: datetime | None) -> list[NetworkMembership]:
    rows = (
        select(NetworkMembership)
        .join(NetworkMembership.network)
        .options(contains_eager(NetworkMembership.network).joinedload(Institution.organisation))
        .where(NetworkMembership.institution_id == institution.id, standing_at(NetworkMembership, at))
        .order_by(Institution.code)
    )
    return list(await session.scalars(rows.limit(MOST_MEMBERS)))


async def _members(session: AsyncSession, network: Institution, at: datetime | None) -> list[NetworkMembership]:
    rows = (
        select(NetworkMembership)
        .join(NetworkMembership.institution)
        .options(
            contains_eager(NetworkMembership.institution).options(
                joinedload(Institution.organisation), joinedload(Institution.prefecture)
            )
        )
        .where(NetworkMembership.network_id == network.id, standing_at(NetworkMembership, at))
        .order_by(Institution.prefecture_code, Institution.code)
    )
    return list(await session.scalars(rows.limit(MOST_MEMBERS)))


async def ended_partnerships(session: AsyncSession, hub: Institution) -> list[Partnership]:
    """Return the partnerships of a hub that are over, the last ended first."""
    rows = (
        select(Partnership)
        .join(Partnership.partner)
        .options(contains_eager(Partnership.partner).joinedload(Institution.organisation))
        .where(Partnership.hub_id == hub.id, Partnership.superseded_at.is_(None), Partnership.ended_on.is_not(None))
        .order_by(Partnership.ended_on.desc(), Institution.code)
    )
    return list(await session.scalars(rows.limit(MOST_HUBS)))
