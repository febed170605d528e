"""The desk's partners: the hub's coordinator adds one, changes what it can do, or ends the partnership."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import CoordinatorOnly
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.identity.rules import Actor
from app.sites import actions, queries
from app.sites.errors import PartnerMovedOn
from app.sites.models import Institution
from app.sites.queries.directory import Filters
from app.sites.queries.partner_standing import known_partners
from app.sites.queries.partners import ended_partnerships
from app.sites.rules import FactState
from app.sites.rules.partners import FIELDS, Known
from app.web.days import typed_day
from app.web.partners import AskedPage, AskedPartnerFilters, partners_shown

router = APIRouter()
Typed = dict[str, str]


@router.get("/desk/{code}/partners")
async def desk_partners(
    code: str,
    session: Transaction,
    page: InPage,
    reader: CoordinatorOnly,
    now: Now,
    filters: AskedPartnerFilters,
    at: AskedPage = "1",
    partner: str = "",
    saved: str = "",
) -> Response:
    """Show the partners of the reader's institution with a form; `partner` chooses one to change by its code."""
    hub = await queries.own_institution(session, code, reader=reader)
    known = next((one for one in await known_partners(session, hub) if partner and one.code == partner), None)
    shown = await partners_shown(session, page, hub, filters, at, reader=reader, now=now)
    typed = typed_of(known, page, now=now)
    return page.show(
        "desk/partners.html", saved=saved, errors={}, moved_on=None, **shown, **await _form(session, hub, typed, page)
    )


@router.post("/desk/{code}/partners")
async def state_partner(
    code: str, request: Request, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now
) -> Response:
    """Add or change one partner; what cannot be taken is said beside its field, and nothing is lost."""
    typed = await _typed(request)
    try:
        change = await actions.state_partner(session, code, typed, by=by, now=now)
    except (Unacceptable, PartnerMovedOn) as refusal:
        return await _again(session, page, code, typed, refusal, by=by, now=now)
    return page.redirect(f"/desk/{code}/partners?saved={change.what}")


@router.post("/desk/{code}/partners/end")
async def end_partnership(
    code: str, request: Request, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now
) -> Response:
    """End a partnership; its history stays."""
    typed = await _typed(request)
    try:
        await actions.end_partnership(session, code, typed, by=by, now=now)
    except (Unacceptable, PartnerMovedOn) as refusal:
        hub = await queries.own_institution(session, code, reader=by)
        known = next((one for one in await known_partners(session, hub) if one.code == typed.get("partner")), None)
        kept = {**typed_of(known, page, now=now), "ended_on": typed.get("ended_on", "")}
        return await _again(session, page, code, kept, refusal, by=by, now=now)
    return page.redirect(f"/desk/{code}/partners?saved=ended")


async def _typed(request: Request) -> Typed:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


async def _again(
    session: AsyncSession,
    page: Page,
    code: str,
    typed: Typed,
    refusal: Unacceptable | PartnerMovedOn,
    *,
    by: Actor,
    now: datetime,
) -> Response:
    """Show the page once more with what was typed; the next attempt is against what stands now."""
    hub = await queries.own_institution(session, code, reader=by)
    shown = await partners_shown(session, page, hub, Filters(), "1", reader=by, now=now)
    moved_on, errors = None, {}
    typed = {**typed_of(None, page, now=now), **typed}
    if isinstance(refusal, PartnerMovedOn):
        moved_on = refusal.in_(page.locale)
        known = [one for one in await known_partners(session, hub) if one.code == typed.get("code")]
        typed = {**typed, "seen": str(known[0].partnership_id) if known else ""}
    else:
        errors = refusal.by_field(page.locale)
    return page.show(
        "desk/partners.html",
        status=409 if moved_on else 422,
        saved="",
        errors=errors,
        moved_on=moved_on,
        **shown,
        **await _form(session, hub, typed, page),
    )


def typed_of(known: Known | None, page: Page, *, now: datetime) -> Typed:
    """Return a partner as its coordinator would type it today; an empty form for None."""
    today = typed_day(in_japan(now), page.locale)
    typed = {**dict.fromkeys((*FIELDS, "seen"), ""), "as_of": today, "ended_on": today}
    if known is None:
        return typed
    said = known.said
    return {
        **typed,
        "code": known.code,
        "name_ja": said.name_ja,
        "name_en": said.name_en or "",
        "kind": said.kind.value,
        "prefecture": said.prefecture,
        "city": said.city or "",
        "website": said.website or "",
        "since": typed_day(said.since, page.locale) if said.since else "",
        "source": said.source or "",
        "seen": str(known.partnership_id or ""),
        **{code: state.value for code, state in said.states.items()},
    }


async def _form(session: AsyncSession, hub: Institution, typed: Typed, page: Page) -> dict[str, Any]:
    return {
        "typed": typed,
        "states": [
            (state.value, state.label.in_(page.locale)) for state in FactState if state is not FactState.UNKNOWN
        ],
        "past": await ended_partnerships(session, hub),
    }
