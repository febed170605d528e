"""The list, the survey and the outcomes: one page and one form a step."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from app.asking.closing_days import InClosingDays
from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import StaffOnly
from app.consultations import actions, queries
from app.consultations.actions import Decided
from app.consultations.rules.outcomes import Outcome, outcomes_for
from app.ground.errors import Unacceptable
from app.ground.i18n import _
from app.identity.rules import Actor
from app.matching import queries as matches
from app.matching.rules import Band, reasons_json, speak
from app.web.consultations.forms import CHOOSE, NO_DAY, Errors, Text, Texts, day_of, show_form

router = APIRouter(prefix="/consultations/{number}")
NO_INSTITUTION = _("Choose institutions of the list.")


@router.get("/release")
async def release(number: str, session: Transaction, page: InPage, reader: StaffOnly) -> Response:
    """Show what the latest match offers, to choose from."""
    return await _release(session, page, reader, number, {}, [])


@router.post("/release")
async def release_list(
    number: str, session: Transaction, page: InPage, by: StaffOnly, now: Now, institutions: Texts
) -> Response:
    """Release the chosen institutions to the sponsor."""
    try:
        await actions.release_list(session, number, _ids(institutions), by=by, now=now)
    except Unacceptable as refusal:
        return await _release(session, page, by, number, refusal.by_field(page.locale), institutions)
    return page.redirect(f"/consultations/{number}")


async def _release(
    session: Transaction, page: Page, reader: Actor, number: str, errors: Errors, chosen: list[str]
) -> Response:
    case = await queries.get_consultation(session, number, reader=reader)
    run = await matches.latest_run(session, case.enquiry_id, reader=reader)
    more: dict[str, Any] = {"run": run, "bands": list(Band), "reasons_json": reasons_json}
    more["speak"] = lambda reasons: speak(reasons, page.locale)
    return await show_form(session, page, reader, number, "release", errors, {"institutions": chosen}, **more)


@router.get("/ask")
async def ask(number: str, session: Transaction, page: InPage, reader: StaffOnly) -> Response:
    """Show the released institutions that can still be asked."""
    return await _ask(session, page, reader, number, {}, [])


@router.post("/ask")
async def ask_sites(
    number: str,
    session: Transaction,
    page: InPage,
    by: StaffOnly,
    now: Now,
    closing_days: InClosingDays,
    institutions: Texts,
) -> Response:
    """Ask the chosen institutions whether they are interested."""
    try:
        await actions.ask_sites(session, number, _ids(institutions), by=by, now=now, closing_days=closing_days)
    except Unacceptable as refusal:
        return await _ask(session, page, by, number, refusal.by_field(page.locale), institutions)
    return page.redirect(f"/consultations/{number}")


async def _ask(
    session: Transaction, page: Page, reader: Actor, number: str, errors: Errors, chosen: list[str]
) -> Response:
    case = await queries.get_consultation(session, number, reader=reader)
    released = await queries.released_sites(session, case)
    typed = {"institutions": chosen}
    return await show_form(session, page, reader, number, "ask", errors, typed, released=released)


@router.get("/sites/{institution_id}/outcome")
async def outcome(number: str, institution_id: UUID, session: Transaction, page: InPage, reader: StaffOnly) -> Response:
    """Show the form for what became of an asked site."""
    typed = {"outcome": "", "reason_en": "", "reason_ja": "", "reply_by": ""}
    return await _outcome(session, page, reader, number, institution_id, {}, typed)


@router.post("/sites/{institution_id}/outcome")
async def record_outcome(
    number: str,
    institution_id: UUID,
    session: Transaction,
    page: InPage,
    by: StaffOnly,
    now: Now,
    outcome: Text = "",
    reason_en: Text = "",
    reason_ja: Text = "",
    reply_by: Text = "",
) -> Response:
    """Record what became of an asked site, and tell it."""
    typed = {"outcome": outcome, "reason_en": reason_en, "reason_ja": reason_ja, "reply_by": reply_by}
    try:
        await actions.record_outcome(session, number, institution_id, _decided(typed), by=by, now=now)
    except Unacceptable as refusal:
        return await _outcome(session, page, by, number, institution_id, refusal.by_field(page.locale), typed)
    return page.redirect(f"/consultations/{number}")


def _decided(typed: dict[str, str]) -> Decided:
    """Return an outcome as it was typed. Raises Unacceptable."""
    reply_by = day_of(typed["reply_by"]) if typed["reply_by"].strip() else None
    if typed["outcome"] not in set(Outcome):
        raise Unacceptable({"outcome": CHOOSE})
    if typed["reply_by"].strip() and reply_by is None:
        raise Unacceptable({"reply_by": NO_DAY})
    return Decided(Outcome(typed["outcome"]), typed["reason_en"], typed["reason_ja"], reply_by)


async def _outcome(
    session: Transaction,
    page: Page,
    reader: Actor,
    number: str,
    institution_id: UUID,
    errors: Errors,
    typed: dict[str, str],
) -> Response:
    case = await queries.get_consultation(session, number, reader=reader)
    site = await queries.get_asked_site(session, case, institution_id, reader=reader)
    institution = await queries.name_of_institution(session, institution_id)
    more: dict[str, Any] = {"site": site, "institution": institution, "outcomes": outcomes_for(site.answer)}
    return await show_form(session, page, reader, number, "outcome", errors, typed, **more)


def _ids(chosen: list[str]) -> list[UUID]:
    """Return what was ticked. Raises Unacceptable for what is no institution."""
    try:
        return [UUID(one) for one in chosen]
    except ValueError as error:
        raise Unacceptable({"institutions": NO_INSTITUTION}) from error
