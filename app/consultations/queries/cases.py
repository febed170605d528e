"""Who may see which case is decided here, once."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.errors import NoSuchConsultation
from app.consultations.models import AskedSite, Consultation, ConsultationEvent
from app.consultations.rules.clock import LogEntry
from app.consultations.rules.stages import Stage, Waiting
from app.identity.rules import Actor


def visible_to(reader: Actor) -> Select[Any]:
    """The one place that decides which cases a person may see.

    Staff and the service all; a sponsor its own; a coordinator those in which its institution was
    asked; everybody else none (observers read figures, never a case's text).
    """
    return select(Consultation).where(_is_visible_to(reader))


def _is_visible_to(reader: Actor) -> ColumnElement[bool]:
    if reader.is_staff or reader.is_service:
        return Consultation.id.is_not(None)
    if reader.is_sponsor:
        return Consultation.organisation_id.in_(reader.organisation_ids)
    if reader.is_coordinator:
        asked = exists().where(AskedSite.consultation_id == Consultation.id)
        return asked.where(AskedSite.institution_id.in_(reader.institution_ids))
    return false()


async def get_consultation(
    session: AsyncSession, number: str, *, reader: Actor, for_change: bool = False
) -> Consultation:
    """Return the case, or refuse in the same words whether it is absent or hidden.

    `for_change` holds its row until the commit, so that two people change it one after the other.
    Raises NoSuchConsultation.
    """
    wanted = visible_to(reader).where(Consultation.number == number)
    if for_change:
        wanted = wanted.with_for_update(of=Consultation).execution_options(populate_existing=True)
    return _found(await session.scalar(wanted))


async def get_case_of_enquiry(session: AsyncSession, enquiry_id: UUID, *, reader: Actor) -> Consultation:
    """Return the case that an enquiry became. Raises NoSuchConsultation."""
    return _found(await session.scalar(visible_to(reader).where(Consultation.enquiry_id == enquiry_id)))


async def number_of_enquiry(session: AsyncSession, enquiry_id: UUID, *, reader: Actor) -> str | None:
    """Return the number of the case that an enquiry became; None while it is not open yet, or hidden."""
    mine = visible_to(reader).where(Consultation.enquiry_id == enquiry_id)
    number: str | None = await session.scalar(mine.with_only_columns(Consultation.number))
    return number


def _found(case: Consultation | None) -> Consultation:
    if case is None:
        raise NoSuchConsultation
    return case


async def log_of(session: AsyncSession, case: Consultation) -> list[LogEntry]:
    """Return what the clock reads of a case's events, oldest first."""
    events = select(ConsultationEvent).where(ConsultationEvent.consultation_id == case.id)
    ordered = events.order_by(ConsultationEvent.at, ConsultationEvent.id)
    return [entry_of(event) for event in await session.scalars(ordered)]


def entry_of(event: ConsultationEvent) -> LogEntry:
    """Return what the clock reads of an event."""
    entered, waits_for = event.details.get("entered"), event.details.get("waits_for")
    return LogEntry(
        at=event.at,
        entered=None if entered is None else Stage(entered),
        waits_for=None if waits_for is None else Waiting(waits_for),
        resumed=bool(event.details.get("resumed")),
    )
