"""A submitted enquiry becomes a numbered consultation, once, however often the job runs."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.actions.event import happened
from app.consultations.actions.mail import tell_sponsor, tell_staff
from app.consultations.models import Consultation, ConsultationNumber
from app.consultations.rules.numbers import number_for
from app.consultations.rules.stages import CaseState, Stage
from app.enquiries.models import Enquiry, EnquiryStage
from app.ground import calendar
from app.identity.rules import Actor


async def open_consultation(
    session: AsyncSession, enquiry_id: UUID, *, by: Actor, now: datetime
) -> Consultation | None:
    """Open the case of a submitted enquiry, acknowledge it and tell the officers.

    Returns the case, new or already open; None where the enquiry is not submitted (any more). Two
    workers at once make one case: the second waits for the row of the enquiry, then finds it.
    """
    submitted = select(Enquiry).where(Enquiry.id == enquiry_id, Enquiry.stage == EnquiryStage.SUBMITTED)
    enquiry: Enquiry | None = await session.scalar(submitted.with_for_update())
    if enquiry is None or enquiry.submitted_at is None:
        return None
    known = await _case_of(session, enquiry_id)
    if known is not None:
        return known
    case = await _numbered(session, enquiry, enquiry.submitted_at)
    happened(session, case, "received", by=by, now=enquiry.submitted_at, enters=Stage.RECEIVED)
    await tell_sponsor(session, case, "enquiry_received", now=now)
    await tell_staff(session, case, "consultation_arrived", now=now)
    happened(session, case, "acknowledged", by=by, now=now, enters=Stage.TRIAGE)
    return case


async def _numbered(session: AsyncSession, enquiry: Enquiry, received_at: datetime) -> Consultation:
    running = await _next_number(session, calendar.fiscal_year(received_at))
    row = {
        "id": uuid4(),
        "number": number_for(received_at, running),
        "enquiry_id": enquiry.id,
        "organisation_id": enquiry.organisation_id,
        "stage": Stage.RECEIVED,
        "state": CaseState.OPEN,
        "received_at": received_at,
        "demo": enquiry.demo,
    }
    # The row of the enquiry is locked already; the constraint holds even for code that forgets to.
    await session.execute(insert(Consultation).values(row).on_conflict_do_nothing(index_elements=["enquiry_id"]))
    return (await session.scalars(select(Consultation).where(Consultation.enquiry_id == enquiry.id))).one()


async def _next_number(session: AsyncSession, year: int) -> int:
    """Take the next number of a fiscal year; the year's row stays locked until the commit."""
    first = insert(ConsultationNumber).values(fiscal_year=year, last=1)
    taken = first.on_conflict_do_update(
        index_elements=["fiscal_year"], set_={"last": ConsultationNumber.last + 1}
    ).returning(ConsultationNumber.last)
    return (await session.scalars(taken)).one()


async def _case_of(session: AsyncSession, enquiry_id: UUID) -> Consultation | None:
    found: Consultation | None = await session.scalar(select(Consultation).where(Consultation.enquiry_id == enquiry_id))
    return found
