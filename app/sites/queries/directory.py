"""The directory: which institutions there are, where, and what is publicly known of one capability of each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Subquery, Uuid, and_, any_, false, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, lazyload

from app.ground.paging import Paged, Paging
from app.identity.models import Organisation
from app.identity.rules import Actor
from app.sites.models import Fact, Institution
from app.sites.queries import facts_visible_to, visible_to
from app.sites.queries.believed import believed
from app.sites.queries.freshness import Freshness, freshness
from app.sites.rules import PARTNER_KINDS, FactState, InstitutionKind, counting
from app.terms.models import Concept

AREAS = "site.therapeutic_areas"
NATIONAL_CENTRE = "status.national_centre"
SHOWN_UNLESS_CHOSEN = "fih.unit"
ASIDE = tuple(kind for kind in InstitutionKind if not kind.is_counted)
NAMED_ASIDE = (InstitutionKind.NETWORK, InstitutionKind.PARTNER)
MOST_ASIDE = 20
LONGEST = 100
Prefecture = aliased(Concept)
Region = aliased(Concept)


@dataclass(frozen=True)
class Filters:
    """What the reader is looking for; empty means any."""

    name: str = ""
    prefecture: str = ""
    kind: str = ""
    capability: str = ""
    area: str = ""

    @classmethod
    def asked(cls, **typed: str) -> Self:
        """Return the filters of an address: cut to a sensible length, without NUL, which PostgreSQL cannot hold."""
        return cls(**{name: text.replace("\0", "")[:LONGEST] for name, text in typed.items()})

    @property
    def shown(self) -> str:
        """The capability whose state stands beside each institution."""
        return self.capability or SHOWN_UNLESS_CHOSEN

    @property
    def are_set(self) -> bool:
        """Whether the reader narrows the list at all."""
        return any((self.name.strip(), self.prefecture, self.kind, self.capability, self.area))


@dataclass(frozen=True)
class Listed:
    """One line of the directory."""

    institution: Institution
    region: Concept | None
    kinds: tuple[InstitutionKind, ...]
    fact: Fact | None

    @property
    def state(self) -> FactState:
        """What is known of the shown capability; unknown where nothing is said."""
        return self.fact.state if self.fact else FactState.UNKNOWN


@dataclass(frozen=True)
class Directory:
    """A page of the list, and how many institutions the whole of it holds.

    Prefectures and regions count the real ones; the fictional ones of the demonstration are counted apart.
    `aside` are the networks and partners of a list that nothing narrows, `partners` how many partners of hubs there are.
    """

    rows: Paged[Listed]
    by_prefecture: Mapping[str, int]
    by_region: Mapping[str, int]
    fictional_by_region: Mapping[str, int]
    by_kind: Mapping[InstitutionKind, int]
    fictional: int
    aside: Sequence[Institution] = field(default_factory=tuple)
    partners: Mapping[InstitutionKind, int] = field(default_factory=dict)

    @property
    def real(self) -> int:
        """How many of them are real."""
        return self.rows.total - self.fictional


async def directory(
    session: AsyncSession, filters: Filters, paging: Paging, *, reader: Actor, now: datetime
) -> Directory:
    """Return the institutions that the filters leave, from north to south, in a few queries whatever their number."""
    fresh = await freshness(session, now=now)
    wanted = and_(*await _conditions(session, filters, reader, fresh))
    counts = await _counts(session, wanted, reader)
    rows = await _page(session, wanted, paging, reader)
    facts = await _facts(session, [institution.id for institution, _region in rows], filters.shown, reader)
    listed = [_listed(institution, region, facts, filters.shown, fresh) for institution, region in rows]
    real = [row for row in counts if not row.demo]
    invented = [row for row in counts if row.demo]
    return Directory(
        rows=Paged(listed, sum(row.number for row in counts), paging),
        by_prefecture=_summed(real, "prefecture"),
        by_region=_summed(real, "region"),
        fictional_by_region=_summed(invented, "region"),
        by_kind=_summed(counts, "kind"),
        fictional=sum(row.number for row in invented),
        aside=() if filters.are_set else await _aside(session, reader),
        partners={} if filters.are_set else await _partners(session, reader),
    )


class _Counted(NamedTuple):
    prefecture: str
    region: str
    kind: InstitutionKind
    demo: bool
    number: int


def _summed(counts: Iterable[_Counted], by: str) -> Counter[Any]:
    summed = Counter[Any]()
    for row in counts:
        summed[getattr(row, by)] += row.number
    return summed


async def _conditions(
    session: AsyncSession, filters: Filters, reader: Actor, fresh: Freshness
) -> list[ColumnElement[bool]]:
    conditions = [await _of_kind(session, filters.kind, reader, fresh)]
    if filters.name.strip():
        conditions.append(named(filters.name.strip()))
    if filters.prefecture:
        conditions.append(Institution.prefecture_code == filters.prefecture)
    if filters.capability:
        able = believed(fresh, [filters.capability], facts_visible_to(reader))
        conditions.append(await among(session, able, able.c.state.in_([FactState.YES, FactState.PARTLY])))
    if filters.area:
        said = believed(fresh, [AREAS], facts_visible_to(reader))
        conditions.append(
            await among(session, said, literal(filters.area) == any_(func.string_to_array(said.c.value, "|")))
        )
    return conditions


async def _of_kind(session: AsyncSession, kind: str, reader: Actor, fresh: Freshness) -> ColumnElement[bool]:
    """Networks and partners stand in the list only when asked for; a core hospital may be a national centre too."""
    if not kind:
        return Institution.kind.not_in(ASIDE)
    if kind not in set(InstitutionKind):
        return false()
    if kind != InstitutionKind.NATIONAL_CENTRE:
        return Institution.kind == InstitutionKind(kind)
    centres = believed(fresh, [NATIONAL_CENTRE], facts_visible_to(reader))
    also = await among(session, centres, centres.c.state == FactState.YES)
    return or_(Institution.kind == InstitutionKind.NATIONAL_CENTRE, also)


def named(typed: str) -> ColumnElement[bool]:
    """Say which institutions a part of a name or code finds; the organisation must be joined."""
    names = (Organisation.name_en, Organisation.name_ja, Institution.code)
    return or_(*(name.icontains(typed, autoescape=True) for name in names))


async def among(session: AsyncSession, facts: Subquery, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say of which institutions a fact of `believed` fulfils a condition.

    They are read first: the counts and the page of a list would each weigh all facts on the capability anew.
    """
    ids = list(await session.scalars(select(facts.c.institution_id).where(condition)))
    return Institution.id.in_(select(func.unnest(literal(ids, ARRAY(Uuid)))))


def placed(reader: Actor) -> Select[Any]:
    """Return the visible institutions with names, prefecture and region joined, to be narrowed and ordered."""
    return (
        visible_to(reader)
        .join(Organisation, Organisation.id == Institution.id)
        .outerjoin(Prefecture, Prefecture.code == Institution.prefecture_code)
        .outerjoin(Region, Region.code == Prefecture.parent_code)
    )


async def _counts(session: AsyncSession, wanted: ColumnElement[bool], reader: Actor) -> list[_Counted]:
    kept = placed(reader).where(wanted).options(lazyload("*"))
    grouped = kept.with_only_columns(
        func.coalesce(Institution.prefecture_code, ""),
        func.coalesce(Region.code, ""),
        Institution.kind,
        Institution.demo,
        func.count(),
    ).group_by(Institution.prefecture_code, Region.code, Institution.kind, Institution.demo)
    rows = await session.execute(grouped)
    return [_Counted(*row) for row in rows]


async def _page(
    session: AsyncSession, wanted: ColumnElement[bool], paging: Paging, reader: Actor
) -> Sequence[tuple[Institution, Concept | None]]:
    ordered = placed(reader).add_columns(Region).where(wanted)
    ordered = ordered.order_by(Region.position, Prefecture.position, Organisation.name_en, Institution.code)
    rows = await session.execute(ordered.offset(paging.offset).limit(paging.size))
    return [(institution, region) for institution, region in rows]


async def _aside(session: AsyncSession, reader: Actor) -> list[Institution]:
    """Return the networks and partners, which are not counted as institutions."""
    rows = placed(reader).where(Institution.kind.in_(NAMED_ASIDE)).order_by(Institution.kind, Organisation.name_en)
    return list(await session.scalars(rows.limit(MOST_ASIDE)))


async def _partners(session: AsyncSession, reader: Actor) -> dict[InstitutionKind, int]:
    """Count the partners of hubs by kind: they are too many to be named beside the list."""
    kept = visible_to(reader).where(Institution.kind.in_(PARTNER_KINDS)).options(lazyload("*"))
    rows = await session.execute(kept.with_only_columns(Institution.kind, func.count()).group_by(Institution.kind))
    counts = dict(rows.all())
    return {kind: counts[kind] for kind in PARTNER_KINDS if kind in counts}


async def _facts(
    session: AsyncSession, institution_ids: Sequence[UUID], capability: str, reader: Actor
) -> dict[tuple[UUID, str], list[Fact]]:
    """Return what is said of these institutions on the shown capability, and on being a national centre."""
    rows = select(Fact).where(
        facts_visible_to(reader),
        Fact.institution_id.in_(institution_ids),
        Fact.capability_code.in_((capability, NATIONAL_CENTRE)),
    )
    found: dict[tuple[UUID, str], list[Fact]] = {}
    for fact in await session.scalars(rows):
        found.setdefault((fact.institution_id, fact.capability_code), []).append(fact)
    return found


def _listed(
    institution: Institution,
    region: Concept | None,
    facts: Mapping[tuple[UUID, str], list[Fact]],
    shown: str,
    fresh: Freshness,
) -> Listed:
    centre = counting(facts.get((institution.id, NATIONAL_CENTRE), ()), fresh.is_stale)
    kinds = [institution.kind]
    if centre is not None and centre.state is FactState.YES and InstitutionKind.NATIONAL_CENTRE not in kinds:
        kinds.append(InstitutionKind.NATIONAL_CENTRE)
    fact = counting(facts.get((institution.id, shown), ()), fresh.is_stale)
    return Listed(institution, region, tuple(kinds), fact)
