"""What people do about runs: ask for a sync or for one record, pause a source, resume it.

Asking commits with its audit row and its job. A sync that has not come to its end is gone on with, never begun beside it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.errors import NotAllowed, Unacceptable
from app.ground.i18n import _, say
from app.ground.queue import enqueue
from app.identity.rules import Actor
from app.settings import Settings
from app.trials import turns
from app.trials.errors import NothingToSync, NotPaused, SourcePaused
from app.trials.jrct.asking import refuse_bulk
from app.trials.jrct.errors import NotSwitchedOn
from app.trials.models import RegistryTurn, RunKind, RunState, Source, SourceState, SyncRun
from app.trials.queries.runs import standing_still
from app.trials.rules.numbers import number_of

LONGEST_TYPED = 60
NO_NUMBER = _(
    "Enter a jRCT number (jRCT and ten figures, or jRCT, a letter and nine figures) or an NCT number (NCT and eight "
    "figures). You typed “%(typed)s”."
)
# The registry of each scheme of numbers that can be asked for one record.
ASKED = {"jrct": Source.JRCT, "nct": Source.CTGOV}
UNDER_WAY = (RunState.WAITING, RunState.RUNNING)


def may_run(by: Actor) -> bool:
    """Say whether somebody may start and pause syncs and hand in files: officers, administrators and the operator."""
    return by.is_staff or by.is_administrator or by.is_service


async def ask_sync(session: AsyncSession, source: Source, *, settings: Settings, by: Actor, now: datetime) -> SyncRun:
    """Have everything brought in that has changed at a source, or the unfinished sync gone on with; return the run.

    Raises NotAllowed, NothingToSync for a source of files, NotSwitchedOn, BulkNotPermitted, SourcePaused and
    RegistryBlocked.
    """
    run = await open_sync(session, source, settings=settings, by=by, now=now)
    await enqueue(session, "run_sync", run_id=str(run.id))
    return run


async def open_sync(session: AsyncSession, source: Source, *, settings: Settings, by: Actor, now: datetime) -> SyncRun:
    """Do as `ask_sync` does, for somebody who does the run themselves: without a job."""
    if not may_run(by):
        raise NotAllowed
    refuse_what_cannot_be_asked(source, settings)
    state = await locked_state(session, source)
    if state.paused_at is not None or state.layout_changed_at is not None:
        raise SourcePaused(registry=source.terms.name)
    await turns.refuse_blocked(session, source)
    run = await unfinished(session, source)
    if run is None:
        run = SyncRun(source=source, kind=RunKind.SYNC, asked_at=now, asked_by_id=by.person_id)
        session.add(run)
    _set_going(run, now=now)
    await session.flush()
    audit.record(session, "sync.asked", subject=run.id, by=by, now=now, source=source.value)
    return run


def refuse_what_cannot_be_asked(source: Source, settings: Settings) -> None:
    """Raise NothingToSync, NotSwitchedOn or BulkNotPermitted where the settings allow no sync of a source."""
    if source is Source.ICTRP:
        raise NothingToSync(registry=source.terms.name)
    if source is Source.JRCT:
        if settings.jrct_url == "off":
            raise NotSwitchedOn
        refuse_bulk(settings)


async def ask_record(
    session: AsyncSession, typed: str, *, settings: Settings, by: Actor, now: datetime, english: bool = False
) -> SyncRun:
    """Have one record asked for by its number; who asks while it is under way gets the run that is.

    `english` joins jRCT's English page, a second question to the registry.

    Raises Unacceptable under `number`, NotAllowed for visitors, NotSwitchedOn and RegistryBlocked.
    """
    run = await open_record(session, typed, settings=settings, by=by, now=now, english=english)
    await enqueue(session, "run_sync", run_id=str(run.id))
    return run


async def open_record(
    session: AsyncSession, typed: str, *, settings: Settings, by: Actor, now: datetime, english: bool = False
) -> SyncRun:
    """Do as `ask_record` does, for somebody who does the run themselves: without a job."""
    if by.is_visitor:
        raise NotAllowed
    number = number_of(typed.replace("\x00", "")[:LONGEST_TYPED])
    if number is None or number.scheme not in ASKED:
        raise Unacceptable({"number": say(NO_NUMBER, typed=" ".join(typed.split())[:LONGEST_TYPED])})
    source = ASKED[number.scheme]
    if source is Source.JRCT and settings.jrct_url == "off":
        raise NotSwitchedOn
    await locked_state(session, source)
    await turns.refuse_blocked(session, source)
    same = select(SyncRun).where(SyncRun.source == source, SyncRun.number == number.value)
    run = await session.scalar(same.where(SyncRun.kind == RunKind.RECORD, SyncRun.state.in_(UNDER_WAY)))
    if run is not None:
        return run
    run = SyncRun(source=source, kind=RunKind.RECORD, number=number.value, asked_at=now, asked_by_id=by.person_id)
    run.cursor = {"english": True} if english else {}
    session.add(run)
    _set_going(run, now=now)
    await session.flush()
    audit.record(session, "record.asked", subject=run.id, by=by, now=now, number=number.value)
    return run


async def pause(session: AsyncSession, source: Source, *, by: Actor, now: datetime) -> SourceState:
    """Let no sync of a source and no file of it go on until somebody resumes it. Raises NotAllowed.

    What is under way stops before it writes again; one record on a person's request may still be asked for.
    """
    if not may_run(by):
        raise NotAllowed
    state = await locked_state(session, source)
    if state.paused_at is None:
        state.paused_at, state.paused_by_id = now, by.person_id
        audit.record(session, "source.paused", subject=turns.registry_id(source), by=by, now=now)
    return state


async def resume(session: AsyncSession, source: Source, *, by: Actor, now: datetime) -> SourceState:
    """Let a source go on: after a pause, a layout that changed, or a refusal (403); its unfinished runs go on at once.

    Raises NotAllowed for all but officers and administrators, and after a refusal or a layout stop for all but
    administrators and the operator's command; NotPaused where nothing is stopped.
    """
    if not may_run(by):
        raise NotAllowed
    state = await locked_state(session, source)
    turn = await session.get(RegistryTurn, source.value)
    blocked = turn is not None and turn.blocked_at is not None
    if state.layout_changed_at is not None and not (by.is_administrator or by.is_service):
        raise NotAllowed
    if state.paused_at is None and state.layout_changed_at is None and not blocked:
        raise NotPaused(registry=source.terms.name)
    if blocked:
        await turns.resume(session, source, by=by, now=now)
    state.paused_at = state.paused_by_id = state.layout_changed_at = state.layout_item = None
    audit.record(session, "source.resumed", subject=turns.registry_id(source), by=by, now=now)
    for run in await _waiting_for(session, source):
        _set_going(run, now=now)
        run.missing = {}
        await enqueue(session, "run_sync", run_id=str(run.id))
    await session.flush()
    return state


async def wake_lost_runs(session: AsyncSession, *, now: datetime) -> list[UUID]:
    """Give the runs that stand still to another worker; return them. Harmless where somebody is at one after all."""
    woken = []
    for run_id in await standing_still(session, now=now):
        run = await locked_run(session, run_id)
        if run is not None and run.state in UNDER_WAY:
            run.moved_at = now
            await enqueue(session, "run_sync", run_id=str(run.id))
            woken.append(run_id)
    return woken


async def locked_state(session: AsyncSession, source: Source) -> SourceState:
    """Return how a source stands, locked until the transaction ends; who locks a run as well locks this first."""
    await session.execute(insert(SourceState).values(source=source).on_conflict_do_nothing())
    wanted = select(SourceState).where(SourceState.source == source).with_for_update()
    return (await session.scalars(wanted, execution_options={"populate_existing": True})).one()


async def unfinished(session: AsyncSession, source: Source) -> SyncRun | None:
    """Return the sync of a source that has not come to its end, locked."""
    wanted = select(SyncRun).where(
        SyncRun.source == source, SyncRun.kind == RunKind.SYNC, SyncRun.state != RunState.DONE
    )
    return await session.scalar(wanted.with_for_update())


async def locked_run(session: AsyncSession, run_id: UUID) -> SyncRun | None:
    """Return a run, locked and as it stands now; None where there is none."""
    return await session.get(SyncRun, run_id, with_for_update=True, populate_existing=True)


async def _waiting_for(session: AsyncSession, source: Source) -> list[SyncRun]:
    """Return the runs that go on once their source does: paused ones, and a sync that was stopped."""
    wanted = select(SyncRun).where(SyncRun.source == source).with_for_update()
    paused = SyncRun.state == RunState.PAUSED
    stopped = (SyncRun.kind == RunKind.SYNC) & (SyncRun.state == RunState.STOPPED)
    return list(await session.scalars(wanted.where(paused | stopped)))


def _set_going(run: SyncRun, *, now: datetime) -> None:
    run.state, run.moved_at, run.ended_at, run.reason = RunState.WAITING, now, None, None
