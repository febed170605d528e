"""The pace of a case: wait for somebody, go on, move to a stage whose work is kept elsewhere."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.actions.event import happened, must_be_open, wrong_stage
from app.consultations.models import Consultation
from app.consultations.queries import get_consultation, log_of
from app.consultations.rules.clock import clock_of
from app.consultations.rules.stages import Stage, Waiting, by_hand
from app.identity.rules import Actor


async def wait(session: AsyncSession, number: str, waits_for: Waiting, *, by: Actor, now: datetime) -> Consultation:
    """Let the window's clock stand still while somebody else must act. Harmless when repeated. Raises HasEnded."""
    case = await get_consultation(session, number, reader=by, for_change=True)
    must_be_open(case)
    paused = clock_of(await log_of(session, case), now=now).paused
    if paused is None or paused.waits_for is not waits_for:
        happened(session, case, "waiting", by=by, now=now, waits_for=waits_for)
    return case


async def resume(session: AsyncSession, number: str, *, by: Actor, now: datetime) -> Consultation:
    """Let the clock run again. Harmless where it runs. Raises HasEnded."""
    case = await get_consultation(session, number, reader=by, for_change=True)
    must_be_open(case)
    if clock_of(await log_of(session, case), now=now).paused is not None:
        happened(session, case, "resumed", by=by, now=now, resumed=True)
    return case


async def move_on(session: AsyncSession, number: str, to: Stage, *, by: Actor, now: datetime) -> Consultation:
    """Move a case on from a stage whose work is kept elsewhere. Harmless when repeated. Raises WrongStage, HasEnded."""
    case = await get_consultation(session, number, reader=by, for_change=True)
    must_be_open(case)
    if case.stage == to:
        return case
    if to not in by_hand(Stage(case.stage)):
        raise wrong_stage(case)
    happened(session, case, "moved_on", by=by, now=now, enters=to)
    return case
