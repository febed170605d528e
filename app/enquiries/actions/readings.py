"""Asking a registry for one record on a person's request: asked, read by a job, claimed by whoever asked as a visitor."""

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import queries
from app.enquiries.actions.drafts import start_draft
from app.enquiries.actions.importing import fill
from app.enquiries.actions.stored import refuse_others
from app.enquiries.ctgov.study import SOURCE, Study
from app.enquiries.models import Enquiry, ReadingState, RegistryPace, RegistryReading
from app.enquiries.rules import quoted
from app.enquiries.rules.days import half_width
from app.ground.audit import record
from app.ground.errors import Unacceptable
from app.ground.i18n import _, say
from app.ground.queue import enqueue
from app.identity.rules import Actor

NOT_A_NUMBER = _("Enter NCT and eight figures, for example NCT00000000. You typed “%(typed)s”.")
NO_NUMBER = _("Enter a ClinicalTrials.gov number: NCT and eight figures.")
# The number itself, or the address of the record's page.
_NUMBER = re.compile(r"(?:https?://(?:www\.)?clinicaltrials\.gov/\S*?)?(NCT[0-9]{8})(?:[/?#]\S*)?", re.IGNORECASE)
# A visitor who signs in later than this began something else.
CLAIMED_WITHIN = timedelta(days=1)
# How far apart two requests to the registry are, over all workers (facts/registries.md, C: one a second).
SPACING = timedelta(seconds=1)


def number_in(typed: str) -> str:
    """Return the NCT number in what was typed. Raises Unacceptable under the name `nct`."""
    plain = "".join(half_width(typed).split())
    if not plain:
        raise Unacceptable({"nct": NO_NUMBER})
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise Unacceptable({"nct": say(NOT_A_NUMBER, typed=quoted(typed))})
    return found[1].upper()


async def ask_reading(
    session: AsyncSession, typed: str, *, visitor_hash: str | None = None, by: Actor, now: datetime
) -> RegistryReading:
    """Ask for one record. Raises Unacceptable for what is no number, before anybody else is asked."""
    reading = RegistryReading(
        id=uuid4(), number=number_in(typed), state=ReadingState.WAITING, asked_at=now, asked_by_id=by.person_id,
        visitor_hash=visitor_hash, from_file=False,
    )  # fmt: skip
    session.add(reading)
    record(session, "reading.asked", subject=reading.id, by=by, now=now)
    await enqueue(session, "read_registry", reading_id=str(reading.id))
    return reading


async def ask_reading_for(
    session: AsyncSession, enquiry_id: UUID, typed: str, *, by: Actor, now: datetime
) -> RegistryReading:
    """Ask for one record that is to fill an enquiry. Raises Unacceptable, NotYoursToChange, Withdrawn."""
    enquiry = await queries.get_enquiry(session, enquiry_id, reader=by, lock=True)
    refuse_others(enquiry, by)
    reading = await ask_reading(session, typed, by=by, now=now)
    await session.flush()
    enquiry.reading_id = reading.id
    return reading


async def claim_readings(session: AsyncSession, *, visitor_hash: str, by: Actor, now: datetime) -> Enquiry | None:
    """Let what somebody read as a visitor follow them in: the newest reading becomes a draft of their organisation.

    Older ones are theirs too, without a draft. Returns None where there is nothing to follow, or no organisation.
    """
    theirs = select(RegistryReading).where(
        RegistryReading.visitor_hash == visitor_hash,
        RegistryReading.asked_by_id.is_(None),
        RegistryReading.asked_at > now - CLAIMED_WITHIN,
    )
    found = list(await session.scalars(theirs.order_by(RegistryReading.asked_at.desc()).with_for_update()))
    if not found or not by.is_sponsor:
        return None
    claimed = update(RegistryReading).where(RegistryReading.id.in_([one.id for one in found]))
    await session.execute(claimed.values(asked_by_id=by.person_id))
    return await draft_from(session, found[0], by=by, now=now)


async def draft_from(session: AsyncSession, reading: RegistryReading, *, by: Actor, now: datetime) -> Enquiry:
    """Begin a draft with a reading, filled at once where it is read, and by its job where it is not."""
    enquiry = await start_draft(session, by=by, now=now)
    enquiry.reading_id = reading.id
    if reading.state is ReadingState.READ:
        await fill(session, enquiry, reading, by=by, now=now)
    return enquiry


async def take_reading(session: AsyncSession, reading_id: UUID, *, now: datetime) -> tuple[str, datetime] | None:
    """Take a reading up and reserve a moment at the registry: its number, and when it may be asked.

    None where there is nothing left to do. A reading that a lost worker had begun is taken up again.
    """
    reading = await session.get(RegistryReading, reading_id, with_for_update=True, populate_existing=True)
    if reading is None or reading.state in (ReadingState.READ, ReadingState.FAILED):
        return None
    reading.state = ReadingState.READING
    return reading.number, await _next_moment(session, now)


async def _next_moment(session: AsyncSession, now: datetime) -> datetime:
    """Reserve the registry's next free moment, under a lock that all workers share until their commit."""
    await session.execute(insert(RegistryPace).values(source=SOURCE, next_at=now).on_conflict_do_nothing())
    pace = (await session.scalars(select(RegistryPace).where(RegistryPace.source == SOURCE).with_for_update())).one()
    moment = max(now, pace.next_at)
    pace.next_at = moment + SPACING
    return moment


async def note_study(session: AsyncSession, reading_id: UUID, study: Study, *, by: Actor, now: datetime) -> None:
    """Keep what the registry said and bring it into every draft that waits for it; harmless when run twice."""
    reading = await session.get_one(RegistryReading, reading_id, with_for_update=True, populate_existing=True)
    if reading.state is not ReadingState.READ:
        reading.state, reading.study, reading.number, reading.done_at = (
            ReadingState.READ,
            study.kept(),
            study.number,
            now,
        )
    for enquiry in await queries.drafts_waiting_for(session, reading_id):
        await fill(session, enquiry, reading, by=by, now=now)


async def note_failure(session: AsyncSession, reading_id: UUID, code: str, *, now: datetime) -> None:
    """Keep why the registry gave nothing; what was typed into drafts stays as it is."""
    reading = await session.get_one(RegistryReading, reading_id, with_for_update=True, populate_existing=True)
    if reading.state is not ReadingState.READ:
        reading.state, reading.failure, reading.done_at = ReadingState.FAILED, code, now
