"""The first page: what the window does, and a record read at once."""

from fastapi import APIRouter, Response

from app.asking.page import InPage
from app.asking.transaction import Now, Transaction
from app.asking.who import Asker
from app.ground.paging import Paging
from app.kpi.queries import public_figures
from app.sites.queries.directory import Filters, directory

router = APIRouter()


@router.get("/")
async def home(session: Transaction, page: InPage, reader: Asker, now: Now) -> Response:
    """Show the first page with the year's count and how many institutions there are."""
    return page.show(
        "home/home.html",
        figures=await public_figures(session, now=now, with_demo=page.demo),
        institutions=await directory(session, Filters(), Paging(size=1), reader=reader, now=now),
    )
