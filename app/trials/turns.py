"""Turns at a registry, shared by every worker through one locked row; the clock is the database's, which they share too."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import record
from app.ground.db import stable_id
from app.ground.errors import NotAllowed
from app.identity.rules import SERVICE, Actor
from app.trials.jrct.errors import NotBlocked, RegistryBlocked, RegistryBusy
from app.trials.models import RegistryTurn, Source
from app.trials.rules.turns import wait_for_turn

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]
POLL = 0.25  # seconds between two looks at a turn that somebody else holds


async def database_clock(session: AsyncSession) -> datetime:
    """Return the moment by the database's clock, also within a long transaction."""
    moment: datetime = (await session.scalars(select(func.clock_timestamp()))).one()
    return moment


async def take_turn(session: AsyncSession, source: str, holder: UUID, *, hold: timedelta, spacing: timedelta) -> float:
    """Take the turn for at most `hold`, and return 0; or return the seconds until it is worth looking again.

    Raises RegistryBlocked where the registry has refused us. A holder who never gives it back is lost after `hold`.
    """
    turn = await _locked(session, source)
    now = await database_clock(session)
    if turn.blocked_at is not None:
        raise RegistryBlocked(since=turn.blocked_at, source=source)
    wait = wait_for_turn(now, free_at=turn.free_at, held_until=turn.held_until, poll=POLL)
    if wait == 0:
        turn.held_by, turn.held_until, turn.asked_at = holder, now + hold, now
        turn.free_at = now + spacing
    return wait


@asynccontextmanager
async def in_turn(
    transaction: Transaction, source: str, *, hold: timedelta, pause: timedelta, longest_wait: float
) -> AsyncIterator[None]:
    """Wait for the turn, hold it while the block runs, and give it back with a pause for everybody.

    An error with a `wait` (seconds that the registry asked for) makes the pause as long. Raises RegistryBlocked, and
    RegistryBusy where the turn does not come within `longest_wait` seconds.
    """
    holder, waited = uuid4(), 0.0
    while True:
        async with transaction() as session:
            wait = await take_turn(session, source, holder, hold=hold, spacing=pause)
        if wait == 0:
            break
        if waited + wait > longest_wait:
            raise RegistryBusy(wait, source)
        waited += wait
        await asyncio.sleep(wait)
    after = pause
    try:
        yield
    except Exception as error:
        after = max(pause, timedelta(seconds=getattr(error, "wait", None) or 0.0))
        raise
    finally:
        async with transaction() as session:
            await give_turn_back(session, source, holder, pause=after)


async def refuse_blocked(session: AsyncSession, source: str) -> None:
    """Raise RegistryBlocked where the registry has refused us."""
    turn = await session.get(RegistryTurn, str(source))
    if turn is not None and turn.blocked_at is not None:
        raise RegistryBlocked(since=turn.blocked_at, source=source)


async def give_turn_back(session: AsyncSession, source: str, holder: UUID, *, pause: timedelta) -> None:
    """Give the turn back; nobody asks within `pause` from now, or longer where somebody was told to wait longer."""
    turn = await _locked(session, source)
    if turn.held_by == holder:
        turn.held_by = turn.held_until = None
    turn.free_at = max(turn.free_at, await database_clock(session) + pause)


async def stop_asking(session: AsyncSession, source: str, why: str) -> datetime:
    """Let nobody ask again until a person resumes; return since when that holds."""
    turn = await _locked(session, source)
    if turn.blocked_at is None:
        turn.blocked_at, turn.blocked_why = await database_clock(session), why
        record(session, "registry.blocked", subject=registry_id(source), by=SERVICE, now=turn.blocked_at, why=why)
    return turn.blocked_at


async def resume(session: AsyncSession, source: str, *, by: Actor, now: datetime) -> None:
    """Let the registry be asked again. Raises NotAllowed for all but administrators and the operator's command; NotBlocked."""
    if not (by.is_administrator or by.is_service):
        raise NotAllowed
    turn = await _locked(session, source)
    if turn.blocked_at is None:
        raise NotBlocked(registry=Source(source).terms.name)
    turn.blocked_at = turn.blocked_why = None
    record(session, "registry.resumed", subject=registry_id(source), by=by, now=now)


def registry_id(source: str) -> UUID:
    """Return the id under which the audit speaks of a registry."""
    return stable_id("registry", source)


async def _locked(session: AsyncSession, source: str) -> RegistryTurn:
    fresh = insert(RegistryTurn).values(source=source, free_at=func.clock_timestamp())
    await session.execute(fresh.on_conflict_do_nothing())
    wanted = select(RegistryTurn).where(RegistryTurn.source == source).with_for_update()
    return (await session.scalars(wanted, execution_options={"populate_existing": True})).one()
