"""Pages that say what this window is, who sees what, and how it can be used by everybody."""

from fastapi import APIRouter, Response

from app.asking.page import InPage
from app.asking.who import Asker

router = APIRouter()


@router.get("/about")
async def about(page: InPage, _visitor: Asker) -> Response:
    """Say what the window is and is not."""
    return page.show("about/about.html")


@router.get("/who-sees-what")
async def who_sees_what(page: InPage, _visitor: Asker) -> Response:
    """Say who sees which kind of information, and when it opens."""
    return page.show("about/who_sees_what.html")


@router.get("/accessibility")
async def accessibility(page: InPage, _visitor: Asker) -> Response:
    """Say what was done so that everybody can use the window, and what is known to be missing."""
    return page.show("about/accessibility.html")
