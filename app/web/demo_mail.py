"""The inbox of the demonstration: mail that was caught instead of sent. Where none is caught, there is no such page."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.asking.page import InPage, Page
from app.ground import inbox
from app.ground.errors import NotFound

router = APIRouter(prefix="/demo/mail")
SHOWN = 100


@router.get("")
def mails(page: InPage) -> HTMLResponse:
    """Show what was caught, newest first."""
    return page.show("demo_mail/mails.html", mails=inbox.newest(_folder(page), limit=SHOWN), shown=SHOWN)


@router.get("/{key}")
def mail(key: str, page: InPage) -> HTMLResponse:
    """Show one mail with its links."""
    found = inbox.one(_folder(page), key)
    if found is None:
        raise NotFound
    return page.show("demo_mail/mail.html", mail=found)


def _folder(page: Page) -> Path:
    folder = page.settings.mail_catcher_dir
    if folder is None or page.environment == "production":
        raise NotFound
    return folder
