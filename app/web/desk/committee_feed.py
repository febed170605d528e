"""The dates of a hospital's committees for the reader's own calendar."""

from hashlib import sha256

from fastapi import APIRouter, Request, Response

from app.asking.page import InPage
from app.asking.transaction import InSettings, Now, Transaction
from app.asking.who import Asker
from app.ground.calendar import in_japan
from app.ground.errors import NotFound
from app.ground.i18n import locale_of
from app.sites import queries
from app.sites.queries.committees import dates_since
from app.web import ics

router = APIRouter()
# Calendars ask a few times a day; an hour is soon enough for a date that moved.
MAY_BE_KEPT = "public, max-age=3600"


@router.get("/sites/{code}/committees.ics")
async def committees_ics(
    code: str,
    request: Request,
    session: Transaction,
    settings: InSettings,
    page: InPage,
    reader: Asker,
    now: Now,
    lang: str = "",
) -> Response:
    """Return the feed in the language of `lang`, else the reader's. Raises NotFound where no meeting is stated."""
    institution = await queries.get_institution(session, code, reader=reader)
    dates = await dates_since(session, institution.id, in_japan(now) - ics.KEPT, reader=reader)
    if not dates:
        raise NotFound
    locale = locale_of(lang, page.locale)
    address = f"{settings.public_url.rstrip('/')}/sites/{institution.code}"
    body = ics.feed(institution, dates, locale=locale, address=address)
    headers = {
        "ETag": f'"{sha256(body).hexdigest()[:32]}"',
        "Cache-Control": MAY_BE_KEPT,
        "Content-Language": locale,
        "Vary": "Accept-Language",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    named = f'inline; filename="{institution.code}-committees.ics"'
    return Response(body, media_type="text/calendar", headers={**headers, "Content-Disposition": named})
