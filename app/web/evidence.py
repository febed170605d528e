"""What public trial records show of one institution: figures, each with the trials behind it, and the list of all."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.asking.page import InPage
from app.asking.transaction import Transaction
from app.asking.who import Asker
from app.sites import queries
from app.terms.queries import by_codes
from app.trials.queries.evidence import evidence_of
from app.trials.queries.searching import Search, find
from app.trials.words import STATUSES
from app.web.sites import read_page

router = APIRouter()
ROWS = 50


@router.get("/sites/{code}/trials")
async def site_trials(
    code: str, session: Transaction, page: InPage, reader: Asker, at: Annotated[str, Query(alias="page")] = "1"
) -> Response:
    """Show how the trials linked to an institution divide, and list them, the last registered first."""
    institution = await queries.get_institution(session, code, reader=reader)
    evidence = await evidence_of(session, institution.code)
    found = await find(session, Search.asked(institution=institution.code), page=read_page(at), size=ROWS)
    return page.show(
        "sites/trials.html",
        institution=institution,
        evidence=evidence,
        found=found,
        statuses=STATUSES,
        concepts=await by_codes(session, evidence.codes) if evidence.codes else {},
    )
