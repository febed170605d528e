"""The first page: what the window does, and a record read at once."""

from fastapi import APIRouter, Response

from app.asking.page import InPage
from app.asking.who import Asker

router = APIRouter()


@router.get("/")
async def home(page: InPage, _reader: Asker) -> Response:
    """Show the first page."""
    return page.show("home/home.html", figures=None, institutions=None, prefectures=None)
