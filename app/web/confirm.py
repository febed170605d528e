"""The monthly confirmation by mailed link: one page, no sign-in; opening it changes nothing, because scanners open links."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from app.asking import limits
from app.asking.cookies import LANGUAGE_COOKIE
from app.asking.page import InPage, Page
from app.asking.transaction import Now, Sessions, Transaction
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import Locale
from app.sites import actions
from app.sites.errors import LinkNotGood, RowsMovedOn
from app.sites.models import Capacity
from app.sites.queries.confirmations import FoundLink, find_link, rows_seen
from app.sites.rules import CapacityState
from app.sites.rules.confirming import LinkState
from app.sites.rules.rows import row_key, says_the_same
from app.terms.models import Vocabulary
from app.terms.queries import by_codes, concepts_of
from app.web import choices
from app.web.days import typed_day

router = APIRouter()
Rows = dict[str, dict[str, str]]
FIELDS = ("seen", "state", "trials", "from_day", "note")
ADDED = ("area", "phase", "state", "trials", "from_day", "note")
NEW = "new"
STATUS = {
    LinkState.GOOD: HTTPStatus.OK,
    LinkState.EMPTY: HTTPStatus.OK,
    LinkState.UNKNOWN: HTTPStatus.NOT_FOUND,
    LinkState.LEFT: HTTPStatus.GONE,
    LinkState.ANSWERED: HTTPStatus.GONE,
    LinkState.EXPIRED: HTTPStatus.GONE,
}


@router.get("/confirm")
async def confirm(
    request: Request, session: Transaction, page: InPage, now: Now, token: str = "", done: str = ""
) -> Response:
    """Show what a link asks to be confirmed, or why it works no longer and what to do."""
    found = await find_link(session, token, now=now)
    page = in_language_of(request, page, found)
    if found.state is not LinkState.GOOD:
        return closed(page, found, thanks=bool(done))
    shown = {row_key(row): typed_of(row, page.locale) for row in found.rows}
    return await _show(session, page, token, found, shown, {}, now=now)


@router.post("/confirm")
async def confirm_all(
    request: Request,
    session: Transaction,
    sessions: Sessions,
    page: InPage,
    now: Now,
    token: Annotated[str, Form()] = "",
    seen: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Confirm every row as it stands."""
    await _limit(request, sessions, now)
    try:
        await actions.confirm_by_link(session, token, seen, now=now)
    except LinkNotGood:
        found = await find_link(session, token, now=now)
        return closed(in_language_of(request, page, found), found)
    except RowsMovedOn as refusal:
        found = await find_link(session, token, now=now)
        page = in_language_of(request, page, found)
        shown = {row_key(row): typed_of(row, page.locale) for row in found.rows}
        return await _show(session, page, token, found, shown, {}, moved_on=refusal.in_(page.locale), now=now)
    return page.redirect(f"/confirm?token={token}&done=1")


@router.post("/confirm/changes")
async def change(
    request: Request,
    session: Transaction,
    sessions: Sessions,
    page: InPage,
    now: Now,
    token: Annotated[str, Form()] = "",
) -> Response:
    """Confirm every row with what was changed or added; all of it or nothing, and nothing typed is lost."""
    await _limit(request, sessions, now)
    form = form_of(await request.form())
    try:
        await actions.change_by_link(session, token, form, now=now)
    except (LinkNotGood, RowsMovedOn, Unacceptable) as refusal:
        found = await find_link(session, token, now=now)
        page = in_language_of(request, page, found)
        if isinstance(refusal, LinkNotGood):
            return closed(page, found, lost=await _lost(session, found, form))
        if isinstance(refusal, RowsMovedOn):
            shown, moved_on = await _merged(session, page, found, form), refusal.in_(page.locale)
            return await _show(
                session, page, token, found, shown, {}, added=dict(form.added), moved_on=moved_on, now=now
            )
        shown = {key: dict(typed) for key, typed in form.rows.items()}
        errors = refusal.by_field(page.locale)
        return await _show(session, page, token, found, shown, errors, added=dict(form.added), now=now)
    return page.redirect(f"/confirm?token={token}&done=1")


async def _limit(request: Request, sessions: Sessions, now: datetime) -> None:
    network = limits.network_of(request)
    await limits.limit(sessions, "confirm", network, most=limits.CONFIRMATIONS_PER_NETWORK, now=now)


def in_language_of(request: Request, page: Page, found: FoundLink) -> Page:
    """Return the page in the language of whom the link was mailed to, unless this browser has chosen one."""
    if found.by is None or LANGUAGE_COOKIE in request.cookies:
        return page
    return replace(page, locale=found.by.language)


def form_of(data: FormData) -> actions.Form:
    """Read the rows of the form, by their keys, and the added one."""
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    keys = {name.removeprefix("seen-") for name in texts if name.startswith("seen-")}
    rows = {key: {field: texts.get(f"{field}-{key}", "") for field in FIELDS} for key in keys}
    return actions.Form(rows, {field: texts.get(f"{field}-{NEW}", "") for field in ADDED})


def typed_of(row: Capacity, locale: Locale) -> dict[str, str]:
    """Return a row as its coordinator would type it today."""
    notes = (row.note_ja, row.note_en) if locale == "ja" else (row.note_en, row.note_ja)
    return {
        "seen": str(row.id),
        "state": row.state.value,
        "trials": "" if row.trials_can_start is None else str(row.trials_can_start),
        "from_day": typed_start(row.from_day, locale) if row.from_day else "",
        "note": notes[0] or notes[1] or "",
    }


def typed_start(day: date, locale: Locale) -> str:
    """Return the day from which trials can start as it is typed: the first of a month is the month (2027年1月, 2027-01)."""
    if day.day > 1:
        return typed_day(day, locale)
    return f"{day.year}年{day.month}月" if locale == "ja" else f"{day:%Y-%m}"


async def _merged(session: AsyncSession, page: Page, found: FoundLink, form: actions.Form) -> Rows:
    """Return the rows that stand now, with what was typed where somebody typed something."""
    before = await rows_seen(session, found, [typed["seen"] for typed in form.rows.values()])
    merged: Rows = {}
    for row in found.rows:
        key, now_shown = row_key(row), typed_of(row, page.locale)
        typed = dict(form.rows.get(key, {}))
        old = before.get(typed.get("seen", ""))
        touched = bool(typed) and (old is None or not says_the_same(old, typed))
        merged[key] = {**typed, "seen": now_shown["seen"]} if touched else now_shown
    return merged


async def _lost(session: AsyncSession, found: FoundLink, form: actions.Form) -> list[dict[str, Any]]:
    """Return what somebody typed although a colleague has answered meanwhile: the rows that say something new."""
    if found.state is not LinkState.ANSWERED:
        return []
    before = await rows_seen(session, found, [typed["seen"] for typed in form.rows.values()])
    lost: list[dict[str, Any]] = [
        {**typed, "area": row.area, "phase": row.phase}
        for typed in form.rows.values()
        if (row := before.get(typed["seen"])) is not None and not says_the_same(row, typed)
    ]
    if form.adds:
        names = await by_codes(
            session, [form.added[name] for name in ("area", "phase") if form.added[name].isprintable()]
        )
        lost.append({**form.added, **{name: names.get(form.added[name]) for name in ("area", "phase")}})
    return lost


def closed(page: Page, found: FoundLink, *, thanks: bool = False, lost: Sequence[Mapping[str, Any]] = ()) -> Response:
    """Say why a link does nothing, and what to do; after an answer, thank for it. `lost` is what was typed in vain."""
    code = found.institution.code if found.institution else ""
    return page.show(
        "confirm/closed.html",
        status=HTTPStatus.OK if thanks and found.state is LinkState.ANSWERED else STATUS[found.state],
        found=found,
        states=LinkState,
        thanks=thanks,
        lost=lost,
        row_states={state.value: state.label.in_(page.locale) for state in CapacityState},
        sign_in=f"/sign-in?next=%2Fdesk%3Fat%3D{code}" if code else "/sign-in?next=%2Fdesk",
    )


async def _show(
    session: AsyncSession,
    page: Page,
    token: str,
    found: FoundLink,
    shown: Rows,
    errors: dict[str, str],
    *,
    now: datetime,
    added: dict[str, str] | None = None,
    moved_on: str | None = None,
) -> Response:
    status = HTTPStatus.CONFLICT if moved_on else (HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)
    return page.show(
        "confirm/confirm.html",
        status=status,
        token=token,
        institution=found.institution,
        by=found.by,
        today=in_japan(now),
        rows=[(row, row_key(row), shown.get(row_key(row)) or typed_of(row, page.locale)) for row in found.rows],
        added=added or dict.fromkeys(ADDED, ""),
        new=NEW,
        errors=errors,
        moved_on=moved_on,
        areas=choices.of_terms(await concepts_of(session, Vocabulary.AREA), page.locale),
        phases=choices.of_terms(await concepts_of(session, Vocabulary.PHASE), page.locale),
        states=[(state.value, state.label.in_(page.locale)) for state in CapacityState],
    )
