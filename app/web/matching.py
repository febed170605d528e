"""Officers see every site of a run with its points and parts, and run it again."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.asking.page import InPage
from app.asking.transaction import Now, Transaction
from app.asking.who import StaffOnly
from app.consultations import queries as consultations
from app.ground.paging import Paged, Paging
from app.matching import actions, queries
from app.matching.rules import FULL, LADDER
from app.matching.rules.words import BANDS, RUNGS, label_of, say_fact
from app.terms import queries as terms

router = APIRouter()
PAGE = 50


@router.get("/consultations/{number}/match")
async def match(
    number: str,
    session: Transaction,
    page: InPage,
    reader: StaffOnly,
    page_number: Annotated[int, Query(alias="page", ge=1, le=1000)] = 1,
) -> Response:
    """Show the newest run for a consultation, or that there is none yet."""
    consultation = await consultations.get_consultation(session, number, reader=reader)
    stored = await queries.latest_run(session, consultation.enquiry_id, reader=reader)
    paging = Paging(page_number, PAGE)
    rows = stored.rows if stored else ()
    return page.show(
        "matching/match.html",
        consultation=consultation,
        stored=stored,
        rows=Paged(rows[paging.offset : paging.offset + PAGE], len(rows), paging),
        names=await terms.by_codes(session, stored.request.codes if stored else ()),
        label=partial(label_of, locale=page.locale),
        say=partial(say_fact, locale=page.locale),
        bands=BANDS,
        rungs=RUNGS,
        ladder=LADDER,
        full=FULL,
    )


@router.post("/consultations/{number}/match")
async def run(number: str, session: Transaction, page: InPage, by: StaffOnly, now: Now) -> Response:
    """Match the request against the sites as they are known now."""
    consultation = await consultations.get_consultation(session, number, reader=by)
    await actions.run_match(session, consultation.enquiry_id, by=by, now=now)
    return page.redirect(f"/consultations/{number}/match")
