"""What a hub's partners stand at now, as plain values: what a form or a file is held against, in a few queries."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.identity.models import Organisation
from app.sites.models import Fact, Institution, Partnership
from app.sites.rules import PARTNER_KINDS
from app.sites.rules.partners import Known, PartnerStatement, Words, folded
from app.terms.models import Concept, Vocabulary
from app.terms.queries import concepts_of

_SHORT = ("都", "府", "県")


async def words_of(session: AsyncSession) -> Words:
    """Return the names of prefectures and the capabilities that can be stated of a partner: those with a state alone."""
    prefectures: dict[str, str] = {}
    for concept in await concepts_of(session, Vocabulary.PREFECTURE):
        names = [concept.code, concept.name_en, concept.name_ja]
        short = concept.name_ja if concept.name_ja == "北海道" else concept.name_ja.rstrip("".join(_SHORT))
        prefectures.update({folded(name): concept.code for name in (*names, short)})
    return Words(prefectures, frozenset(concept.code for concept in await stateable(session)))


async def stateable(session: AsyncSession) -> list[Concept]:
    """Return the capabilities that are stated by their state alone, those of decentralised trials first."""
    capabilities = await concepts_of(session, Vocabulary.CAPABILITY)
    kept = [concept for concept in capabilities if concept.details.get("kind") == "state"]
    return sorted(kept, key=lambda concept: concept.details.get("group") != "dct")


async def known_partners(session: AsyncSession, hub: Institution) -> list[Known]:
    """Return every partner that a hub names or named, with what it stated last."""
    return await _known(session, hub, Partnership.id.is_not(None))


async def partners_by_code(session: AsyncSession, hub: Institution, codes: Collection[str]) -> list[Known]:
    """Return the partners of other hubs that have these codes; fictional ones only to a fictional hub."""
    fitting = Institution.kind.in_(PARTNER_KINDS) & (Institution.demo == hub.demo) & Partnership.id.is_(None)
    return await _known(session, hub, Institution.code.in_(codes) & fitting) if codes else []


async def _known(session: AsyncSession, hub: Institution, wanted: ColumnElement[bool]) -> list[Known]:
    elsewhere = aliased(Partnership)
    shared = exists().where(
        elsewhere.partner_id == Institution.id,
        elsewhere.hub_id != hub.id,
        elsewhere.superseded_at.is_(None),
        elsewhere.ended_on.is_(None),
    )
    ours = (
        (Partnership.partner_id == Institution.id)
        & (Partnership.hub_id == hub.id)
        & Partnership.superseded_at.is_(None)
    )
    rows = await session.execute(
        select(
            Institution.id, Institution.code, Institution.kind, Institution.prefecture_code, Institution.city_ja,
            Institution.website, Institution.as_of, Organisation.name_ja, Organisation.name_en,
            Partnership.id.label("partnership_id"), Partnership.since, Partnership.source_url, Partnership.ended_on,
            Partnership.as_of.label("said_on"), shared.label("shared"),
        )
        .join(Organisation, Organisation.id == Institution.id)
        .outerjoin(Partnership, ours)
        .where(wanted)
        .order_by(Institution.code)
    )  # fmt: skip
    facts = await _facts(session, hub)
    return [_one(row, facts.get(row.id, [])) for row in rows]


async def _facts(session: AsyncSession, hub: Institution) -> dict[Any, list[Any]]:
    """Return what this hub says now of each of its partners."""
    rows = await session.execute(
        select(Fact.id, Fact.institution_id, Fact.capability_code, Fact.state, Fact.as_of, Fact.source_url).where(
            Fact.hub_id == hub.id, Fact.superseded_at.is_(None)
        )
    )
    facts: dict[Any, list[Any]] = {}
    for row in rows:
        facts.setdefault(row.institution_id, []).append(row)
    return facts


def _one(row: Any, facts: list[Any]) -> Known:
    said = PartnerStatement(
        name_ja=row.name_ja or row.name_en,
        name_en=row.name_en,
        kind=row.kind,
        prefecture=row.prefecture_code or "",
        city=row.city_ja,
        website=row.website,
        since=row.since,
        source=row.source_url,
        as_of=row.said_on or row.as_of,
        states={fact.capability_code: fact.state for fact in facts},
    )
    return Known(
        code=row.code,
        institution_id=row.id,
        said=said,
        partnership_id=row.partnership_id,
        ended=row.ended_on is not None,
        shared=row.shared,
        fact_ids={fact.capability_code: fact.id for fact in facts},
        dated={fact.capability_code: fact.as_of for fact in facts},
        sources={fact.capability_code: fact.source_url for fact in facts},
    )
