"""Builders of the case desk: a case at the stage that a test is about, and institutions to ask."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations import actions
from app.consultations.models import Consultation, ConsultationEvent
from app.consultations.rules.meeting import MeetingHeld, Mode
from app.enquiries.models import Enquiry, EnquiryStage, EnquiryValueA, EnquiryValueN, EnquiryValueW, ValueSource
from app.identity.models import OrganisationKind, Person
from app.identity.rules import SERVICE, Actor
from app.matching.actions import run_match
from app.sites.models import Institution
from app.sites.rules import InstitutionKind
from tests import make
from tests.conftest import NOW

RECEIVED = NOW - timedelta(days=4)
TIERS = {"N": EnquiryValueN, "A": EnquiryValueA, "W": EnquiryValueW}
VALUES: dict[str, dict[str, Any]] = {
    "N": {"wanted_service": "site_identification", "participants_japan": 12, "first_in_human": "yes"},
    "A": {"product_code": "SECRET-101", "is_mrct": "yes"},
    "W": {"company_country": "US", "company_kind": "start_up"},
}
MEETING = MeetingHeld(
    held_at=RECEIVED + timedelta(days=2),
    mode=Mode.ONLINE,
    participants="Window and sponsor",
    minutes_en="They want three sites.",
    minutes_ja="3施設を希望。",
    synopsis_approved=True,
)


async def an_enquiry(
    session: AsyncSession,
    sponsor: Person,
    *,
    submitted_at: datetime | None = RECEIVED,
    values: dict[str, dict[str, Any]] = VALUES,
    **given: Any,
) -> Enquiry:
    """Return an enquiry of a sponsor's company, submitted unless told otherwise."""
    company = next(iter((await make.acting(session, sponsor)).organisation_ids))
    at = submitted_at or RECEIVED
    given = {
        "stage": EnquiryStage.SUBMITTED if submitted_at else EnquiryStage.DRAFT,
        "submitted_at": submitted_at,
        "submitted_by_id": sponsor.id if submitted_at else None,
        **given,
    }
    enquiry = Enquiry(
        id=uuid4(), organisation_id=company, created_at=at, created_by_id=sponsor.id, updated_at=at, **given
    )
    await make.saved(session, enquiry)
    for tier, typed in values.items():
        for field, value in typed.items():
            row = TIERS[tier](enquiry_id=enquiry.id, organisation_id=company, field=field, value=value)
            row.source, row.updated_at = ValueSource.TYPED, at
            session.add(row)
    await session.flush()
    return enquiry


async def a_case(session: AsyncSession, sponsor: Person | None = None, **given: Any) -> Consultation:
    """Return a case that waits for triage."""
    enquiry = await an_enquiry(session, sponsor or await make.a_sponsor(session), **given)
    case = await actions.open_consultation(
        session, enquiry.id, by=SERVICE, now=enquiry.submitted_at or datetime.now(UTC)
    )
    assert case is not None
    await session.flush()
    return case


async def an_accepted_case(session: AsyncSession, officer: Actor, sponsor: Person | None = None) -> Consultation:
    """Return a case at the intake meeting."""
    case = await a_case(session, sponsor)
    return await actions.accept(session, case.number, by=officer, now=RECEIVED + timedelta(days=1))


async def a_met_case(session: AsyncSession, officer: Actor, sponsor: Person | None = None) -> Consultation:
    """Return a case at the long list: the meeting was held and the sponsor approved what sites may read."""
    case = await an_accepted_case(session, officer, sponsor)
    await actions.record_intake_meeting(session, case.number, MEETING, by=officer, now=NOW - timedelta(days=1))
    return case


async def a_listed_case(
    session: AsyncSession, officer: Actor, *institutions: Institution, sponsor: Person | None = None
) -> Consultation:
    """Return a case whose list names these institutions, ready to be asked."""
    listed = institutions or (await an_institution(session),)
    case = await a_met_case(session, officer, sponsor)
    await run_match(session, case.enquiry_id, by=officer, now=NOW)
    await actions.release_list(session, case.number, [one.id for one in listed], by=officer, now=NOW)
    return case


async def an_asked_case(
    session: AsyncSession, officer: Actor, *institutions: Institution, sponsor: Person | None = None
) -> Consultation:
    """Return a case in which these institutions were asked."""
    case = await a_listed_case(session, officer, *institutions, sponsor=sponsor)
    await actions.ask_sites(session, case.number, [one.id for one in institutions], by=officer, now=NOW)
    return case


async def an_institution(session: AsyncSession, **given: Any) -> Institution:
    """Return a fictional institution."""
    n = next(make.number)
    names = {"name_en": f"Sample Hospital {n}", "name_ja": f"見本病院{n}", **given}
    organisation = await make.an_organisation(session, kind=OrganisationKind.INSTITUTION, demo=True, **names)
    row = Institution(
        id=organisation.id, code=f"sample-{n}", kind=InstitutionKind.FICTIONAL, as_of=NOW.date(), demo=True
    )
    return await make.saved(session, row)


async def the_event_kinds(session: AsyncSession, case: Consultation) -> list[str]:
    """Return what happened to a case, in order."""
    events = select(ConsultationEvent.kind).where(ConsultationEvent.consultation_id == case.id)
    return list(await session.scalars(events.order_by(ConsultationEvent.id)))
