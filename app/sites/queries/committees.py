"""Committees and their meetings as their institution states them: for everybody, as what the institution vouches for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.rules import Actor
from app.sites.errors import NoSuchCommittee
from app.sites.models import Committee, CommitteeMeeting


@dataclass(frozen=True)
class Calendar:
    """A committee with its meetings from a day on, soonest first, the cancelled ones among them."""

    committee: Committee
    meetings: tuple[CommitteeMeeting, ...]

    @property
    def planned(self) -> tuple[CommitteeMeeting, ...]:
        """The meetings that are to take place."""
        return tuple(meeting for meeting in self.meetings if not meeting.cancelled)

    @property
    def next(self) -> CommitteeMeeting | None:
        """The soonest meeting that is to take place; None where none is stated."""
        return next(iter(self.planned), None)


def committees_visible_to(reader: Actor) -> Select[Committee]:
    """Return the statements on committees that a person may read: everybody all, for an institution makes them public."""
    return select(Committee)


def standing_at(table: type[Committee] | type[CommitteeMeeting], at: datetime | None) -> ColumnElement[bool]:
    """Say which rows stood at a moment; None is now."""
    if at is None:
        return table.superseded_at.is_(None)
    return (table.recorded_at <= at) & or_(table.superseded_at.is_(None), table.superseded_at > at)


async def calendars_of(
    session: AsyncSession,
    institution_ids: Sequence[UUID],
    *,
    reader: Actor,
    today: date,
    at: datetime | None = None,
) -> list[Calendar]:
    """Return the committees of institutions with their meetings from `today` on, IRBs first; as known at a moment."""
    wanted = committees_visible_to(reader).where(Committee.institution_id.in_(institution_ids))
    committees = await session.scalars(wanted.where(standing_at(Committee, at), Committee.closed.is_(False)))
    sitting = select(CommitteeMeeting).where(CommitteeMeeting.institution_id.in_(institution_ids))
    sitting = sitting.where(standing_at(CommitteeMeeting, at), CommitteeMeeting.day >= today)
    meetings: dict[UUID, list[CommitteeMeeting]] = {}
    for meeting in await session.scalars(sitting.order_by(CommitteeMeeting.day, CommitteeMeeting.recorded_at)):
        meetings.setdefault(meeting.committee_id, []).append(meeting)
    order = {kind: position for position, kind in enumerate(("irb", "crb", "other"))}
    return [
        Calendar(committee, tuple(meetings.get(committee.first_id, ())))
        for committee in sorted(
            committees, key=lambda row: (order[row.kind], row.name_ja or row.name_en or "", row.first_id)
        )
    ]


async def calendar_of(
    session: AsyncSession, institution_id: UUID, committee_id: UUID, *, reader: Actor, today: date
) -> Calendar:
    """Return one committee with its meetings from `today` on. Raises NoSuchCommittee."""
    found = await calendars_of(session, [institution_id], reader=reader, today=today)
    one = next((calendar for calendar in found if calendar.committee.first_id == committee_id), None)
    if one is None:
        raise NoSuchCommittee
    return one


async def dates_since(
    session: AsyncSession, institution_id: UUID, since: date, *, reader: Actor
) -> list[tuple[CommitteeMeeting, Committee]]:
    """Return every current meeting from a day on, cancelled ones and those of closed committees too, for a calendar."""
    whose = (Committee.first_id == CommitteeMeeting.committee_id) & Committee.superseded_at.is_(None)
    rows = select(CommitteeMeeting, Committee).join(Committee, whose)
    rows = rows.where(CommitteeMeeting.institution_id == institution_id, CommitteeMeeting.superseded_at.is_(None))
    rows = rows.where(CommitteeMeeting.day >= since)
    found = await session.execute(rows.order_by(CommitteeMeeting.day, CommitteeMeeting.first_id))
    return [(meeting, committee) for meeting, committee in found]
