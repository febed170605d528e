"""A sponsor's requests: the list, a new one, the overview of one, and its end."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import SignedIn, SponsorOnly
from app.enquiries import actions, queries
from app.enquiries.fields import BLOCKS
from app.enquiries.models import Enquiry, EnquiryStage
from app.enquiries.rules import standing, standings
from app.enquiries.words import spoken, spoken_each, title_in
from app.ground.errors import Unacceptable
from app.ground.paging import Paging
from app.identity.rules import Actor

router = APIRouter()
Text = Annotated[str, Form()]
A_PAGE = 20


@router.get("/enquiries")
async def enquiries(
    session: Transaction, page: InPage, reader: SponsorOnly, number: Annotated[int, Query(alias="page", ge=1)] = 1
) -> Response:
    """List the requests of the reader's organisation."""
    paged = await queries.my_enquiries(session, reader=reader, paging=Paging(number, A_PAGE))
    values = await queries.values_of(session, [one.id for one in paged.rows], reader=reader)
    words = await spoken_each(session, values.values())
    rows = [
        {"enquiry": one, "standing": standing(values[one.id]), "about": title_in(said, page.locale)}
        for one, said in zip(paged.rows, words, strict=True)
    ]
    return page.show("enquiries/enquiries.html", rows=rows, paged=paged)


@router.get("/enquiries/new")
async def new(session: Transaction, page: InPage, reader: SponsorOnly) -> Response:
    """Show the ways in: a number, a file, or the form."""
    return await show_new(session, page, reader, {}, {"nct": ""})


async def show_new(
    session: AsyncSession, page: Page, reader: Actor, errors: dict[str, str], typed: dict[str, str], status: int = 200
) -> Response:
    """Show the ways in, with what was refused beside its place."""
    places = await queries.organisations_of(session, reader)
    return page.show("enquiries/new.html", status=status, places=places, errors=errors, typed=typed)


@router.post("/enquiries")
async def start(session: Transaction, page: InPage, by: SponsorOnly, now: Now, organisation: Text = "") -> Response:
    """Begin a request to be filled in by hand."""
    enquiry = await actions.start_draft(session, organisation_id=_id(organisation), by=by, now=now)
    return page.redirect(f"/enquiries/{enquiry.id}/{BLOCKS[0].code}")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@router.get("/enquiries/{enquiry_id}")
async def enquiry(enquiry_id: UUID, request: Request, session: Transaction, page: InPage, reader: SignedIn) -> Response:
    """Show one request: how far it is, what comes next, and everything that was said."""
    found = await queries.get_enquiry(session, enquiry_id, reader=reader)
    answer = await show_enquiry(session, page, reader, found, {})
    reading = await queries.reading_of(session, found)
    if reading is not None and reading.is_done:
        reload_whole(request, answer)
    return answer


def reload_whole(request: Request, answer: Response) -> None:
    """Let a page that polled for a reading load once more as a whole, now that the reading is done."""
    if "hx-request" in request.headers:
        answer.headers["HX-Refresh"] = "true"


async def show_enquiry(
    session: AsyncSession, page: Page, reader: Actor, found: Enquiry, errors: dict[str, str], status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """Show the overview, with what was refused on top; a number that could not be read stays in its box."""
    reading = await queries.reading_of(session, found)
    number = reading.number if reading is not None and reading.failure else ""
    return page.show(
        "enquiries/enquiry.html",
        status=status,
        **await overview(session, page, found, reader),
        reading=reading,
        is_owner=found.organisation_id in reader.organisation_ids,
        errors=errors,
        typed={"nct": number, **(typed or {})},
    )


async def overview(session: AsyncSession, page: Page, found: Enquiry, reader: Actor) -> dict[str, Any]:
    """Return what every page of one request shows beside its own: what was said, and how far each block is."""
    values = await queries.enquiry_values(session, found.id, reader=reader)
    words = await spoken(session, values)
    return {
        "enquiry": found,
        "about": title_in(words, page.locale),
        "blocks": BLOCKS,
        "values": values,
        "words": words,
        "standing": standing(values),
        "standings": standings(values),
        "is_draft": found.stage is EnquiryStage.DRAFT,
        "acceptance": await queries.acceptance_by(session, found.organisation_id),
    }


@router.post("/enquiries/{enquiry_id}/submit")
async def submit(enquiry_id: UUID, session: Transaction, page: InPage, by: SponsorOnly, now: Now) -> Response:
    """Hand the request to the window; pressing twice does it once."""
    try:
        await actions.submit(session, enquiry_id, by=by, now=now)
    except Unacceptable as refusal:
        found = await queries.get_enquiry(session, enquiry_id, reader=by)
        return await show_enquiry(session, page, by, found, refusal.by_field(page.locale), status=422)
    return page.redirect(f"/enquiries/{enquiry_id}/follow")


@router.get("/enquiries/{enquiry_id}/withdraw")
async def withdrawal(enquiry_id: UUID, session: Transaction, page: InPage, reader: SponsorOnly) -> Response:
    """Ask once more before a request is taken back."""
    found = await queries.get_enquiry(session, enquiry_id, reader=reader)
    return page.show("enquiries/withdrawal.html", **await overview(session, page, found, reader))


@router.post("/enquiries/{enquiry_id}/withdraw")
async def withdraw(enquiry_id: UUID, session: Transaction, page: InPage, by: SponsorOnly, now: Now) -> Response:
    """Take a request back."""
    await actions.withdraw(session, enquiry_id, by=by, now=now)
    return page.redirect(f"/enquiries/{enquiry_id}")
