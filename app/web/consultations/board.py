"""The case desk: the officers' board, and one case as staff and as its sponsor see it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.asking.closing_days import InClosingDays
from app.asking.page import InPage
from app.asking.transaction import Now, Transaction
from app.asking.who import SignedIn, StaffOnly
from app.consultations import queries
from app.consultations.queries import Show, Wanted
from app.consultations.rules import clock, next_steps, stages
from app.enquiries import queries as enquiries
from app.enquiries.fields import FIELDS
from app.ground.errors import NotFound
from app.ground.paging import Paging
from app.matching import queries as matches
from app.matching.rules import Band, speak

router = APIRouter()
# How many cases of one lane the board shows; the rest is a filter away.
SHOWN = 20


@router.get("/consultations")
async def board(
    session: Transaction,
    page: InPage,
    reader: StaffOnly,
    now: Now,
    closing_days: InClosingDays,
    show: Show = Show.OPEN,
    owner: str = "",
    q: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """Show every open case in its lane with its clock, or the ended ones as a list."""
    wanted = Wanted(show, mine=owner == "mine", text=q.strip())
    ended = open_ = None
    if show is Show.ENDED:
        ended = await queries.ended_cases(session, wanted, Paging(number), reader=reader, now=now)
    else:
        open_ = await queries.open_cases(session, wanted, reader=reader, now=now, closing_days=closing_days)
    return page.show(
        "consultations/board.html",
        wanted=wanted,
        now=now,
        ended=ended,
        lines=open_ or [],
        lanes=queries.lanes(open_ or []),
        backlog=queries.backlog(open_ or []),
        due_within=queries.due_within,
        shown=SHOWN,
        tones=clock.Tone,
        shows=Show,
    )


@router.get("/consultations/{number}")
async def show(
    number: str, session: Transaction, page: InPage, reader: SignedIn, now: Now, closing_days: InClosingDays
) -> Response:
    """Show one case: to staff with what to do next, to its sponsor with what happens next."""
    case = await queries.get_consultation(session, number, reader=reader)
    if reader.is_coordinator and not reader.is_staff:
        raise NotFound
    view = await queries.view_of(session, case, reader=reader, now=now, closing_days=closing_days)
    common: dict[str, Any] = {
        "view": view,
        "case": view.case,
        "speak": lambda reasons: speak(reasons, page.locale),
        "bands": list(Band),
        "stages": stages,
        "fields": FIELDS.values(),
    }
    if not reader.is_staff:
        told = next_steps.next_for_sponsor(view.line.stage, case.state)
        return page.show("consultations/follow.html", next=told, **common)
    return page.show(
        "consultations/show.html",
        next=next_steps.next_for_staff(view.line.stage, case.state),
        run=await matches.latest_run(session, case.enquiry_id, reader=reader),
        **common,
    )


@router.get("/enquiries/{enquiry_id}/follow")
async def waiting(enquiry_id: UUID, session: Transaction, page: InPage, reader: SignedIn) -> Response:
    """Lead from an enquiry to its case; until the case is open, say that it will be."""
    enquiry = await enquiries.get_enquiry(session, enquiry_id, reader=reader)
    number = await queries.number_of_enquiry(session, enquiry_id, reader=reader)
    if number is not None:
        return page.redirect(f"/consultations/{number}")
    return page.show("consultations/waiting.html", enquiry=enquiry)
