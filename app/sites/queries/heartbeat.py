"""Which institutions are kept alive by their coordinators, and whom to ask or remind: in a fixed number of queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.calendar import in_japan
from app.ground.errors import NotFound
from app.identity.models import Membership, Person
from app.identity.rules import Actor, Role
from app.sites.models import ConfirmationLink, ConfirmationReminder, ConfirmationRound, Institution
from app.sites.queries import visible_to
from app.sites.queries.staleness import Staleness, staleness
from app.sites.rules import InstitutionKind
from app.sites.rules.confirming import (
    Asking,
    Heartbeat,
    Pace,
    heartbeat,
    joined_before,
    may_remind,
    month_of,
    month_to_ask,
    reminder_due,
    waited,
)

COUNTED = [kind for kind in InstitutionKind if kind.is_counted]
SOON = timedelta(days=60)


class Show(StrEnum):
    """Which institutions the page shows."""

    ALL = "all"
    UNANSWERED = "unanswered"
    NOT_ASKED = "not_asked"
    NOBODY = "nobody"
    STALE = "stale"


@dataclass(frozen=True)
class Reminded:
    """One reminder: when, and to how many."""

    sent_at: datetime
    recipients: int


@dataclass(frozen=True)
class Line:
    """How one institution stands; `asked` and `reminders` are those of its latest asking."""

    institution: Institution
    state: Heartbeat
    coordinators: int
    asking: Asking | None
    asked: int
    waited: int
    reminders: tuple[Reminded, ...]
    confirmed_at: datetime | None
    confirmed_by: str
    staleness: Staleness
    may_ask: bool
    may_remind: bool

    @property
    def urgency(self) -> tuple[int, int, int, str]:
        """What stands first in the list: the worst state, the longest wait, the most facts that are due again."""
        return list(Heartbeat).index(self.state), -self.waited, -self.staleness.now, self.institution.code

    def is_shown(self, show: Show) -> bool:
        """Say whether a filter leaves it."""
        states = {
            Show.UNANSWERED: (Heartbeat.WAITING, Heartbeat.LAPSED),
            Show.NOT_ASKED: (Heartbeat.NOT_ASKED,),
            Show.NOBODY: (Heartbeat.NOBODY,),
        }
        if show is Show.STALE:
            return self.staleness.now + self.staleness.soon > 0
        return show is Show.ALL or self.state in states[show]


async def heartbeats(session: AsyncSession, *, reader: Actor, now: datetime, pace: Pace) -> list[Line]:
    """Return how every institution stands, the worst first; for staff. Raises NotFound for everybody else.

    Networks and partners are not asked and stand here only where somebody speaks for them.
    """
    if not reader.is_staff:
        raise NotFound
    coordinators = await _coordinators(session)
    shown = or_(Institution.kind.in_(COUNTED), Institution.id.in_(coordinators))
    institutions = list(await session.scalars(visible_to(reader).where(shown)))
    rounds = await _latest(session)
    reminders = await _reminders(session, rounds)
    asked = await _asked(session, rounds)
    confirmed = await _confirmed(session)
    stale = await staleness(session, [one.id for one in institutions], now=now, soon=SOON)
    lines = []
    for institution in institutions:
        found = rounds.get(institution.id)
        sent = reminders.get(found.id, ()) if found else ()
        asking = _asking(found, sent) if found else None
        held = coordinators.get(institution.id, 0)
        state = heartbeat(asking, held, now, pace.closing_days)
        at, by = confirmed.get(institution.id, (None, ""))
        lines.append(
            Line(
                institution=institution,
                state=state,
                coordinators=held,
                asking=asking,
                asked=asked[found.id] if found else 0,
                waited=waited(asking, now, pace.closing_days) if asking and state is Heartbeat.WAITING else 0,
                reminders=sent,
                confirmed_at=at,
                confirmed_by=by,
                staleness=stale.get(institution.id, Staleness()),
                may_ask=held > 0 and _may_ask(asking, held, asked[found.id] if found else 0, now),
                may_remind=held > 0 and asking is not None and may_remind(asking, now),
            )
        )
    return sorted(lines, key=lambda line: line.urgency)


def _may_ask(asking: Asking | None, coordinators: int, asked: int, now: datetime) -> bool:
    """Say whether asking now can reach anybody: nobody was asked this month, or somebody came after it."""
    if asking is None or (asking.month != month_of(in_japan(now)) and not asking.is_open(now)):
        return True
    return asking.answered_at is None and asked < coordinators


def _asking(found: ConfirmationRound, reminders: Sequence[Reminded]) -> Asking:
    days = tuple(in_japan(reminder.sent_at) for reminder in reminders)
    return Asking(found.month, found.opened_at, found.expires_at, found.answered_at, days)


def _current() -> ColumnElement[bool]:
    """Say that a membership makes its person a coordinator now; joined with Person."""
    return and_(Membership.role == Role.COORDINATOR, Membership.ended_at.is_(None), Person.disabled_at.is_(None))


async def _coordinators(session: AsyncSession) -> dict[UUID, int]:
    held = select(Membership.organisation_id, func.count()).join(Person, Person.id == Membership.person_id)
    rows = await session.execute(held.where(_current()).group_by(Membership.organisation_id))
    return dict(rows.all())


async def _latest(session: AsyncSession) -> dict[UUID, ConfirmationRound]:
    newest = select(ConfirmationRound).order_by(ConfirmationRound.institution_id, ConfirmationRound.month.desc())
    rows = await session.scalars(newest.ext(distinct_on(ConfirmationRound.institution_id)))
    return {found.institution_id: found for found in rows}


async def _reminders(session: AsyncSession, rounds: dict[UUID, ConfirmationRound]) -> dict[UUID, tuple[Reminded, ...]]:
    ids = [found.id for found in rounds.values()]
    rows = select(ConfirmationReminder).where(ConfirmationReminder.round_id.in_(ids))
    found: dict[UUID, tuple[Reminded, ...]] = {}
    for one in await session.scalars(rows.order_by(ConfirmationReminder.number)):
        found[one.round_id] = (*found.get(one.round_id, ()), Reminded(one.sent_at, one.recipients))
    return found


async def _asked(session: AsyncSession, rounds: dict[UUID, ConfirmationRound]) -> Counter[UUID]:
    """Return to how many of those who speak for the institution now each asking was sent."""
    ids = [found.id for found in rounds.values()]
    links = (
        select(ConfirmationLink.round_id, func.count())
        .join(ConfirmationRound, ConfirmationRound.id == ConfirmationLink.round_id)
        .join(Person, Person.id == ConfirmationLink.person_id)
        .join(
            Membership,
            and_(Membership.person_id == Person.id, Membership.organisation_id == ConfirmationRound.institution_id),
        )
        .where(ConfirmationLink.round_id.in_(ids), _current())
        .group_by(ConfirmationLink.round_id)
    )
    rows = await session.execute(links)
    return Counter(dict(rows.all()))


async def _confirmed(session: AsyncSession) -> dict[UUID, tuple[datetime, str]]:
    """Return when and by whom each institution was confirmed last."""
    answered = (
        select(ConfirmationRound.institution_id, ConfirmationRound.answered_at, Person.name)
        .join(Person, Person.id == ConfirmationRound.answered_by_id)
        .order_by(ConfirmationRound.institution_id, ConfirmationRound.answered_at.desc())
        .ext(distinct_on(ConfirmationRound.institution_id))
    )
    rows: Any = await session.execute(answered)
    return {institution_id: (at, name) for institution_id, at, name in rows}


async def institutions_to_ask(session: AsyncSession, *, now: datetime, pace: Pace) -> list[UUID]:
    """Return the institutions whose asking of this month is due and not open yet; none outside office hours.

    Somebody must have spoken for it since the month's asking day at the latest: whoever comes later is asked in the
    next month, or by staff.
    """
    month = month_to_ask(now, pace.closing_days)
    if month is None:
        return []
    in_time = Membership.created_at < joined_before(month, pace.closing_days)
    spoken_for = exists().where(
        Membership.organisation_id == Institution.id, Membership.person_id == Person.id, _current(), in_time
    )
    asked = exists().where(ConfirmationRound.institution_id == Institution.id, ConfirmationRound.month == month)
    return list(await session.scalars(select(Institution.id).where(spoken_for, ~asked).order_by(Institution.code)))


async def rounds_to_remind(session: AsyncSession, *, now: datetime, pace: Pace) -> list[UUID]:
    """Return the open askings whose reminder is due; each is looked at once more when its turn comes."""
    unanswered = select(ConfirmationRound).where(
        ConfirmationRound.answered_at.is_(None), ConfirmationRound.expires_at > now
    )
    rounds = {found.id: found for found in await session.scalars(unanswered)}
    reminders = await _reminders(session, rounds)
    due = (
        found.id
        for found in rounds.values()
        if reminder_due(_asking(found, reminders.get(found.id, ())), now, pace) is not None
    )
    return list(due)
