"""Consultations for counting, written straight into the tables: what a test does not say is a counted case."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import CaseState, Consultation, ConsultationEvent, IntakeMeeting
from app.enquiries.models import Enquiry, EnquiryStage, EnquiryValueA, EnquiryValueN, EnquiryValueW, ValueSource
from app.identity.models import Organisation
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.kpi.queries import FIELDS
from tests import make
from tests.kpi.cases import on

RECEIVED = on(4, 14)
ANSWERS = {
    "company_country": "US",
    "company_kind": "biotech",
    "base_in_japan": "no",
    "is_mrct": "yes",
    "condition": "ulcerative_colitis",
}
TIERS = {field: tier for tier, fields in FIELDS.items() for field in fields}


async def a_consultation(
    session: AsyncSession,
    *,
    organisation: Organisation | None = None,
    received_at: datetime = RECEIVED,
    accepted: bool = True,
    met: tuple[datetime, ...] = (),
    answers: dict[str, Any] | None = None,
    imported: frozenset[str] = frozenset(),
    demo: bool = False,
    **given: Any,
) -> Consultation:
    """Return a consultation received at a moment; accepted a day later unless told otherwise.

    `answers` replace or (None) take away single answers; those in `imported` were never confirmed.
    """
    await stand_as(session, SERVICE)
    organisation = organisation or await make.an_organisation(session)
    person = await make.a_sponsor(session, organisation)
    n = next(make.number)
    enquiry = await _submitted(session, organisation, person.id, received_at, demo=demo)
    stated = {"product_code": f"NWB-{n}", **ANSWERS, **(answers or {})}
    for field, value in stated.items():
        if value is not None:
            session.add(_answer(enquiry, field, value, person.id, confirmed=field not in imported, at=received_at))
    accepted_at = received_at + timedelta(days=1) if accepted else None
    consultation = Consultation(
        **{
            "number": f"{received_at.year}-{n:04}",
            "stage": 2 if accepted else 1,
            "accepted_at": accepted_at,
            "accepted_by_id": person.id if accepted else None,
            "met_at": min(met, default=None),
            **given,
        },
        id=uuid4(),
        enquiry_id=enquiry.id,
        organisation_id=organisation.id,
        received_at=received_at,
        demo=demo,
    )
    await make.saved(session, consultation)
    received = {"kind": "received", "at": received_at, "details": {"entered": consultation.stage}}
    await make.saved(session, ConsultationEvent(consultation_id=consultation.id, **received))
    for moment in met:
        await make.saved(session, _meeting(consultation, moment, person.id))
    return consultation


async def an_ended_consultation(session: AsyncSession, state: CaseState, **given: Any) -> Consultation:
    """Return a consultation that left the window before it was accepted, or was merged into another."""
    by = await make.a_person(session)
    return await a_consultation(
        session, **{"accepted": False, "state": state, "closed_at": on(4, 20), "closed_by_id": by.id, **given}
    )


async def _submitted(
    session: AsyncSession, organisation: Organisation, person_id: Any, at: datetime, *, demo: bool
) -> Enquiry:
    return await make.saved(
        session,
        Enquiry(
            id=uuid4(),
            organisation_id=organisation.id,
            stage=EnquiryStage.SUBMITTED,
            created_at=at,
            created_by_id=person_id,
            updated_at=at,
            submitted_at=at,
            submitted_by_id=person_id,
            demo=demo,
        ),
    )


def _answer(
    enquiry: Enquiry, field: str, value: Any, person_id: Any, *, confirmed: bool, at: datetime
) -> EnquiryValueN | EnquiryValueA | EnquiryValueW:
    return TIERS[field](
        enquiry_id=enquiry.id,
        organisation_id=enquiry.organisation_id,
        field=field,
        value=value,
        source=ValueSource.TYPED if confirmed else ValueSource.REGISTRY,
        updated_at=at,
        updated_by_id=person_id,
    )


def _meeting(consultation: Consultation, held_at: datetime, person_id: Any) -> IntakeMeeting:
    return IntakeMeeting(
        id=uuid4(),
        consultation_id=consultation.id,
        held_at=held_at,
        mode="online",
        participants="Both sides",
        minutes_en="Minutes.",
        minutes_ja="議事録",
        recorded_at=held_at,
        recorded_by_id=person_id,
    )
