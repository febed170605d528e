"""Reading a public record before signing in: asked, shown while it is read, and kept once somebody signs in."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking import limits
from app.asking.arrivals import arrival
from app.asking.cookies import put, visitor_cookie
from app.asking.page import InPage
from app.asking.transaction import InSettings, Now, Sessions, Transaction
from app.asking.visitor import VisitorHash
from app.asking.who import Asker, SponsorOnly
from app.enquiries import actions, queries
from app.enquiries.fields import BLOCKS
from app.enquiries.words import spoken
from app.ground.errors import Unacceptable
from app.identity.rules import Actor, hashed
from app.web.enquiries.drafts import reload_whole

router = APIRouter()
VISIT_LASTS = timedelta(days=1)


@router.get("/readings")
async def readings(page: InPage) -> Response:
    """Show the box for a number."""
    return page.show("readings/readings.html", errors={}, typed={"nct": ""})


@router.post("/readings")
async def ask(
    request: Request,
    session: Transaction,
    sessions: Sessions,
    settings: InSettings,
    page: InPage,
    by: Asker,
    now: Now,
    nct: Annotated[str, Form()] = "",
) -> Response:
    """Ask for a record; a visitor gets a cookie that makes it theirs."""
    network = limits.network_of(request)
    await limits.limit(sessions, "reading_network", network, most=limits.READINGS_PER_NETWORK, now=now)
    token = (request.cookies.get(visitor_cookie(settings)) or token_urlsafe(32)) if by.is_visitor else None
    try:
        reading = await actions.ask_reading(session, nct, visitor_hash=token and hashed(token), by=by, now=now)
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
        return page.show("readings/readings.html", status=422, errors=errors, typed={"nct": nct})
    answer = page.redirect(f"/readings/{reading.id}")
    if token:
        put(answer, visitor_cookie(settings), token, lasts=VISIT_LASTS, settings=settings)
    return answer


@router.get("/readings/{reading_id}")
async def reading(
    reading_id: UUID, request: Request, session: Transaction, page: InPage, reader: Asker, visitor_hash: VisitorHash
) -> Response:
    """Show how far a reading is, and once it is done what the record says."""
    found = await queries.get_reading(session, reading_id, reader=reader, visitor_hash=visitor_hash)
    values = await queries.reading_values(session, found)
    answer = page.show(
        "readings/reading.html",
        reading=found,
        is_under_way=not found.is_done,
        blocks=BLOCKS,
        values=values,
        words=await spoken(session, values),
    )
    if found.is_done:
        reload_whole(request, answer)
    return answer


@router.post("/readings/{reading_id}/draft")
async def keep(
    reading_id: UUID, session: Transaction, page: InPage, by: SponsorOnly, visitor_hash: VisitorHash, now: Now
) -> Response:
    """Keep a reading as a draft."""
    found = await queries.get_reading(session, reading_id, reader=by, visitor_hash=visitor_hash)
    enquiry = await actions.draft_from(session, found, by=by, now=now)
    return page.redirect(f"/enquiries/{enquiry.id}")


@arrival
async def follow_in(request: Request, session: AsyncSession, by: Actor, now: datetime) -> str | None:
    """Let what somebody read as a visitor become a draft of theirs when they sign in."""
    token = request.cookies.get(visitor_cookie(request.app.state.settings))
    if not token:
        return None
    enquiry = await actions.claim_readings(session, visitor_hash=hashed(token), by=by, now=now)
    return f"/enquiries/{enquiry.id}" if enquiry else None
