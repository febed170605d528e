"""Triage: accept a case (相談受理), refer its sponsor elsewhere, or say that it is out of scope."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.actions.event import happened, must_be_open, must_stand_at, wrong_stage
from app.consultations.actions.mail import tell_sponsor
from app.consultations.actions.typed import needed_text
from app.consultations.models import Consultation, ReferralService
from app.consultations.queries import get_consultation
from app.consultations.rules.stages import CaseState, Stage, may_end
from app.ground.errors import Unacceptable
from app.ground.i18n import _
from app.identity.rules import Actor


async def accept(session: AsyncSession, number: str, *, by: Actor, now: datetime) -> Consultation:
    """Take a case up. Harmless where it is accepted already. Raises WrongStage, HasEnded."""
    case = await get_consultation(session, number, reader=by, for_change=True)
    if case.accepted_at is not None:
        return case
    must_stand_at(case, Stage.RECEIVED, Stage.TRIAGE)
    case.accepted_at, case.accepted_by_id = now, by.person_id
    case.owner_id = by.person_id
    happened(session, case, "accepted", by=by, now=now, enters=Stage.INTAKE)
    await tell_sponsor(session, case, "consultation_accepted", now=now)
    return case


async def refer(session: AsyncSession, number: str, service_code: str, *, by: Actor, now: datetime) -> Consultation:
    """Refer the sponsor to another service. Harmless when repeated. Raises WrongStage, HasEnded, Unacceptable."""
    case = await get_consultation(session, number, reader=by, for_change=True)
    if case.state is CaseState.REFERRED and case.referred_to_code == service_code:
        return case
    _must_end(case, CaseState.REFERRED)
    if await session.get(ReferralService, service_code) is None:
        raise Unacceptable({"service": _("Choose the service to refer the sponsor to.")})
    _end(case, CaseState.REFERRED, by, now)
    case.referred_to_code = service_code
    happened(session, case, "referred", by=by, now=now, service=service_code)
    await tell_sponsor(session, case, "consultation_referred", now=now)
    return case


async def declare_out_of_scope(
    session: AsyncSession, number: str, reason: str, *, by: Actor, now: datetime
) -> Consultation:
    """Say that the window cannot take a case up, and why, for the sponsor to read.

    Harmless when repeated. Raises WrongStage, HasEnded, Unacceptable.
    """
    case = await get_consultation(session, number, reader=by, for_change=True)
    if case.state is CaseState.OUT_OF_SCOPE:
        return case
    _must_end(case, CaseState.OUT_OF_SCOPE)
    case.reason = needed_text("reason", reason, _("Write the reason. The sponsor reads it."))
    _end(case, CaseState.OUT_OF_SCOPE, by, now)
    happened(session, case, "out_of_scope", by=by, now=now)
    await tell_sponsor(session, case, "consultation_out_of_scope", now=now)
    return case


def _must_end(case: Consultation, state: CaseState) -> None:
    must_be_open(case)
    if not may_end(Stage(case.stage), state):
        raise wrong_stage(case)


def _end(case: Consultation, state: CaseState, by: Actor, now: datetime) -> None:
    case.state, case.closed_at, case.closed_by_id = state, now, by.person_id
