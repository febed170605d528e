"""How each registry is read: its state, its last run, and what officers and administrators can do about it."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import InSettings, Now, Transaction
from app.asking.who import RecordsKeeper
from app.ground.errors import NotAllowed, Refused
from app.ground.i18n import Said, say
from app.ground.paging import Paging
from app.identity.models import Person
from app.settings import Settings
from app.trials.actions import running
from app.trials.actions.dropping import LARGEST_FILE
from app.trials.models import Source
from app.trials.queries.run_records import count_waiting, trials_waiting
from app.trials.queries.runs import Standing, states_of_sources
from app.trials.sync.sifting import item_in_words
from app.web.sites import read_page

router = APIRouter(prefix="/registries")
ROWS = 50


@router.get("")
async def registries(
    session: Transaction, settings: InSettings, page: InPage, reader: RecordsKeeper, done: str = ""
) -> Response:
    """Show how each source stands; `done` is what was done last."""
    return await show_registries(session, settings, page, done=done)


@router.post("/{source}/run")
async def run_source(
    source: Source, session: Transaction, settings: InSettings, page: InPage, by: RecordsKeeper, now: Now
) -> Response:
    """Have everything brought in that has changed at a source, and lead to the run."""
    try:
        run = await running.ask_sync(session, source, settings=settings, by=by, now=now)
    except Refused as refusal:
        return await _refused(session, settings, page, source, refusal)
    return page.redirect(f"/registries/runs/{run.id}")


@router.post("/{source}/pause")
async def pause_source(
    source: Source, session: Transaction, settings: InSettings, page: InPage, by: RecordsKeeper, now: Now
) -> Response:
    """Let nothing of a source go on until somebody resumes it."""
    await running.pause(session, source, by=by, now=now)
    return page.redirect("/registries?done=paused")


@router.post("/{source}/resume")
async def resume_source(
    source: Source, session: Transaction, settings: InSettings, page: InPage, by: RecordsKeeper, now: Now
) -> Response:
    """Let a source go on after a pause, a refusal or a layout that changed."""
    try:
        await running.resume(session, source, by=by, now=now)
    except Refused as refusal:
        return await _refused(session, settings, page, source, refusal)
    return page.redirect("/registries?done=resumed")


@router.get("/waiting")
async def waiting(
    session: Transaction, page: InPage, reader: RecordsKeeper, at: Annotated[str, Query(alias="page")] = "1"
) -> Response:
    """List the trials that a change touched and that are not linked and searchable yet."""
    return page.show("registries/waiting.html", trials=await trials_waiting(session, Paging(read_page(at), ROWS)))


async def _refused(session: AsyncSession, settings: Settings, page: Page, source: Source, refusal: Refused) -> Response:
    status = 403 if isinstance(refusal, NotAllowed) else 409
    said = (source, refusal.in_(page.locale))
    return await show_registries(session, settings, page, said=said, status=status)


async def show_registries(
    session: AsyncSession, settings: Settings, page: Page, *, said: tuple[Source, str] | None = None,
    errors: dict[str, str] | None = None, typed: str = "", done: str = "", status: int = 200,
) -> Response:  # fmt: skip
    """Show the page, with what was refused beside the button or the field that it belongs to."""
    standings = await states_of_sources(session, settings)
    return page.show(
        "registries/registries.html",
        status=status,
        standings=standings,
        reading={one.source: _read_until(one.state.watermark) for one in standings},
        paused_by=await _names(session, standings),
        refusing={source: _why_not(source, settings) for source in Source},
        gone={one.source: item_in_words(one.state.layout_item or "") for one in standings},
        waiting=await count_waiting(session),
        said=said,
        errors=errors or {},
        typed=typed,
        done=done,
        largest=LARGEST_FILE // 1024**2,
    )


def _why_not(source: Source, settings: Settings) -> Said | None:
    """Return why the settings allow no sync of a source; None where they do."""
    try:
        running.refuse_what_cannot_be_asked(source, settings)
    except Refused as refusal:
        return say(refusal.message, **refusal.details)
    return None


def _read_until(watermark: str | None) -> date | datetime | None:
    """Return the day or moment (UTC where it names no zone) that a source's watermark means; None for none."""
    if watermark is None:
        return None
    if len(watermark) == len("2026-11-20"):
        return date.fromisoformat(watermark)
    moment = datetime.fromisoformat(watermark)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _names(session: AsyncSession, standings: list[Standing]) -> dict[UUID, str]:
    ids = [one.state.paused_by_id for one in standings if one.state.paused_by_id]
    if not ids:
        return {}
    rows = await session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {person.id: person.name for person in rows}
