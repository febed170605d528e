"""The intake meeting with its minutes, and the sponsor's word on what sites may read."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.actions.event import happened, must_be_open, must_stand_at, wrong_stage
from app.consultations.actions.mail import tell_sponsor
from app.consultations.models import Consultation, IntakeMeeting
from app.consultations.queries import get_consultation
from app.consultations.rules.meeting import MeetingHeld, refused
from app.consultations.rules.stages import Stage, Waiting
from app.ground.errors import Unacceptable
from app.identity.rules import Actor


async def record_intake_meeting(
    session: AsyncSession, number: str, held: MeetingHeld, *, by: Actor, now: datetime
) -> IntakeMeeting:
    """Record a meeting that was held; the first one leaves the intake, later ones add contacts only.

    Where the sponsor approved at the meeting what sites may read, the synopsis is done as well;
    otherwise the case waits for the sponsor's word. The same meeting twice is recorded once.
    Raises WrongStage, HasEnded, Unacceptable.
    """
    case = await get_consultation(session, number, reader=by, for_change=True)
    must_be_open(case)
    if case.accepted_at is None:
        raise wrong_stage(case)
    errors = refused(held, received_at=case.received_at, now=now)
    if errors:
        raise Unacceptable(errors)
    same = select(IntakeMeeting).where(IntakeMeeting.consultation_id == case.id, IntakeMeeting.held_at == held.held_at)
    known: IntakeMeeting | None = await session.scalar(same)
    if known is not None:
        return known
    meeting = _row_of(held, case, by, now)
    session.add(meeting)
    case.met_at = min(held.held_at, case.met_at or held.held_at)
    _carry_on(session, case, held, by, now)
    await tell_sponsor(session, case, "minutes_recorded", now=now)
    return meeting


async def approve_synopsis(session: AsyncSession, number: str, *, by: Actor, now: datetime) -> Consultation:
    """Put on record that the sponsor approves what sites may read before any agreement.

    Harmless when repeated. Raises WrongStage, HasEnded.
    """
    case = await get_consultation(session, number, reader=by, for_change=True)
    must_be_open(case)
    if case.stage > Stage.SYNOPSIS:
        return case
    must_stand_at(case, Stage.SYNOPSIS)
    happened(session, case, "synopsis_approved", by=by, now=now, enters=Stage.LONG_LIST)
    return case


def _row_of(held: MeetingHeld, case: Consultation, by: Actor, now: datetime) -> IntakeMeeting:
    return IntakeMeeting(
        consultation_id=case.id,
        held_at=held.held_at,
        mode=held.mode,
        participants=held.participants.strip(),
        minutes_en=held.minutes_en.strip(),
        minutes_ja=held.minutes_ja.strip(),
        recorded_at=now,
        recorded_by_id=by.person_id,
    )


def _carry_on(session: AsyncSession, case: Consultation, held: MeetingHeld, by: Actor, now: datetime) -> None:
    if case.stage != Stage.INTAKE:
        happened(session, case, "met_again", by=by, now=now)
        return
    happened(session, case, "met", by=by, now=now, enters=Stage.SYNOPSIS)
    if held.synopsis_approved:
        happened(session, case, "synopsis_approved", by=by, now=now, enters=Stage.LONG_LIST)
    else:
        happened(session, case, "waiting", by=by, now=now, waits_for=Waiting.SPONSOR)
