"""Bringing a study into a draft: only into empty places and its own, each value waiting to be confirmed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import queries
from app.enquiries.actions.drafts import start_draft
from app.enquiries.actions.stored import refuse_others, touch, write_imported
from app.enquiries.ctgov.files import Entry, studies_in
from app.enquiries.ctgov.study import Study, study_from
from app.enquiries.models import Enquiry, ReadingState, RegistryReading
from app.enquiries.rules import Imported, fingerprint, imported, may_take, open_fields
from app.ground.audit import record
from app.ground.errors import Unacceptable
from app.ground.i18n import _, say
from app.identity.rules import Actor

ONE_STUDY = _("The file holds %(count)s studies. Upload the file of one study.")
FROM_FILE = "%s %s (file)"
FROM_REGISTRY = "%s %s"


@dataclass(frozen=True)
class Filled:
    """What an import did, by field: `taken` into the draft, `kept` as a person had it, `closed` until the terms."""

    taken: tuple[str, ...]
    kept: tuple[str, ...]
    closed: tuple[str, ...]


async def fill(
    session: AsyncSession, enquiry: Enquiry, reading: RegistryReading, *, by: Actor, now: datetime
) -> Filled:
    """Bring what a finished reading says into an enquiry that the caller has locked."""
    if reading.study is None or reading.done_at is None:
        raise ValueError("the reading is not finished")
    study = study_from(reading.study)
    what = imported(study, await queries.lookup(session, study))
    accepted = await queries.acceptance_by(session, enquiry.organisation_id) is not None
    usable = open_fields(what, terms_accepted=accepted)
    stored = (await queries.values_of(session, [enquiry.id], reader=by))[enquiry.id]
    free = {code: given for code, given in usable.items() if may_take(stored.get(code))}
    new = {code: given for code, given in free.items() if not _is_there(given, stored.get(code))}
    if new:
        await write_imported(session, enquiry, new, source_of(reading), reading.done_at, by=by, now=now)
        touch(enquiry, now)
        record(session, "enquiry.imported", subject=enquiry.id, by=by, now=now, fields=sorted(new))
    return Filled(tuple(new), tuple(set(usable) - set(free)), tuple(set(what) - set(usable)))


def _is_there(given: Imported, present: object) -> bool:
    """Say whether the same import stands there already: reading a record twice changes nothing."""
    was = (getattr(present, "value", None), getattr(present, "as_read", None))
    return present is not None and fingerprint(list(was)) == fingerprint([given.value, given.as_read])


def source_of(reading: RegistryReading) -> str:
    """Return what stands beside an imported value as its source."""
    study = reading.study or {}
    return (FROM_FILE if reading.from_file else FROM_REGISTRY) % (study.get("source"), reading.number)


async def import_file(session: AsyncSession, enquiry_id: UUID, content: bytes, *, by: Actor, now: datetime) -> Filled:
    """Bring the one study of an uploaded file into an enquiry.

    Raises Unacceptable under the name `file`, NotYoursToChange, Withdrawn.
    """
    enquiry = await queries.get_enquiry(session, enquiry_id, reader=by, lock=True)
    refuse_others(enquiry, by)
    return await _fill_with(session, enquiry, _only_study(content), by, now)


async def draft_from_file(session: AsyncSession, content: bytes, *, by: Actor, now: datetime) -> Enquiry:
    """Begin a request with the one study of an uploaded file.

    Raises Unacceptable under the name `file` before anything is begun, NotYoursToChange.
    """
    study = _only_study(content)
    enquiry = await start_draft(session, by=by, now=now)
    await _fill_with(session, enquiry, study, by, now)
    return enquiry


async def _fill_with(session: AsyncSession, enquiry: Enquiry, study: Study, by: Actor, now: datetime) -> Filled:
    """Keep an uploaded study as a finished reading, so that closed fields can follow once the terms are accepted."""
    reading = RegistryReading(
        id=uuid4(), number=study.number, state=ReadingState.READ, study=study.kept(), asked_at=now, done_at=now,
        asked_by_id=by.person_id, from_file=True,
    )  # fmt: skip
    session.add(reading)
    await session.flush()
    enquiry.reading_id = reading.id
    return await fill(session, enquiry, reading, by=by, now=now)


def _only_study(content: bytes) -> Study:
    """Return the one study of a file. Raises Unacceptable."""
    entries: list[Entry] = []
    for entry in studies_in(content):
        entries.append(entry)
        if entry.problem is not None:
            raise Unacceptable({"file": say(entry.problem.message, **entry.problem.details)})
    if len(entries) != 1 or entries[0].study is None:
        raise Unacceptable({"file": say(ONE_STUDY, count=len(entries))})
    return entries[0].study
