"""The partners of a hub: clinics, visiting-nurse stations and satellite sites, by prefecture on the map."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import Asker
from app.ground.paging import Paging
from app.identity.rules import Actor
from app.sites import queries
from app.sites.models import Institution
from app.sites.queries.directory import Filters
from app.sites.queries.partners import Partners, partners_of
from app.sites.rules import PARTNER_KINDS, InstitutionKind
from app.terms.models import Concept, Vocabulary
from app.terms.queries import concepts_of
from app.web import choices
from app.web.japan import map_of
from app.web.sites import ROWS, read_page

router = APIRouter()
Coverage = list[tuple[Concept, dict[InstitutionKind, int], int]]


def asked_partner_filters(name: str = "", prefecture: str = "", kind: str = "", capability: str = "") -> Filters:
    """Read the filters from the address, as they were chosen."""
    return Filters.asked(name=name, prefecture=prefecture, kind=kind, capability=capability)


AskedPartnerFilters = Annotated[Filters, Depends(asked_partner_filters)]
AskedPage = Annotated[str, Query(alias="page")]


@router.get("/sites/{code}/partners")
async def partners(
    code: str,
    session: Transaction,
    page: InPage,
    reader: Asker,
    now: Now,
    filters: AskedPartnerFilters,
    at: AskedPage = "1",
) -> Response:
    """Show whom a hub works with in decentralised trials, where, and what each can do."""
    hub = await queries.get_institution(session, code, reader=reader)
    return page.show(
        "partners/partners.html", **await partners_shown(session, page, hub, filters, at, reader=reader, now=now)
    )


async def partners_shown(
    session: AsyncSession, page: Page, hub: Institution, filters: Filters, at: str, *, reader: Actor, now: datetime
) -> dict[str, Any]:
    """Return what the list of a hub's partners shows: the page of rows, the counts, the map and the choices."""
    found = await partners_of(session, hub, filters, Paging(read_page(at), ROWS), reader=reader, now=now)
    prefectures = await concepts_of(session, Vocabulary.PREFECTURE)
    capabilities = await concepts_of(session, Vocabulary.CAPABILITY)
    offered = [concept for concept in capabilities if is_of_partners(concept)]
    return {
        "institution": hub,
        "found": found,
        "filters": filters,
        "prefectures": choices.of_terms(prefectures, page.locale),
        "kind_choices": [(kind.value, kind.label.in_(page.locale)) for kind in PARTNER_KINDS],
        "capability_choices": choices.of_terms(offered, page.locale),
        "offered": offered,
        "capabilities": {concept.code: concept for concept in capabilities},
        "coverage": coverage_of(found, prefectures),
        "japan": map_of(prefectures, found.totals),
        "query": urlencode({name: value for name, value in vars(filters).items() if value}),
        "is_own": hub.id in reader.institution_ids,
    }


def is_of_partners(capability: Concept) -> bool:
    """Say whether a capability is one that a hub states of its partners: yes or no, in decentralised trials."""
    return capability.details.get("group") == "dct" and capability.details.get("kind") == "state"


def coverage_of(found: Partners, prefectures: list[Concept]) -> Coverage:
    """Return the prefectures that have partners, from north to south, with the counts by kind and together."""
    there = ((concept, found.by_prefecture.get(concept.code, {})) for concept in prefectures)
    known = ((concept, {kind: counts[kind] for kind in PARTNER_KINDS if kind in counts}) for concept, counts in there)
    return [(concept, counts, sum(counts.values())) for concept, counts in known if counts]
