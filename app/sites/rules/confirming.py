"""The monthly confirmation: when an institution is asked, when it is reminded, and when the asking runs out.

Days are days in Japan. A month's asking opens on its first business day; where nothing ran on that day it is made good on
a later business day of the month. Mail goes out in office hours only.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.ground.calendar import (
    JST,
    NO_CLOSING_DAYS,
    add_business_days,
    business_days_between,
    in_japan,
    is_business_day,
)

OFFICE_OPENS, OFFICE_CLOSES = 9, 18  # o'clock in Japan
MOST_REMINDERS = 2
# What the token of a link is made for: it opens no other door.
CONFIRMATION = "confirmation"


@dataclass(frozen=True)
class Pace:
    """How the operator asks: for how long a link works, and after how many business days each reminder goes."""

    link_lasts: timedelta = timedelta(days=30)
    reminders_after: tuple[int, ...] = (5, 10)
    closing_days: Container[date] = NO_CLOSING_DAYS


class Heartbeat(StrEnum):
    """How an institution stands with its monthly confirmation; the worst first."""

    LAPSED = "lapsed"
    WAITING = "waiting"
    NOT_ASKED = "not_asked"
    NOBODY = "nobody"
    ANSWERED = "answered"


class LinkState(StrEnum):
    """What a mailed link can still do; only a good one can do anything."""

    GOOD = "good"
    UNKNOWN = "unknown"
    LEFT = "left"
    ANSWERED = "answered"
    EXPIRED = "expired"
    EMPTY = "empty"


@dataclass(frozen=True)
class Asking:
    """One month's asking, as the rules look at it; `reminded_on` are the days of its reminders."""

    month: date
    opened_at: datetime
    expires_at: datetime
    answered_at: datetime | None = None
    reminded_on: tuple[date, ...] = ()

    def is_open(self, now: datetime) -> bool:
        """Say whether an answer is still awaited and its links still work."""
        return self.answered_at is None and now < self.expires_at


def month_of(day: date) -> date:
    """Return the first day of a day's month, which names the month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def asking_day(month: date, closing_days: Container[date] = NO_CLOSING_DAYS) -> date:
    """Return the day on which a month's asking opens: its first business day."""
    return add_business_days(month_of(month), 0, closing_days)


def runs_out(asked_at: datetime, lasts: timedelta) -> datetime:
    """Return the first moment at which a link works no longer: midnight in Japan after its last day."""
    return datetime.combine(in_japan(asked_at) + lasts + timedelta(days=1), time(), JST)


def last_day(expires_at: datetime) -> date:
    """Return the last day in Japan on which a link works."""
    return in_japan(expires_at - timedelta(seconds=1))


def in_office_hours(now: datetime, closing_days: Container[date] = NO_CLOSING_DAYS) -> bool:
    """Say whether mail goes out now: on a business day between nine and six in Japan."""
    open_now = OFFICE_OPENS <= now.astimezone(JST).hour < OFFICE_CLOSES
    return open_now and is_business_day(in_japan(now), closing_days)


def month_to_ask(now: datetime, closing_days: Container[date] = NO_CLOSING_DAYS) -> date | None:
    """Return the month whose askings are due now, None outside office hours; no business day comes before the first."""
    return month_of(in_japan(now)) if in_office_hours(now, closing_days) else None


def joined_before(month: date, closing_days: Container[date] = NO_CLOSING_DAYS) -> datetime:
    """Return the moment before which somebody must have become a coordinator to be asked in a month.

    It is the end of the month's asking day in Japan; whoever comes later is asked in the next month, or by staff.
    """
    return datetime.combine(asking_day(month, closing_days) + timedelta(days=1), time(), JST)


def reminder_due(asking: Asking, now: datetime, pace: Pace) -> int | None:
    """Return the number of the reminder that is to go now, None where none is.

    One that staff sent by hand is one of them; two never go on one day, and never more than two in all.
    """
    number = len(asking.reminded_on) + 1
    if number > len(pace.reminders_after) or not may_remind(asking, now):
        return None
    due = add_business_days(in_japan(asking.opened_at), pace.reminders_after[number - 1], pace.closing_days)
    return number if due <= in_japan(now) and in_office_hours(now, pace.closing_days) else None


def may_remind(asking: Asking, now: datetime) -> bool:
    """Say whether another reminder may go at all: asked, unanswered, not today already, and fewer than two so far."""
    today = in_japan(now)
    fresh = today not in asking.reminded_on and today != in_japan(asking.opened_at)
    return asking.is_open(now) and fresh and len(asking.reminded_on) < MOST_REMINDERS


def waited(asking: Asking, now: datetime, closing_days: Container[date] = NO_CLOSING_DAYS) -> int:
    """Count the business days since an asking opened; the first day does not count (初日不算入)."""
    return business_days_between(in_japan(asking.opened_at), in_japan(now), closing_days)


def next_asking(today: date, asked: Sequence[date], closing_days: Container[date] = NO_CLOSING_DAYS) -> date:
    """Return the day of the next asking; `asked` are the months that have been asked or answered already."""
    this = month_of(today)
    day = asking_day(this, closing_days)
    return day if this not in asked and today <= day else asking_day(next_month(this), closing_days)


def heartbeat(
    latest: Asking | None, coordinators: int, now: datetime, closing_days: Container[date] = NO_CLOSING_DAYS
) -> Heartbeat:
    """Say how an institution stands: `latest` is its latest asking, `coordinators` how many speak for it now.

    The answer of one month holds until the asking day of the next.
    """
    if coordinators == 0:
        return Heartbeat.NOBODY
    if latest is None:
        return Heartbeat.NOT_ASKED
    if latest.is_open(now):
        return Heartbeat.WAITING
    if latest.answered_at is None:
        return Heartbeat.LAPSED
    holds_until = asking_day(next_month(latest.month), closing_days)
    return Heartbeat.ANSWERED if in_japan(now) < holds_until else Heartbeat.NOT_ASKED
