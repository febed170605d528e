"""Triage and the intake meeting: one page and one form a step."""

from datetime import datetime

from fastapi import APIRouter, Response

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import SignedIn, StaffOnly
from app.consultations import actions, queries
from app.consultations.rules.meeting import MeetingHeld, Mode
from app.ground.calendar import JST
from app.ground.errors import Unacceptable
from app.ground.i18n import _
from app.identity.rules import Actor
from app.web.consultations.forms import CHOOSE, NO_DAY, Errors, Text, day_of, show_form, time_of

router = APIRouter(prefix="/consultations/{number}")
NO_TIME = _("Write the time in Japan as in 15:00.")


@router.post("/accept")
async def accept(number: str, session: Transaction, page: InPage, by: StaffOnly, now: Now) -> Response:
    """Take a case up (相談受理)."""
    await actions.accept(session, number, by=by, now=now)
    return page.redirect(f"/consultations/{number}")


@router.get("/refer")
async def refer(number: str, session: Transaction, page: InPage, reader: StaffOnly) -> Response:
    """Show the services that a sponsor can be referred to."""
    return await _refer(session, page, reader, number, {}, {"service": ""})


@router.post("/refer")
async def refer_elsewhere(
    number: str, session: Transaction, page: InPage, by: StaffOnly, now: Now, service: Text = ""
) -> Response:
    """Refer the sponsor elsewhere."""
    try:
        await actions.refer(session, number, service, by=by, now=now)
    except Unacceptable as refusal:
        return await _refer(session, page, by, number, refusal.by_field(page.locale), {"service": service})
    return page.redirect(f"/consultations/{number}")


async def _refer(
    session: Transaction, page: Page, reader: Actor, number: str, errors: Errors, typed: dict[str, str]
) -> Response:
    services = await queries.referral_services(session)
    return await show_form(session, page, reader, number, "refer", errors, typed, services=services)


@router.get("/out-of-scope")
async def out_of_scope(number: str, session: Transaction, page: InPage, reader: StaffOnly) -> Response:
    """Show the form for the reason."""
    return await show_form(session, page, reader, number, "out_of_scope", {}, {"reason": ""})


@router.post("/out-of-scope")
async def declare_out_of_scope(
    number: str, session: Transaction, page: InPage, by: StaffOnly, now: Now, reason: Text = ""
) -> Response:
    """Say that the window cannot take the case up."""
    try:
        await actions.declare_out_of_scope(session, number, reason, by=by, now=now)
    except Unacceptable as refusal:
        errors, typed = refusal.by_field(page.locale), {"reason": reason}
        return await show_form(session, page, by, number, "out_of_scope", errors, typed)
    return page.redirect(f"/consultations/{number}")


@router.get("/meeting")
async def meeting(number: str, session: Transaction, page: InPage, reader: StaffOnly) -> Response:
    """Show the form for an intake meeting."""
    typed = {"held_on": "", "held_time": "", "mode": "", "participants": "", "minutes_en": "", "minutes_ja": ""}
    return await show_form(session, page, reader, number, "meeting", {}, {**typed, "synopsis_approved": ""}, modes=Mode)


@router.post("/meeting")
async def record_meeting(
    number: str,
    session: Transaction,
    page: InPage,
    by: StaffOnly,
    now: Now,
    held_on: Text = "",
    held_time: Text = "",
    mode: Text = "",
    participants: Text = "",
    minutes_en: Text = "",
    minutes_ja: Text = "",
    synopsis_approved: Text = "",
) -> Response:
    """Record an intake meeting with its minutes."""
    typed = {
        "held_on": held_on,
        "held_time": held_time,
        "mode": mode,
        "participants": participants,
        "minutes_en": minutes_en,
        "minutes_ja": minutes_ja,
        "synopsis_approved": synopsis_approved,
    }
    try:
        await actions.record_intake_meeting(session, number, _held(typed), by=by, now=now)
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
        return await show_form(session, page, by, number, "meeting", errors, typed, modes=Mode)
    return page.redirect(f"/consultations/{number}")


def _held(typed: dict[str, str]) -> MeetingHeld:
    """Return a meeting as it was typed, its moment in Japan time. Raises Unacceptable."""
    day, at = day_of(typed["held_on"]), time_of(typed["held_time"])
    errors = {
        "held_on": None if day else NO_DAY,
        "held_time": None if at else NO_TIME,
        "mode": None if typed["mode"] in set(Mode) else CHOOSE,
    }
    if day is None or at is None or any(errors.values()):
        raise Unacceptable({field: error for field, error in errors.items() if error})
    return MeetingHeld(
        held_at=datetime.combine(day, at, JST),
        mode=Mode(typed["mode"]),
        participants=typed["participants"],
        minutes_en=typed["minutes_en"],
        minutes_ja=typed["minutes_ja"],
        synopsis_approved=bool(typed["synopsis_approved"]),
    )


@router.post("/synopsis")
async def approve_synopsis(number: str, session: Transaction, page: InPage, by: SignedIn, now: Now) -> Response:
    """Put the sponsor's approval on record: its own click, or an officer's for it."""
    await actions.approve_synopsis(session, number, by=by, now=now)
    return page.redirect(f"/consultations/{number}")
