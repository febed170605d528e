"""One case as its page shows it, in a fixed number of queries."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import Consultation, ConsultationEvent, IntakeMeeting, ReferralService
from app.consultations.queries.board import CaseLine, lines_of
from app.consultations.queries.cases import visible_to
from app.consultations.queries.lists import Released, released_sites
from app.consultations.rules.events import FOR_SPONSOR, told
from app.enquiries import queries as enquiries
from app.enquiries.rules import Value
from app.enquiries.words import Words, spoken
from app.ground import calendar
from app.ground.i18n import Said
from app.identity.models import Organisation, Person
from app.identity.rules import Actor


@dataclass(frozen=True)
class Happening:
    """One event in words: when, what, by whom (None: the service itself) and at which institution."""

    at: datetime
    words: Said
    by: str | None
    institution: Organisation | None


@dataclass(frozen=True)
class CaseView:
    """All that a case's page shows to staff, or to the sponsor whose case it is."""

    line: CaseLine
    values: Mapping[str, Value]
    words: Mapping[str, Words]
    meetings: list[IntakeMeeting]
    released: Released | None
    happenings: list[Happening]
    service: ReferralService | None

    @property
    def case(self) -> Consultation:
        """The case itself."""
        return self.line.case


async def view_of(
    session: AsyncSession,
    case: Consultation,
    *,
    reader: Actor,
    now: datetime,
    closing_days: Container[date] = calendar.NO_CLOSING_DAYS,
) -> CaseView:
    """Return what a case's page shows to this reader."""
    mine = visible_to(reader).where(Consultation.id == case.id)
    values = await enquiries.enquiry_values(session, case.enquiry_id, reader=reader)
    meetings = select(IntakeMeeting).where(IntakeMeeting.consultation_id == case.id).order_by(IntakeMeeting.held_at)
    return CaseView(
        line=(await lines_of(session, mine, now, closing_days))[0],
        values=values,
        words=await spoken(session, values),
        meetings=list(await session.scalars(meetings)),
        released=await released_sites(session, case),
        happenings=await happenings(session, case, reader=reader),
        service=await session.get(ReferralService, case.referred_to_code) if case.referred_to_code else None,
    )


async def happenings(session: AsyncSession, case: Consultation, *, reader: Actor) -> list[Happening]:
    """Return what happened to a case, the latest first; a sponsor reads its own part, without officers' names."""
    listed = select(ConsultationEvent).where(ConsultationEvent.consultation_id == case.id)
    if not reader.is_staff:
        listed = listed.where(ConsultationEvent.kind.in_(FOR_SPONSOR))
    latest_first = listed.order_by(ConsultationEvent.at.desc(), ConsultationEvent.id.desc())
    events = list(await session.scalars(latest_first))
    people = await _people(session, (event.by_id for event in events)) if reader.is_staff else {}
    institutions = await _institutions(session, (event.details.get("institution") for event in events))
    return [
        Happening(
            at=event.at,
            words=told(event.kind, event.details),
            by=people.get(event.by_id),
            institution=institutions.get(str(event.details.get("institution"))),
        )
        for event in events
    ]


async def _people(session: AsyncSession, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    known = select(Person).where(Person.id.in_({one for one in ids if one}))
    return {person.id: person.name for person in await session.scalars(known)}


async def _institutions(session: AsyncSession, ids: Iterable[str | None]) -> dict[str, Organisation]:
    wanted = {UUID(one) for one in ids if one}
    found = await session.scalars(select(Organisation).where(Organisation.id.in_(wanted)))
    return {str(institution.id): institution for institution in found}
