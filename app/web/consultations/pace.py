"""The pace and the end of a case: wait, go on, move on, close."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.asking.page import InPage
from app.asking.transaction import Now, Transaction
from app.asking.who import StaffOnly
from app.consultations import actions
from app.consultations.rules.stages import Ending, Stage, Waiting
from app.ground.errors import Unacceptable
from app.web.consultations.forms import CHOOSE, Text, show_form

router = APIRouter(prefix="/consultations/{number}")


@router.post("/wait")
async def wait(
    number: str, session: Transaction, page: InPage, by: StaffOnly, now: Now, waits_for: Annotated[Waiting, Form()]
) -> Response:
    """Let the clock stand still while somebody else must act."""
    await actions.wait(session, number, waits_for, by=by, now=now)
    return page.redirect(f"/consultations/{number}")


@router.post("/resume")
async def resume(number: str, session: Transaction, page: InPage, by: StaffOnly, now: Now) -> Response:
    """Let the clock run again."""
    await actions.resume(session, number, by=by, now=now)
    return page.redirect(f"/consultations/{number}")


@router.post("/move")
async def move_on(
    number: str, session: Transaction, page: InPage, by: StaffOnly, now: Now, to: Annotated[Stage, Form()]
) -> Response:
    """Move a case on from a stage whose work is kept elsewhere."""
    await actions.move_on(session, number, to, by=by, now=now)
    return page.redirect(f"/consultations/{number}")


@router.get("/close")
async def close(number: str, session: Transaction, page: InPage, reader: StaffOnly) -> Response:
    """Show the form that closes a case."""
    return await show_form(session, page, reader, number, "close", {}, {"ending": "", "note": ""}, endings=Ending)


@router.post("/close")
async def close_case(
    number: str, session: Transaction, page: InPage, by: StaffOnly, now: Now, ending: Text = "", note: Text = ""
) -> Response:
    """Close a case, saying what came of it."""
    try:
        if ending not in set(Ending):
            raise Unacceptable({"ending": CHOOSE})
        await actions.close(session, number, Ending(ending), note, by=by, now=now)
    except Unacceptable as refusal:
        typed, errors = {"ending": ending, "note": note}, refusal.by_field(page.locale)
        return await show_form(session, page, by, number, "close", errors, typed, endings=Ending)
    return page.redirect(f"/consultations/{number}")
