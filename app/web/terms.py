"""The vocabularies to look through: every term in both languages, with its source, its codes and who vouches for it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage
from app.asking.transaction import Transaction
from app.asking.who import Asker
from app.ground.errors import NotFound
from app.ground.paging import Paged, Paging
from app.sites.queries.freshness import periods
from app.terms import queries
from app.terms.models import Concept, Vocabulary

router = APIRouter(prefix="/terms")
ROWS = 50
MOST_FOUND = 100
LONGEST_QUERY = 200


@router.get("")
async def terms(
    session: Transaction,
    page: InPage,
    _visitor: Asker,
    vocabulary: str = "",
    q: str = "",
    at: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    """Show the vocabularies, one of them page by page, or the terms that a word finds."""
    typed = q.strip()[:LONGEST_QUERY]
    chosen = read_vocabulary(vocabulary)
    known = await queries.by_codes(session, [typed]) if typed.isprintable() else {}
    if typed in known:
        return page.redirect(f"/terms/{typed}")
    listed = await _listed(session, chosen, typed, at)
    return page.show(
        "terms/terms.html",
        sizes=await queries.sizes(session),
        chosen=chosen,
        typed=typed,
        listed=listed,
        most=MOST_FOUND,
    )


def read_vocabulary(text: str) -> Vocabulary | None:
    """Return the vocabulary of an address, None where it names none. Raises NotFound for a name that is none."""
    if not text:
        return None
    if text not in set(Vocabulary):
        raise NotFound
    return Vocabulary(text)


async def _listed(session: AsyncSession, chosen: Vocabulary | None, typed: str, at: str) -> Paged[Concept] | None:
    if typed:
        found = await queries.search(
            session, typed, vocabularies=[chosen] if chosen else list(Vocabulary), limit=MOST_FOUND
        )
        return Paged([hit.concept for hit in found], len(found), Paging(1, MOST_FOUND))
    if chosen:
        return await queries.page_of(session, chosen, Paging(read_number(at), ROWS))
    return None


def read_number(text: str) -> int:
    """Return the page number of an address; what is none is the first page."""
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


@router.get("/{code}")
async def term(code: str, session: Transaction, page: InPage, _visitor: Asker) -> Response:
    """Show one term: its words, what is above and below it, and its published codes."""
    concept = await queries.concept(session, code)
    months = (await periods(session)).get(concept.code)
    return page.show("terms/term.html", months=months, **await _whole(session, concept))


async def _whole(session: AsyncSession, concept: Concept) -> dict[str, Any]:
    code = concept.code
    above = (await queries.ancestors(session, [code]))[code]
    beside = [*concept.details.get("areas", []), *concept.details.get("needs", [])]
    named = await queries.by_codes(session, [*above, *beside])
    return {
        "concept": concept,
        "labels": (await queries.labels_of(session, [code]))[code],
        "above": [named[one] for one in reversed(above)],
        "beside": [named[one] for one in beside],
        "below": await queries.children(session, code),
    }
