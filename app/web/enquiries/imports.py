"""Ways into a request: a registry's number, a downloaded file; and the terms that open its confidential fields."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile

from app.asking import limits
from app.asking.page import InPage
from app.asking.transaction import Now, Sessions, Transaction
from app.asking.who import SponsorOnly, safe_path
from app.enquiries import actions, queries
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.web.enquiries.drafts import overview, show_enquiry, show_new

router = APIRouter()
Text = Annotated[str, Form()]
# The form sends a file part without content where nobody chose a file.
Upload = Annotated[UploadFile | None, File()]


@router.post("/enquiries/new/reading")
async def begin_with_number(
    request: Request, session: Transaction, sessions: Sessions, page: InPage, by: SponsorOnly, now: Now, nct: Text = ""
) -> Response:
    """Begin a request with a record of the registry."""
    await limits.limit(
        sessions, "reading_network", limits.network_of(request), most=limits.READINGS_PER_NETWORK, now=now
    )
    try:
        reading = await actions.ask_reading(session, nct, by=by, now=now)
    except Unacceptable as refusal:
        return await show_new(session, page, by, refusal.by_field(page.locale), {"nct": nct}, status=422)
    await session.flush()
    enquiry = await actions.draft_from(session, reading, by=by, now=now)
    return page.redirect(f"/enquiries/{enquiry.id}")


@router.post("/enquiries/new/file")
async def begin_with_file(
    session: Transaction, page: InPage, by: SponsorOnly, now: Now, file: Upload = None
) -> Response:
    """Begin a request with a downloaded study."""
    try:
        enquiry = await actions.draft_from_file(session, await _content(file), by=by, now=now)
    except Unacceptable as refusal:
        return await show_new(session, page, by, refusal.by_field(page.locale), {"nct": ""}, status=422)
    return page.redirect(f"/enquiries/{enquiry.id}")


@router.post("/enquiries/{enquiry_id}/reading")
async def read_into(
    enquiry_id: UUID, request: Request, session: Transaction, sessions: Sessions, page: InPage, by: SponsorOnly,
    now: Now, nct: Text = "",
) -> Response:  # fmt: skip
    """Ask the registry for a record that is to fill this request."""
    await limits.limit(
        sessions, "reading_network", limits.network_of(request), most=limits.READINGS_PER_NETWORK, now=now
    )
    try:
        await actions.ask_reading_for(session, enquiry_id, nct, by=by, now=now)
    except Unacceptable as refusal:
        found = await queries.get_enquiry(session, enquiry_id, reader=by)
        errors = refusal.by_field(page.locale)
        return await show_enquiry(session, page, by, found, errors, status=422, typed={"nct": nct})
    return page.redirect(f"/enquiries/{enquiry_id}#ways-in")


@router.post("/enquiries/{enquiry_id}/file")
async def import_file(
    enquiry_id: UUID, session: Transaction, page: InPage, by: SponsorOnly, now: Now, file: Upload = None
) -> Response:
    """Fill this request from a downloaded study."""
    try:
        await actions.import_file(session, enquiry_id, await _content(file), by=by, now=now)
    except Unacceptable as refusal:
        found = await queries.get_enquiry(session, enquiry_id, reader=by)
        return await show_enquiry(session, page, by, found, refusal.by_field(page.locale), status=422)
    return page.redirect(f"/enquiries/{enquiry_id}#blocks")


async def _content(file: UploadFile | None) -> bytes:
    return await file.read() if file else b""


@router.get("/enquiries/{enquiry_id}/terms")
async def terms(
    enquiry_id: UUID, session: Transaction, page: InPage, reader: SponsorOnly, now: Now,
    next_path: Annotated[str, Query(alias="next")] = "",
) -> Response:  # fmt: skip
    """Show the operator's confidentiality terms, to be accepted or, once they are, to be read."""
    found = await queries.get_enquiry(session, enquiry_id, reader=reader)
    return page.show(
        "enquiries/terms.html",
        **await overview(session, page, found, reader),
        terms=await queries.current_terms(session, today=in_japan(now)),
        next_path=safe_path(next_path) if next_path else f"/enquiries/{enquiry_id}",
    )


@router.post("/enquiries/{enquiry_id}/terms")
async def accept_terms(
    enquiry_id: UUID, session: Transaction, page: InPage, by: SponsorOnly, now: Now,
    version: Annotated[int, Form()] = 0, next_path: Annotated[str, Form(alias="next")] = "",
) -> Response:  # fmt: skip
    """Accept the version that was shown."""
    await actions.accept_terms(session, enquiry_id, version=version, by=by, now=now)
    return page.redirect(safe_path(next_path) if next_path else f"/enquiries/{enquiry_id}")
