"""How well profiles are kept: for officers over all institutions, for a hospital its own; never for the public."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.asking.page import InPage
from app.asking.transaction import Now, Transaction
from app.asking.who import SignedIn, StaffOnly
from app.ground.errors import NotFound
from app.ground.paging import Paging
from app.sites import queries
from app.sites.queries.quality import behind, qualities, quality_of
from app.sites.rules.quality import Share
from app.web.desk.facts_table import statable

router = APIRouter(prefix="/quality")
ROWS = 50


@router.get("")
async def quality(
    session: Transaction,
    page: InPage,
    reader: StaffOnly,
    now: Now,
    by: Share = Share.KNOWN,
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """Show every institution with its shares, the least kept first by the one that is chosen."""
    lines = await qualities(session, by, Paging(number, ROWS), reader=reader, now=now)
    return page.show("quality/quality.html", lines=lines, by=by, shares=list(Share))


@router.get("/{code}")
async def quality_items(
    code: str, session: Transaction, page: InPage, reader: SignedIn, now: Now, share: Share | None = None
) -> Response:
    """Show the items behind a share of one institution, or those of which nothing is known."""
    institution = await queries.get_institution(session, code, reader=reader)
    if not (reader.is_staff or institution.id in reader.institution_ids):
        raise NotFound
    sections = await statable(session, institution, reader=reader, now=now)
    return page.show(
        "quality/items.html",
        institution=institution,
        quality=await quality_of(session, institution.id, now=now),
        shares=list(Share),
        share=share,
        items=behind(sections, share),
    )
