"""The window's clock: business days in Japan, computed from the log each time it is shown."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from app.consultations.rules.stages import PATH, Stage, Waiting
from app.ground import calendar
from app.ground.i18n import Message, _

SOON: Final = 2
"""From so many business days before the end a clock asks for attention."""

FOLLOW_UP_MONTHS: Final = (3, 6, 12)
"""When the window asks what became of a case, in months after it entered the follow-up."""

ALLOWANCES: Final[dict[Stage, int | None]] = {stage: step.days for stage, step in PATH.items()}


class Tone(StrEnum):
    """How urgent a clock is; the page says it in words and colours the chip."""

    OK = "ok"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"


@dataclass(frozen=True)
class LogEntry:
    """What the clock reads of one event: it entered a stage, began to wait, or stopped waiting."""

    at: datetime
    entered: Stage | None = None
    waits_for: Waiting | None = None
    resumed: bool = False


@dataclass(frozen=True)
class DayOff:
    """A weekday on which the window does not work."""

    day: date

    @property
    def label(self) -> Message:
        """Why not."""
        return day_off_label(self.day)


@dataclass(frozen=True)
class Pause:
    """Days on which the window waited for another; `until` is None while it still does."""

    waits_for: Waiting
    since: date
    until: date | None


@dataclass(frozen=True)
class Clock:
    """Where a clock stands and why, all in days of Japan.

    `allowed` and `used` count business days, waiting left out; `left` is negative when overdue and
    None while paused or where the stage has no limit; `due` is None in the same cases.
    """

    stage: Stage
    entered: date
    allowed: int | None
    used: int
    left: int | None
    due: date | None
    paused: Pause | None
    waited: int
    days_off: tuple[DayOff, ...]
    next_check: date | None

    @property
    def tone(self) -> Tone | None:
        """How urgent it is, or None where the stage has no limit."""
        if self.paused is not None:
            return Tone.PAUSED
        if self.left is None:
            return None if self.next_check is None else Tone.OK
        return tone_of(self.left)

    @property
    def urgency(self) -> tuple[int, int]:
        """What to sort by, most urgent first: overdue, running, without limit, paused."""
        if self.paused is not None:
            return (2, 0)
        return (1, 0) if self.left is None else (0, self.left)


@dataclass(frozen=True)
class Countdown:
    """Business days until somebody else should have done something; negative when overdue."""

    due: date
    left: int
    days_off: tuple[DayOff, ...]

    @property
    def tone(self) -> Tone:
        """How urgent it is."""
        return tone_of(self.left)


def countdown(
    since: datetime, days: int, *, now: datetime, closing_days: Container[date] = calendar.NO_CLOSING_DAYS
) -> Countdown:
    """Return how long somebody has who was asked at a moment and given a number of business days."""
    start = calendar.in_japan(since)
    due = calendar.add_business_days(start, days, closing_days)
    left = calendar.business_days_between(calendar.in_japan(now), due, closing_days)
    return Countdown(due, left, days_off_in(start, due, closing_days))


def tone_of(left: int) -> Tone:
    """Say how urgent it is with so many business days left."""
    if left < 0:
        return Tone.LATE
    return Tone.SOON if left <= SOON else Tone.OK


def clock_of(
    log: Sequence[LogEntry],
    *,
    now: datetime,
    allowances: Mapping[Stage, int | None] = ALLOWANCES,
    closing_days: Container[date] = calendar.NO_CLOSING_DAYS,
) -> Clock:
    """Read the clock of the current stage from the log, oldest entry first.

    It restarts whenever a stage is entered, the same one included, and stands still while waiting.
    Raises ValueError where the log enters no stage.
    """
    position, stage, entered = _last_entry(log)
    today = max(calendar.in_japan(now), entered)
    pauses = pauses_in(log[position:])
    waited = _waited(pauses, today, closing_days)
    used = calendar.business_days_between(entered, today, closing_days) - waited
    running = pauses[-1] if pauses and pauses[-1].until is None else None
    due = _due(entered, allowances[stage], waited, running, closing_days)
    return Clock(
        stage=stage,
        entered=entered,
        allowed=allowances[stage],
        used=used,
        left=None if due is None else calendar.business_days_between(today, due, closing_days),
        due=due,
        paused=running,
        waited=waited,
        days_off=days_off_in(entered, due, closing_days),
        next_check=next_check(entered, today) if stage is Stage.FOLLOW_UP else None,
    )


def pauses_in(log: Iterable[LogEntry]) -> list[Pause]:
    """Return the times of waiting in a part of the log; entering a stage ends the waiting before it."""
    pauses: list[Pause] = []
    for entry in log:
        day = calendar.in_japan(entry.at)
        if pauses and pauses[-1].until is None and (entry.waits_for or entry.resumed or entry.entered):
            pauses[-1] = Pause(pauses[-1].waits_for, pauses[-1].since, day)
        if entry.waits_for is not None:
            pauses.append(Pause(entry.waits_for, day, None))
    return pauses


def days_off_in(start: date, end: date | None, closing_days: Container[date]) -> tuple[DayOff, ...]:
    """Return the weekdays after `start` up to `end` on which the window does not work: they moved the end."""
    if end is None:
        return ()
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return tuple(
        DayOff(day)
        for day in days
        if day.weekday() < calendar.SATURDAY and not calendar.is_business_day(day, closing_days)
    )


def next_check(entered: date, today: date) -> date | None:
    """Return the next day on which the window asks what became of the case, or None after the last."""
    days = (_months_later(entered, months) for months in FOLLOW_UP_MONTHS)
    return next((day for day in days if day >= today), None)


def _last_entry(log: Sequence[LogEntry]) -> tuple[int, Stage, date]:
    for position in range(len(log) - 1, -1, -1):
        stage = log[position].entered
        if stage is not None:
            return position, stage, calendar.in_japan(log[position].at)
    raise ValueError("the log enters no stage")


def _waited(pauses: Iterable[Pause], today: date, closing_days: Container[date]) -> int:
    between = calendar.business_days_between
    return sum(between(pause.since, pause.until or today, closing_days) for pause in pauses)


def _due(
    entered: date,
    allowed: int | None,
    waited: int,
    running: Pause | None,
    closing_days: Container[date],
) -> date | None:
    if allowed is None or running is not None:
        return None
    return calendar.add_business_days(entered, allowed + waited, closing_days)


def _months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))


# The public holidays of Japan in both languages; English names as the Cabinet Office gives them.
HOLIDAYS: Final[dict[str, Message]] = {
    "元日": _("New Year's Day"),
    "成人の日": _("Coming of Age Day"),
    "建国記念の日": _("National Foundation Day"),
    "天皇誕生日": _("the Emperor's Birthday"),
    "春分の日": _("Vernal Equinox Day"),
    "昭和の日": _("Showa Day"),
    "憲法記念日": _("Constitution Memorial Day"),
    "みどりの日": _("Greenery Day"),
    "こどもの日": _("Children's Day"),
    "海の日": _("Marine Day"),
    "山の日": _("Mountain Day"),
    "敬老の日": _("Respect for the Aged Day"),
    "秋分の日": _("Autumnal Equinox Day"),
    "スポーツの日": _("Sports Day"),
    "文化の日": _("Culture Day"),
    "勤労感謝の日": _("Labour Thanksgiving Day"),
}
SUBSTITUTE_HOLIDAY: Final = _("a substitute public holiday")
OWN_CLOSING_DAY: Final = _("a closing day of the window")


def day_off_label(day: date) -> Message:
    """Return why the window does not work on a weekday.

    Days that stand in for a holiday (振替休日, 国民の休日) share one name.
    """
    name = calendar.holiday_name(day)
    return OWN_CLOSING_DAY if name is None else HOLIDAYS.get(name, SUBSTITUTE_HOLIDAY)
