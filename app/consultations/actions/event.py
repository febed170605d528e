"""How a change is written down: the event that clocks are computed from, and the audit row."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.errors import HasEnded, WrongStage
from app.consultations.models import Consultation, ConsultationEvent
from app.consultations.rules.stages import CaseState, Stage, Waiting
from app.ground import audit
from app.identity.rules import Actor


def happened(
    session: AsyncSession,
    case: Consultation,
    kind: str,
    *,
    by: Actor,
    now: datetime,
    enters: Stage | None = None,
    waits_for: Waiting | None = None,
    resumed: bool = False,
    **details: str | int,
) -> None:
    """Write down that something happened to a case, and move it on where it enters a stage.

    `details` are codes, counts and ids, never a confidential word.
    """
    marks: dict[str, str | int | bool | None] = {"entered": enters, "waits_for": waits_for, "resumed": resumed or None}
    told = details | {name: mark for name, mark in marks.items() if mark is not None}
    session.add(ConsultationEvent(consultation_id=case.id, kind=kind, at=now, by_id=by.person_id, details=told))
    audit.record(session, f"consultation.{kind}", subject=case.id, by=by, now=now, number=case.number, **told)
    if enters is not None:
        case.stage = enters


def must_be_open(case: Consultation) -> None:
    """Raise HasEnded where the case goes no further."""
    if case.state is not CaseState.OPEN:
        raise HasEnded(state=case.state.label)


def must_stand_at(case: Consultation, *stages: Stage) -> None:
    """Raise HasEnded or WrongStage unless the case is open and stands at one of these stages."""
    must_be_open(case)
    if case.stage not in stages:
        raise wrong_stage(case)


def wrong_stage(case: Consultation) -> WrongStage:
    """Return the refusal that names the stage where the case stands."""
    return WrongStage(number=case.stage, stage=Stage(case.stage).label)
