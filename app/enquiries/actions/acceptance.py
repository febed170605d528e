"""Accepting the operator's confidentiality terms, which opens the confidential fields of an organisation's requests."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import queries
from app.enquiries.actions.importing import fill
from app.enquiries.actions.stored import refuse_others
from app.enquiries.errors import NoTermsPublished
from app.enquiries.models import Enquiry, ReadingState, TermsAcceptance
from app.ground.audit import record
from app.ground.calendar import in_japan
from app.identity.rules import Actor


async def accept_terms(session: AsyncSession, enquiry_id: UUID, *, version: int, by: Actor, now: datetime) -> Enquiry:
    """Accept the version that was shown, for the organisation of an enquiry; accepting again changes nothing.

    What a reading said about confidential fields, and had to wait, comes into the enquiry now.
    Raises NoTermsPublished where that version is not the valid one, NotYoursToChange, Withdrawn.
    """
    enquiry = await queries.get_enquiry(session, enquiry_id, reader=by, lock=True)
    refuse_others(enquiry, by)
    terms = await queries.current_terms(session, today=in_japan(now))
    if terms is None or terms.version != version:
        raise NoTermsPublished
    row = {"organisation_id": enquiry.organisation_id, "version": version, "person_id": by.person_id, "at": now}
    added = await session.execute(
        insert(TermsAcceptance).values(row).on_conflict_do_nothing().returning(TermsAcceptance.version)
    )
    if added.first() is not None:
        record(session, "terms.accepted", subject=enquiry.organisation_id, by=by, now=now, version=version)
    reading = await queries.reading_of(session, enquiry)
    if reading is not None and reading.state is ReadingState.READ:
        await fill(session, enquiry, reading, by=by, now=now)
    return enquiry
