"""The committees of a hospital and their calendar, as its coordinators keep them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import CoordinatorOnly
from app.ground.calendar import fiscal_year, in_japan
from app.ground.errors import Unacceptable
from app.identity.rules import Actor
from app.sites import actions, queries
from app.sites.errors import EntryMovedOn, LinesRefused
from app.sites.models import Committee
from app.sites.queries.committees import Calendar, calendar_of, calendars_of
from app.sites.rules.committees import CommitteeKind
from app.sites.rules.facts import FactState
from app.sites.rules.meetings import WEEKDAYS, WEEKS, Proposal, proposed, read_rule
from app.web.days import typed_day

router = APIRouter(prefix="/desk/{code}/committees")
Text = Annotated[str, Form()]
Texts = Annotated[list[str], Form()]
Typed = dict[str, str]
NO_MEETING = {"meeting": "", "seen": "", "day": "", "deadline": ""}
NO_RULE = {"week": "", "weekday": "", "days_before": "", "year": ""}


@router.get("")
async def committees(
    code: str,
    session: Transaction,
    page: InPage,
    reader: CoordinatorOnly,
    now: Now,
    committee: str = "",
    saved: str = "",
) -> Response:
    """List the committees with their next meetings; `committee` is the one to change in the form."""
    shown = await _committees(session, code, reader=reader, now=now)
    chosen = next((one.committee for one in shown["calendars"] if str(one.committee.first_id) == committee), None)
    return page.show(
        "desk/committees.html",
        saved=bool(saved),
        errors={},
        moved_on=None,
        typed=_typed_committee(chosen, page, now),
        **shown,
    )


@router.post("")
async def state_committee(
    code: str,
    session: Transaction,
    page: InPage,
    by: CoordinatorOnly,
    now: Now,
    kind: Text = "",
    name_ja: Text = "",
    name_en: Text = "",
    english_documents: Text = "",
    entrusted_review: Text = "",
    note: Text = "",
    as_of: Text = "",
    committee: Text = "",
    seen: Text = "",
) -> Response:
    """Add a committee or change one; what cannot be taken is said beside its field, and nothing is lost."""
    typed = {
        "kind": kind,
        "name_ja": name_ja,
        "name_en": name_en,
        "english_documents": english_documents,
        "entrusted_review": entrusted_review,
        "note": note,
        "as_of": as_of,
        "committee": committee,
        "seen": seen,
    }
    errors, moved_on = {}, None
    try:
        row = await actions.state_committee(session, code, typed, by=by, now=now)
        return page.redirect(
            f"/desk/{code}/committees?saved=1" if committee else f"/desk/{code}/committees/{row.first_id}"
        )
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
    except EntryMovedOn as refusal:
        moved_on = refusal.in_(page.locale)
    shown = await _committees(session, code, reader=by, now=now)
    if moved_on:
        standing = [one.committee for one in shown["calendars"] if str(one.committee.first_id) == committee]
        typed["seen"] = str(standing[0].id) if standing else ""
        # A committee that was closed meanwhile can only be added anew.
        typed["committee"] = committee if standing else ""
    status = 409 if moved_on else 422
    return page.show(
        "desk/committees.html", status=status, saved=False, errors=errors, moved_on=moved_on, typed=typed, **shown
    )


@router.post("/{committee_id}/close")
async def close_committee(
    code: str, committee_id: UUID, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now, seen: Text = ""
) -> Response:
    """Take a committee that no longer sits from the list."""
    await actions.close_committee(session, code, committee_id, seen, by=by, now=now)
    return page.redirect(f"/desk/{code}/committees?saved=1")


@router.get("/{committee_id}")
async def committee(
    code: str,
    committee_id: UUID,
    session: Transaction,
    page: InPage,
    reader: CoordinatorOnly,
    now: Now,
    meeting: str = "",
    saved: str = "",
    week: str | None = None,
    weekday: str = "",
    days_before: str = "",
    year: str = "",
) -> Response:
    """Show the meetings of one committee; `meeting` is the one to move, the rest a regular rule to propose by."""
    calendar = await _calendar(session, code, committee_id, reader=reader, now=now)
    chosen = next((row for row in calendar.planned if str(row.first_id) == meeting), None)
    typed = dict(NO_MEETING)
    if chosen:
        deadline = typed_day(chosen.deadline, page.locale) if chosen.deadline else ""
        typed = {"meeting": meeting, "seen": str(chosen.id), "day": typed_day(chosen.day, page.locale)}
        typed["deadline"] = deadline
    rule = {"week": week or "", "weekday": weekday, "days_before": days_before, "year": year}
    proposals, errors = _proposed(rule, calendar, today=in_japan(now)) if week is not None else ([], {})
    return await _show(
        session,
        page,
        code,
        calendar,
        reader=reader,
        now=now,
        status=422 if errors else 200,
        saved=bool(saved),
        typed=typed,
        rule=rule,
        proposals=proposals,
        errors={field: page_error.in_(page.locale) for field, page_error in errors.items()},
    )


@router.post("/{committee_id}/meetings")
async def plan_meeting(
    code: str,
    committee_id: UUID,
    session: Transaction,
    page: InPage,
    by: CoordinatorOnly,
    now: Now,
    day: Text = "",
    deadline: Text = "",
    meeting: Text = "",
    seen: Text = "",
) -> Response:
    """Add a meeting, or move one."""
    typed = {"day": day, "deadline": deadline, "meeting": meeting, "seen": seen}
    errors, moved_on = {}, None
    try:
        await actions.plan_meeting(session, code, committee_id, typed, by=by, now=now)
        return page.redirect(f"/desk/{code}/committees/{committee_id}?saved=1#meetings")
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
    except EntryMovedOn as refusal:
        moved_on = refusal.in_(page.locale)
    calendar = await _calendar(session, code, committee_id, reader=by, now=now)
    if moved_on:
        typed["seen"] = next((str(row.id) for row in calendar.planned if str(row.first_id) == meeting), "")
        # A meeting that was cancelled meanwhile can only be added anew.
        typed["meeting"] = meeting if typed["seen"] else ""
    status = 409 if moved_on else 422
    return await _show(
        session, page, code, calendar, reader=by, now=now, status=status, typed=typed, errors=errors, moved_on=moved_on
    )


@router.post("/{committee_id}/meetings/several")
async def plan_meetings(
    code: str,
    committee_id: UUID,
    session: Transaction,
    page: InPage,
    by: CoordinatorOnly,
    now: Now,
    lines: Texts = [],  # noqa: B006
) -> Response:
    """Add the meetings of all lines, pasted or ticked among the proposals, or none of them."""
    text = "\n".join(lines)
    try:
        await actions.plan_meetings(session, code, committee_id, text, by=by, now=now)
    except LinesRefused as refusal:
        calendar = await _calendar(session, code, committee_id, reader=by, now=now)
        errors = refusal.by_field(page.locale)
        return await _show(
            session,
            page,
            code,
            calendar,
            reader=by,
            now=now,
            status=422,
            lines=text,
            refused=[line for line in refusal.lines if line.problem],
            errors=errors,
        )
    return page.redirect(f"/desk/{code}/committees/{committee_id}?saved=1#meetings")


@router.post("/{committee_id}/meetings/{meeting_id}/cancel")
async def cancel_meeting(
    code: str,
    committee_id: UUID,
    meeting_id: UUID,
    session: Transaction,
    page: InPage,
    by: CoordinatorOnly,
    now: Now,
    seen: Text = "",
) -> Response:
    """Cancel a meeting; it stays in the calendar as cancelled."""
    try:
        await actions.cancel_meeting(session, code, committee_id, meeting_id, seen, by=by, now=now)
    except EntryMovedOn as refusal:
        calendar = await _calendar(session, code, committee_id, reader=by, now=now)
        words = refusal.in_(page.locale)
        return await _show(session, page, code, calendar, reader=by, now=now, status=409, moved_on=words)
    return page.redirect(f"/desk/{code}/committees/{committee_id}?saved=1#meetings")


async def _committees(session: AsyncSession, code: str, *, reader: Actor, now: datetime) -> dict[str, Any]:
    institution = await queries.own_institution(session, code, reader=reader)
    today = in_japan(now)
    return {
        "institution": institution,
        "kinds": list(CommitteeKind),
        "calendars": await calendars_of(session, [institution.id], reader=reader, today=today),
    }


def _typed_committee(chosen: Committee | None, page: Page, now: datetime) -> Typed:
    """Return a committee as its coordinator would type it today; an empty form for None."""
    today = {"as_of": typed_day(in_japan(now), page.locale)}
    if chosen is None:
        empty = dict.fromkeys(("kind", "name_ja", "name_en", "note", "committee", "seen"), "")
        return {**empty, **today, "english_documents": FactState.UNKNOWN, "entrusted_review": FactState.UNKNOWN}
    return {
        **today,
        "kind": chosen.kind,
        "name_ja": chosen.name_ja or "",
        "name_en": chosen.name_en or "",
        "english_documents": chosen.english_documents,
        "entrusted_review": chosen.entrusted_review,
        "note": chosen.note_ja or chosen.note_en or "",
        "committee": str(chosen.first_id),
        "seen": str(chosen.id),
    }


async def _calendar(session: AsyncSession, code: str, committee_id: UUID, *, reader: Actor, now: datetime) -> Calendar:
    institution = await queries.own_institution(session, code, reader=reader)
    return await calendar_of(session, institution.id, committee_id, reader=reader, today=in_japan(now))


def _proposed(rule: Typed, calendar: Calendar, *, today: date) -> tuple[list[Proposal], dict[str, Any]]:
    read, errors = read_rule(rule)
    year = next((year for year in _years(today) if str(year) == rule["year"]), fiscal_year(today))
    known = [meeting.day for meeting in calendar.planned]
    return (proposed(read, year, today=today, known=known) if read else []), dict(errors)


def _years(today: date) -> tuple[int, int]:
    """Return the fiscal years that a rule can be asked for: this one and the next."""
    return fiscal_year(today), fiscal_year(today) + 1


async def _show(
    session: AsyncSession,
    page: Page,
    code: str,
    calendar: Calendar,
    *,
    reader: Actor,
    now: datetime,
    status: int = 200,
    **shown: Any,
) -> Response:
    usual: dict[str, Any] = {
        "saved": False,
        "moved_on": None,
        "errors": {},
        "typed": NO_MEETING,
        "lines": "",
        "refused": [],
        "rule": NO_RULE,
        "proposals": [],
    }
    return page.show(
        "desk/committee.html",
        status=status,
        institution=await queries.own_institution(session, code, reader=reader),
        calendar=calendar,
        years=_years(in_japan(now)),
        weeks=[(number, words.in_(page.locale)) for number, words in enumerate(WEEKS, start=1)],
        weekdays=[(number, words.in_(page.locale)) for number, words in enumerate(WEEKDAYS)],
        **{**usual, **shown},
    )
