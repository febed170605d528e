"""When the committees of an institution meet: one meeting, several at once, a change, a cancellation."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import _, say
from app.identity.rules import Actor
from app.sites import queries
from app.sites.actions.committees import repeated
from app.sites.errors import EntryMovedOn, LinesRefused, NoSuchCommittee
from app.sites.models import CommitteeMeeting
from app.sites.queries import lock_institution
from app.sites.queries.committees import Calendar, calendar_of
from app.sites.rules.meetings import MOST_LINES, Meeting, met_already, read_lines, read_meeting


async def plan_meeting(
    session: AsyncSession, code: str, committee_id: UUID, typed: Mapping[str, str], *, by: Actor, now: datetime
) -> CommitteeMeeting:
    """Add a meeting with its deadline, or move one.

    `typed` holds day and deadline; `meeting`, the first id of the one that is moved or "" for a new one; and
    `seen`, the id of its row that the page showed. Raises NoSuchInstitution, NoSuchCommittee, Unacceptable field by
    field, EntryMovedOn.
    """
    read, errors = read_meeting(typed, today=in_japan(now))
    calendar = await _own_calendar(session, code, committee_id, by=by, now=now)
    if errors or read is None:
        raise Unacceptable(errors)
    before = _seen(calendar, typed["meeting"], typed.get("seen", "")) if typed.get("meeting") else None
    if any(other.day == read.day for other in calendar.planned if other is not before):
        raise Unacceptable({"day": met_already(typed["day"])})
    return await _plan(session, calendar, read, before, by=by, now=now)


async def plan_meetings(
    session: AsyncSession, code: str, committee_id: UUID, text: str, *, by: Actor, now: datetime
) -> list[CommitteeMeeting]:
    """Add the meetings of all pasted lines, or none of them.

    Raises NoSuchInstitution, NoSuchCommittee, LinesRefused (on `lines`) where a line cannot be taken.
    """
    calendar = await _own_calendar(session, code, committee_id, by=by, now=now)
    lines = read_lines(text, today=in_japan(now), known=[meeting.day for meeting in calendar.planned])
    wrong = [line for line in lines if line.meeting is None]
    if not lines:
        raise LinesRefused({"lines": _("Enter at least one line with a meeting.")}, lines)
    if len(lines) > MOST_LINES:
        raise LinesRefused({"lines": say(_("Enter at most %(most)s lines at once."), most=MOST_LINES)}, ())
    if wrong:
        refusal = say(
            _("Nothing was added yet: %(count)s of %(all)s lines need a change. The table below says which."),
            count=len(wrong),
            all=len(lines),
        )
        raise LinesRefused({"lines": refusal}, lines)
    return [await _plan(session, calendar, line.meeting, None, by=by, now=now) for line in lines if line.meeting]


async def cancel_meeting(
    session: AsyncSession, code: str, committee_id: UUID, meeting_id: UUID, seen: str, *, by: Actor, now: datetime
) -> None:
    """Cancel a meeting to come; calendars learn of it. Raises NoSuchInstitution, NoSuchCommittee, EntryMovedOn."""
    calendar = await _own_calendar(session, code, committee_id, by=by, now=now)
    before = _seen(calendar, str(meeting_id), seen)
    before.superseded_at = now
    await session.flush()
    session.add(repeated(before, by=by, now=now, cancelled=True, version=before.version + 1))
    await session.flush()
    _record(session, calendar, "committee_meeting.cancelled", before.day, by=by, now=now)


async def _own_calendar(session: AsyncSession, code: str, committee_id: UUID, *, by: Actor, now: datetime) -> Calendar:
    institution = await queries.own_institution(session, code, reader=by)
    await lock_institution(session, institution.id)
    return await calendar_of(session, institution.id, committee_id, reader=by, today=in_japan(now))


def _seen(calendar: Calendar, meeting: str, seen: str) -> CommitteeMeeting:
    """Return the planned meeting that is meant. Raises NoSuchCommittee, EntryMovedOn where its row is another."""
    found = next((row for row in calendar.meetings if str(row.first_id) == meeting), None)
    if found is None:
        raise NoSuchCommittee
    if str(found.id) != seen or found.cancelled:
        raise EntryMovedOn
    return found


async def _plan(
    session: AsyncSession,
    calendar: Calendar,
    read: Meeting,
    before: CommitteeMeeting | None,
    *,
    by: Actor,
    now: datetime,
) -> CommitteeMeeting:
    """Write a meeting; one that was cancelled on the same day comes back to life as itself."""
    again = before or next((row for row in calendar.meetings if row.cancelled and row.day == read.day), None)
    if again is not None:
        again.superseded_at = now
        await session.flush()
        row = repeated(
            again, by=by, now=now, day=read.day, deadline=read.deadline, cancelled=False, version=again.version + 1
        )
    else:
        row = _first(calendar, read, by=by, now=now)
    session.add(row)
    await session.flush()
    _record(session, calendar, "committee_meeting.planned", read.day, by=by, now=now)
    return row


def _first(calendar: Calendar, read: Meeting, *, by: Actor, now: datetime) -> CommitteeMeeting:
    row_id = uuid4()
    return CommitteeMeeting(
        id=row_id,
        first_id=row_id,
        institution_id=calendar.committee.institution_id,
        committee_id=calendar.committee.first_id,
        day=read.day,
        deadline=read.deadline,
        as_of=in_japan(now),
        recorded_at=now,
        recorded_by_id=by.person_id,
    )


def _record(session: AsyncSession, calendar: Calendar, what: str, day: date, *, by: Actor, now: datetime) -> None:
    committee = calendar.committee
    audit.record(
        session,
        what,
        subject=committee.institution_id,
        by=by,
        now=now,
        committee=str(committee.first_id),
        day=day.isoformat(),
    )
