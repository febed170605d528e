"""Officers part the records of a trial that are another trial, and take that back."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import StaffOnly
from app.ground.errors import Conflict, Unacceptable
from app.trials.actions import parting
from app.trials.queries import get_trial
from app.trials.queries.parting import by_number, lead_of, parting_of

router = APIRouter(prefix="/trials/{number}")


@router.get("/part")
async def part(number: str, session: Transaction, page: InPage, reader: StaffOnly, done: str = "") -> Response:
    """Show the records of a trial to choose from, and what parted it where somebody did; `done` is what was done last."""
    return await _show(session, page, number, done=done)


@router.post("/part")
async def part_records(
    number: str,
    session: Transaction,
    page: InPage,
    by: StaffOnly,
    now: Now,
    records: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make the records with the chosen numbers a trial of their own, and lead to it."""
    chosen = records or []
    try:
        trial = await parting.part(session, number, chosen, by=by, now=now)
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
        return await _show(session, page, number, chosen=chosen, errors=errors, status=422)
    lead = await lead_of(session, trial.id)
    return page.redirect(f"/trials/{quote(lead.number)}/part?done=parted")


@router.post("/join")
async def join_records(number: str, session: Transaction, page: InPage, by: StaffOnly, now: Now) -> Response:
    """Let common numbers decide again about records that were parted."""
    try:
        await parting.join_again(session, number, by=by, now=now)
    except Conflict as refusal:
        return await _show(session, page, number, said=refusal.in_(page.locale), status=409)
    return page.redirect(f"/trials/{quote(number)}/part?done=joined")


async def _show(
    session: AsyncSession,
    page: Page,
    number: str,
    *,
    chosen: list[str] | None = None,
    errors: dict[str, str] | None = None,
    said: str = "",
    done: str = "",
    status: int = 200,
) -> Response:
    shown = await get_trial(session, number)
    records = [one.record for one in shown.stated]
    return page.show(
        "trials/part.html",
        status=status,
        lead=shown.lead,
        groups=by_number(records),
        is_apart=shown.lead.apart,
        parting=await parting_of(session, shown.lead.trial_id) if shown.lead.apart else None,
        chosen=chosen or [],
        errors=errors or {},
        said=said,
        done=done,
    )
