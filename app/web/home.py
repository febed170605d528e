"""The first page: what the window does, and a record read at once."""

from fastapi import APIRouter, Response

from app.asking.page import InPage
from app.asking.transaction import Now, Transaction
from app.asking.who import Asker
from app.kpi import queries

router = APIRouter()


@router.get("/")
async def home(session: Transaction, page: InPage, _reader: Asker, now: Now) -> Response:
    """Show the first page with the year's count."""
    return page.show("home/home.html", figures=await queries.public_figures(session, now=now, with_demo=page.demo))
