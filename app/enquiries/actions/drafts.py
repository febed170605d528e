"""The life of a request: started, submitted once, withdrawn."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import queries
from app.enquiries.actions.stored import refuse_others, touch
from app.enquiries.errors import NotYoursToChange
from app.enquiries.fields import FIELDS
from app.enquiries.models import Enquiry, EnquiryStage
from app.enquiries.rules import standing
from app.ground.audit import record
from app.ground.errors import Unacceptable
from app.ground.i18n import Said, _, say
from app.ground.queue import enqueue
from app.identity.rules import Actor

STILL_NEEDED = _("Fill in “%(label)s”: an enquiry cannot be submitted without it.")
STILL_TO_CONFIRM = _("Confirm “%(label)s”, which came from the registry: an enquiry cannot be submitted without it.")


async def start_draft(
    session: AsyncSession, *, organisation_id: UUID | None = None, by: Actor, now: datetime
) -> Enquiry:
    """Begin a request in the name of the person's organisation (the first they joined, unless given).

    Raises NotYoursToChange for whoever enquires for nobody.
    """
    places = await queries.organisations_of(session, by)
    chosen = [place for place in places if organisation_id in (None, place.id)]
    if not chosen:
        raise NotYoursToChange
    enquiry = Enquiry(
        id=uuid4(), organisation_id=chosen[0].id, stage=EnquiryStage.DRAFT, version=1, created_at=now,
        created_by_id=by.person_id, updated_at=now, demo=chosen[0].demo,
    )  # fmt: skip
    session.add(enquiry)
    await session.flush()
    record(session, "enquiry.started", subject=enquiry.id, by=by, now=now)
    return enquiry


async def submit(session: AsyncSession, enquiry_id: UUID, *, by: Actor, now: datetime) -> Enquiry:
    """Hand a complete draft to the window, which opens one consultation for it; submitting again changes nothing.

    Raises Withdrawn, NotYoursToChange, and Unacceptable with a sentence for each field that is still needed.
    """
    enquiry = await queries.get_enquiry(session, enquiry_id, reader=by, lock=True)
    refuse_others(enquiry, by)
    if enquiry.stage is EnquiryStage.SUBMITTED:
        return enquiry
    missing = await _missing(session, enquiry, by)
    if missing:
        raise Unacceptable(missing)
    enquiry.stage = EnquiryStage.SUBMITTED
    enquiry.submitted_at, enquiry.submitted_by_id = now, by.person_id
    touch(enquiry, now)
    record(session, "enquiry.submitted", subject=enquiry.id, by=by, now=now)
    await enqueue(session, "open_consultation", enquiry_id=str(enquiry.id))
    return enquiry


async def _missing(session: AsyncSession, enquiry: Enquiry, by: Actor) -> dict[str, Said]:
    values = await queries.enquiry_values(session, enquiry.id, reader=by)
    found = standing(values)
    return {
        code: say(STILL_TO_CONFIRM if code in found.to_confirm else STILL_NEEDED, label=FIELDS[code].label)
        for code in found.missing
    }


async def withdraw(session: AsyncSession, enquiry_id: UUID, *, by: Actor, now: datetime) -> Enquiry:
    """Take a request back, draft or submitted; doing so again changes nothing. Raises NotYoursToChange."""
    enquiry = await queries.get_enquiry(session, enquiry_id, reader=by, lock=True)
    if enquiry.stage is EnquiryStage.WITHDRAWN and enquiry.organisation_id in by.organisation_ids:
        return enquiry
    refuse_others(enquiry, by)
    if enquiry.stage is EnquiryStage.SUBMITTED:
        await enqueue(session, "withdraw_consultation", enquiry_id=str(enquiry.id))
    enquiry.stage = EnquiryStage.WITHDRAWN
    enquiry.withdrawn_at, enquiry.withdrawn_by_id = now, by.person_id
    touch(enquiry, now)
    record(session, "enquiry.withdrawn", subject=enquiry.id, by=by, now=now)
    return enquiry
