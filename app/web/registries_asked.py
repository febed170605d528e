"""Asking a registry for one record by its number, and handing in a file."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from app.asking import limits
from app.asking.page import InPage, Page, page_for
from app.asking.transaction import InSettings, Now, Sessions, Transaction
from app.asking.who import RecordsKeeperFirst, SignedIn
from app.ground.errors import Refused, TooMany, Unacceptable
from app.ground.i18n import _
from app.identity.rules import Actor
from app.identity.standing import stand_as
from app.settings import Settings
from app.trials.actions import dropping, running
from app.trials.errors import FileTooLarge
from app.web.registries import show_registries

router = APIRouter(prefix="/registries")
PIECE = 1024 * 1024
NO_FILE = _("Choose a file first.")


@router.get("/records")
async def records(page: InPage, reader: SignedIn, number: str = "") -> Response:
    """Offer to ask a registry for one record by its number."""
    return page.show("registries/records.html", typed=number, errors={})


@router.post("/records")
async def ask_record(
    session: Transaction, sessions: Sessions, settings: InSettings, page: InPage, by: SignedIn, now: Now,
    number: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Ask for one record, and lead to the run that reads it."""
    try:
        await limits.limit(sessions, "record_asked", str(by.person_id), most=limits.RECORDS_PER_PERSON, now=now)
        run = await running.ask_record(session, number, settings=settings, by=by, now=now)
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
        return page.show("registries/records.html", status=422, typed=number, errors=errors)
    except Refused as refusal:
        status = 429 if isinstance(refusal, TooMany) else 409
        return page.show(
            "registries/records.html", status=status, typed=number, errors={"number": refusal.in_(page.locale)}
        )
    return page.redirect(f"/registries/runs/{run.id}")


@router.post("/files")
async def drop_file(
    request: Request, sessions: Sessions, settings: InSettings, by: RecordsKeeperFirst, now: Now
) -> Response:
    """Take a file in pieces and lead to the run that reads it; no transaction is open while it arrives."""
    page = page_for(request, by)
    try:
        async with request.form(max_files=1, max_fields=1) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise Unacceptable({"file": NO_FILE})
            async with sessions.begin() as session:
                await stand_as(session, by)
                run = await dropping.drop_file(session, file.filename, _pieces(file), by=by, now=now)
    except Unacceptable as refusal:
        return await _refused(sessions, settings, page, by, refusal.by_field(page.locale))
    except FileTooLarge as refusal:
        return await _refused(sessions, settings, page, by, {"file": refusal.in_(page.locale)}, status=413)
    except HTTPException as error:
        if error.status_code != 413:
            raise
        too_large = FileTooLarge(most=dropping.LARGEST_FILE // 1024**2)
        return await _refused(sessions, settings, page, by, {"file": too_large.in_(page.locale)}, status=413)
    return page.redirect(f"/registries/runs/{run.id}")


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE):
        yield piece


async def _refused(
    sessions: async_sessionmaker[AsyncSession],
    settings: Settings,
    page: Page,
    by: Actor,
    errors: dict[str, str],
    status: int = 422,
) -> Response:
    async with sessions.begin() as session:
        await stand_as(session, by)
        return await show_registries(session, settings, page, errors=errors, status=status)
