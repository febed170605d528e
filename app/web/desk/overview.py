"""The coordinator's desk: what is asked of the hospital, what it has room for, and what is due again."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.closing_days import InClosingDays
from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import CoordinatorOnly
from app.consultations.queries import asked_of
from app.ground.calendar import ClosingDays, in_japan
from app.ground.errors import Unacceptable
from app.identity.rules import Actor
from app.sites import actions, queries
from app.sites.errors import CapacityMovedOn, NoSuchInstitution
from app.sites.models import Capacity, Institution
from app.sites.queries.committees import calendars_of
from app.sites.queries.confirmations import confirmations_of
from app.sites.queries.profile import summary
from app.sites.queries.quality import quality_of
from app.sites.rules import CapacityState
from app.sites.rules.quality import Share
from app.terms.models import Vocabulary
from app.terms.queries import concepts_of
from app.web import choices
from app.web.days import typed_day
from app.web.desk.facts_table import statable
from app.web.desk.renewals import renewals

router = APIRouter()
Text = Annotated[str, Form()]


@router.get("/desk")
async def desk(
    session: Transaction,
    page: InPage,
    reader: CoordinatorOnly,
    now: Now,
    closing_days: InClosingDays,
    at: str = "",
    row: str = "",
    saved: str = "",
    renewed: str = "",
    answered: str = "",
) -> Response:
    """Show the desk of the reader's institution; `at` chooses among several, `row` a row of capacity to change."""
    institutions = await queries.own_institutions(session, reader=reader)
    institution = next((place for place in institutions if at in {place.code, ""}), None)
    if institution is None:
        raise NoSuchInstitution
    rooms = await queries.capacity_of(session, institution.id, reader=reader)
    chosen = next((room for room in rooms if str(room.id) == row), None)
    return page.show(
        "desk/desk.html",
        institutions=institutions,
        saved=bool(saved),
        renewed=bool(renewed),
        answered=bool(answered),
        errors={},
        typed=typed_of(chosen, page, now=now),
        moved_on=None,
        **await _shown(session, page, institution, rooms, reader=reader, now=now, closing_days=closing_days),
    )


@router.post("/desk/{code}/capacity")
async def set_capacity(
    code: str,
    session: Transaction,
    page: InPage,
    by: CoordinatorOnly,
    now: Now,
    closing_days: InClosingDays,
    area: Text = "",
    phase: Text = "",
    state: Text = "",
    trials: Text = "",
    from_day: Text = "",
    as_of: Text = "",
    note: Text = "",
    public: Text = "",
    seen: Text = "",
) -> Response:
    """Set one row of capacity with its date; what cannot be taken is said beside its field, and nothing is lost."""
    typed = {
        "area": area,
        "phase": phase,
        "state": state,
        "trials": trials,
        "from_day": from_day,
        "as_of": as_of,
        "note": note,
        "public": public,
        "seen": seen,
    }
    try:
        await actions.set_capacity(session, code, typed, by=by, now=now)
    except Unacceptable as refusal:
        errors, moved_on = refusal.by_field(page.locale), None
    except CapacityMovedOn as refusal:
        errors, moved_on = {}, refusal.in_(page.locale)
    else:
        return page.redirect(f"/desk?at={code}&saved=1#capacity")
    return await _again(
        session, page, code, typed, errors, reader=by, now=now, closing_days=closing_days, moved_on=moved_on
    )


async def _again(
    session: AsyncSession,
    page: Page,
    code: str,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    reader: Actor,
    now: datetime,
    closing_days: ClosingDays,
    moved_on: str | None,
) -> Response:
    """Show the desk once more with what was typed; the next attempt is against the row that stands now."""
    institution = await queries.own_institution(session, code, reader=reader)
    rooms = await queries.capacity_of(session, institution.id, reader=reader)
    standing = [str(room.id) for room in rooms if (room.area_code, room.phase_code) == (typed["area"], typed["phase"])]
    return page.show(
        "desk/desk.html",
        status=409 if moved_on else 422,
        institutions=await queries.own_institutions(session, reader=reader),
        saved=False,
        renewed=False,
        answered=False,
        errors=errors,
        typed={**typed, "seen": next(iter(standing), "")} if moved_on else typed,
        moved_on=moved_on,
        **await _shown(session, page, institution, rooms, reader=reader, now=now, closing_days=closing_days),
    )


def typed_of(room: Capacity | None, page: Page, *, now: datetime) -> dict[str, str]:
    """Return a row of capacity as its coordinator would type it today; an empty row for None."""
    empty = dict.fromkeys(("area", "phase", "state", "trials", "from_day", "note", "public", "seen"), "")
    today = {"as_of": typed_day(in_japan(now), page.locale)}
    if room is None:
        return empty | today
    return today | {
        "area": room.area_code,
        "phase": room.phase_code,
        "state": room.state,
        "trials": "" if room.trials_can_start is None else str(room.trials_can_start),
        "from_day": typed_day(room.from_day, page.locale) if room.from_day else "",
        "note": room.note_ja or room.note_en or "",
        "public": "yes" if room.public else "",
        "seen": str(room.id),
    }


async def _shown(
    session: AsyncSession,
    page: Page,
    institution: Institution,
    rooms: list[Capacity],
    *,
    reader: Actor,
    now: datetime,
    closing_days: ClosingDays,
) -> dict[str, Any]:
    sections = await statable(session, institution, reader=reader, now=now)
    return {
        "institution": institution,
        "asked": await asked_of(session, reader=reader, now=now, closing_days=closing_days),
        "rooms": rooms,
        "monthly": await confirmations_of(session, institution.id, reader=reader, now=now, closing_days=closing_days),
        "today": in_japan(now),
        "calendars": await calendars_of(session, [institution.id], reader=reader, today=in_japan(now)),
        "areas": choices.of_terms(await concepts_of(session, Vocabulary.AREA), page.locale),
        "phases": choices.of_terms(await concepts_of(session, Vocabulary.PHASE), page.locale),
        "states": [(state.value, state.label.in_(page.locale)) for state in CapacityState],
        "questions": await queries.questions_of(session, institution.id, reader=reader),
        "summary": summary(sections),
        "quality": await quality_of(session, institution.id, now=now),
        "shares": list(Share),
        "renewals": await renewals(session, sections, page.locale, reader=reader),
    }
