"""Finding trials: the search page. The hits come at once; how many there are, and the figures beside the filters, after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage
from app.asking.transaction import Transaction
from app.asking.who import Asker
from app.identity.rules import Actor
from app.sites.models import Institution
from app.sites.queries import visible_to
from app.terms.queries import concepts_in
from app.trials.exports.contents import conditions_of
from app.trials.models import Source
from app.trials.queries.links import institutions_of
from app.trials.queries.searching import Page, Search, count, facets, find
from app.trials.rules.numbers import number_of
from app.trials.words import STATUSES
from app.web.facets import VOCABULARIES, Names, chosen_of, facets_of
from app.web.sites import read_page

router = APIRouter()
ROWS = 20
ASKED_FOR_ONE = frozenset(("jrct", "nct"))


def asked_search(request: Request) -> Search:
    """Read the search from the address; what is no choice of ours is no choice, and of a twin the last one counts."""
    return Search.asked(**dict(request.query_params))


AskedSearch = Annotated[Search, Depends(asked_search)]


@dataclass(frozen=True)
class Figures:
    """How many trials there are, and how many have each choice."""

    total: int
    by_field: Mapping[str, Mapping[str, int]]


@router.get("/trials")
async def trials(
    request: Request,
    session: Transaction,
    page: InPage,
    reader: Asker,
    search: AskedSearch,
    at: Annotated[str, Query(alias="page")] = "1",
    counts: str = "",
) -> Response:
    """Show the trials that words and filters leave; with `counts` also how many, and the figures beside the filters.

    htmx asks for the figures alone, once the page stands.
    """
    figures = Figures(await count(session, search), await facets(session, search)) if counts else None
    names = await _names(session, search, figures, reader)
    beside: dict[str, Any] = {
        "search": search,
        "figures": figures,
        "facets": facets_of(search, names, page.locale, figures.by_field if figures else None),
    }
    if figures and "hx-request" in request.headers:
        return page.show("trials/_counted.html", **beside)
    found = await find(session, search, page=read_page(at), size=ROWS)
    leads = [row.lead for row in found.rows]
    return page.show(
        "trials/trials.html",
        found=found,
        total=figures.total if figures else found.total,
        chosen=chosen_of(search, names, page.locale),
        conditions=await conditions_of(session, [lead.id for lead in leads]),
        institutions=await institutions_of(session, [lead.trial_id for lead in leads]),
        concepts=names.terms,
        statuses=STATUSES,
        sources=_sources(found),
        number=_number(search),
        words_alone=search.address(**dict.fromkeys(search.choices, "")),
        **beside,
    )


def _sources(found: Page) -> list[Source]:
    shown = {record.source for row in found.rows for record in row.records}
    return [source for source in Source if source in shown]


def _number(search: Search) -> str:
    """Return the number of a registry that can be asked for one record, where the words are just that; else ""."""
    known = number_of(search.q)
    return known.value if known and known.scheme in ASKED_FOR_ONE else ""


async def _names(session: AsyncSession, search: Search, figures: Figures | None, reader: Actor) -> Names:
    terms = await concepts_in(session, VOCABULARIES.values())
    codes = {search.institution, *(figures.by_field["institution"] if figures else ())} - {""}
    named = await session.scalars(visible_to(reader).where(Institution.code.in_(codes)))
    return Names(terms, {one.code: one for one in named})
