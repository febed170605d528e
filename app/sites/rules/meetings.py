"""Meetings of a committee with their deadlines: one typed, several pasted, or proposed by a regular rule."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.ground.calendar import holiday_name, is_business_day
from app.ground.i18n import Message, Said, _, say
from app.sites.rules.days import read_exact_day
from app.sites.rules.texts import Errors

FARTHEST_MEETING = timedelta(days=1100)
EARLIEST_DEADLINE = timedelta(days=183)
MOST_LINES = 100
MOST_DAYS_BEFORE = 183
LAST_WEEK = 5
_WEEKDAY = re.compile(r"\([月火水木金土日](?:曜日?)?(?:・?祝)?\)")
_PARTED = re.compile(r"[,、;；\t]+")
_DAY_OF_A_YEAR = re.compile(r"(\d{1,2})[月/.-](\d{1,2})日?")

WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip
WEEKS = (_("First"), _("Second"), _("Third"), _("Fourth"), _("Last"))


@dataclass(frozen=True)
class Meeting:
    """When a committee meets, and until when documents must be in; None where no deadline is stated."""

    day: date
    deadline: date | None


def read_meeting(typed: Mapping[str, str], *, today: date) -> tuple[Meeting | None, Errors]:
    """Read `day` and `deadline` of the form of one meeting; `today` is the day in Japan.

    Returns the meeting, or None with a sentence for each field that cannot be taken.
    """
    errors: Errors = {}
    day = _exact(typed.get("day", ""))
    if day is None:
        errors["day"] = no_day(typed.get("day", ""))
    elif refusal := _refused_day(day, typed["day"], today):
        errors["day"] = refusal
    text = typed.get("deadline", "")
    deadline = _exact(text)
    if text.strip() and deadline is None:
        errors["deadline"] = no_day(text)
    elif day and deadline and (refusal := _refused_deadline(day, deadline, text)):
        errors["deadline"] = refusal
    return (Meeting(day, deadline), {}) if day and not errors else (None, errors)


def no_day(typed: str) -> Message | Said:
    """Say that something typed is no day."""
    if not typed.strip():
        return _("Enter the day, for example 2026-12-09 or R8.12.9.")
    return say(
        _("“%(typed)s” is not a day. Enter year, month and day, for example 2026-12-09 or R8.12.9."), typed=typed
    )


def _exact(text: str) -> date | None:
    return read_exact_day(_WEEKDAY.sub("", unicodedata.normalize("NFKC", text)))


def _refused_day(day: date, typed: str, today: date) -> Message | Said | None:
    if day < today:
        return say(_("“%(typed)s” is over. Enter a day from today on."), typed=typed)
    if day > today + FARTHEST_MEETING:
        return say(_("“%(typed)s” is more than three years away. Check the year."), typed=typed)
    return None


def _refused_deadline(day: date, deadline: date, typed: str) -> Message | Said | None:
    if deadline > day:
        return say(
            _("The deadline “%(typed)s” is after the meeting. Enter the day of the meeting or one before it."),
            typed=typed,
        )
    if deadline < day - EARLIEST_DEADLINE:
        return say(_("The deadline “%(typed)s” is more than half a year before the meeting. Check it."), typed=typed)
    return None


@dataclass(frozen=True)
class Line:
    """One pasted line: what was read, or what is wrong with it."""

    number: int
    text: str
    meeting: Meeting | None
    problem: Message | Said | None = None


def read_lines(text: str, *, today: date, known: Collection[date]) -> list[Line]:
    """Read pasted lines of a meeting and its deadline each; empty lines are left out.

    `known` are the days on which the committee meets already: such a line is refused, as is a day that an earlier
    line named. A deadline without a year is that of the last such day before the meeting.
    """
    lines: list[Line] = []
    taken = set(known)
    for number, written in enumerate(text.splitlines(), start=1):
        if not written.strip():
            continue
        line = _line(number, written.strip(), today)
        if line.meeting and line.meeting.day in taken:
            line = Line(number, line.text, None, met_already(line.text))
        if line.meeting:
            taken.add(line.meeting.day)
        lines.append(line)
    return lines


def met_already(typed: str) -> Said:
    """Say that the committee meets on a day already."""
    return say(_("“%(typed)s” is in the calendar already."), typed=typed)


def _line(number: int, written: str, today: date) -> Line:
    parts = _parts(_WEEKDAY.sub("", unicodedata.normalize("NFKC", written)))
    if parts is None:
        return Line(number, written, None, _("Write one day, or the meeting and then its deadline."))
    day = read_exact_day(parts[0])
    if day is None:
        return Line(number, written, None, no_day(parts[0]))
    deadline = _deadline(parts[1], day) if parts[1] else None
    if parts[1] and deadline is None:
        return Line(number, written, None, no_day(parts[1]))
    refusal = _refused_day(day, parts[0], today) or (_refused_deadline(day, deadline, parts[1]) if deadline else None)
    return Line(number, written, None if refusal else Meeting(day, deadline), refusal)


def _parts(line: str) -> tuple[str, str] | None:
    """Return the two texts of a line, the second empty where there is one; None where there are more."""
    marked = [part.strip() for part in _PARTED.split(line) if part.strip()]
    if len(marked) > 2:
        return None
    if len(marked) == 2:
        return marked[0], marked[1]
    words = line.strip(" ,、;；\t").split()
    for cut in range(1, len(words)):
        first, second = " ".join(words[:cut]), " ".join(words[cut:])
        day = read_exact_day(first)
        if day and _deadline(second, day):
            return first, second
    # A line of two words is a meeting and a deadline, of which one cannot be read.
    return (words[0], words[1]) if len(words) == 2 and read_exact_day(words[0]) else (" ".join(words), "")


def _deadline(text: str, meeting: date) -> date | None:
    """Return a deadline; where it has no year, the last such day before the meeting."""
    if exact := read_exact_day(text):
        return exact
    if found := _DAY_OF_A_YEAR.fullmatch("".join(text.split())):
        days = (_made(meeting.year - back, int(found[1]), int(found[2])) for back in (0, 1))
        return next((day for day in days if day and day <= meeting), None)
    return None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True)
class Regularly:
    """A regular rule: the nth (1 to 4, 5 for the last) weekday (0 is Monday) of a month; None: no deadline."""

    week: int
    weekday: int
    days_before: int | None


@dataclass(frozen=True)
class Proposal:
    """One meeting that a rule proposes, and what speaks against taking it as it is."""

    day: date
    deadline: date | None
    holiday: str | None
    deadline_is_free: bool
    is_over: bool
    is_known: bool

    @property
    def line(self) -> str:
        """The proposal as it would be pasted."""
        return f"{self.day.isoformat()} {self.deadline.isoformat() if self.deadline else ''}".strip()

    @property
    def can_be_taken(self) -> bool:
        """Whether it can be added at all."""
        return not (self.is_over or self.is_known)

    @property
    def is_plain(self) -> bool:
        """Whether nothing speaks against it: not on a holiday, the deadline on a working day."""
        return self.can_be_taken and self.holiday is None and not self.deadline_is_free


def read_rule(typed: Mapping[str, str]) -> tuple[Regularly | None, Errors]:
    """Read `week` (1 to 5), `weekday` (0 to 6) and `days_before` (may be empty) of the form of a rule."""
    errors: Errors = {}
    week, weekday = _number(typed.get("week", ""), 1, LAST_WEEK), _number(typed.get("weekday", ""), 0, 6)
    if week is None:
        errors["week"] = _("Choose which week of the month.")
    if weekday is None:
        errors["weekday"] = _("Choose a day of the week.")
    text = typed.get("days_before", "")
    before = _number(text, 0, MOST_DAYS_BEFORE)
    if text.strip() and before is None:
        errors["days_before"] = say(
            _("“%(typed)s” is not a number of days. Enter a whole number from 0 to %(most)s."),
            typed=text,
            most=MOST_DAYS_BEFORE,
        )
    if errors or week is None or weekday is None:
        return None, errors
    return Regularly(week, weekday, before), {}


def _number(text: str, least: int, most: int) -> int | None:
    digits = unicodedata.normalize("NFKC", text).strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 6):
        return None
    return int(digits) if least <= int(digits) <= most else None


def proposed(rule: Regularly, fiscal_year: int, *, today: date, known: Collection[date]) -> list[Proposal]:
    """Return one proposal for each month of a fiscal year, April first; none is left out.

    What falls on a holiday, is over or stands already is marked as such: the coordinator decides.
    """
    months = [(fiscal_year + (number > 12), (number - 1) % 12 + 1) for number in range(4, 16)]
    return [_proposal(nth_weekday(year, month, rule), rule, today, known) for year, month in months]


def nth_weekday(year: int, month: int, rule: Regularly) -> date:
    """Return the day of a month that a rule names."""
    first, length = monthrange(year, month)
    day = 1 + (rule.weekday - first) % 7 + 7 * (rule.week - 1)
    return date(year, month, day if day <= length else day - 7)


def _proposal(day: date, rule: Regularly, today: date, known: Collection[date]) -> Proposal:
    deadline = None if rule.days_before is None else day - timedelta(days=rule.days_before)
    return Proposal(
        day=day,
        deadline=deadline,
        holiday=holiday_name(day),
        deadline_is_free=deadline is not None and not is_business_day(deadline),
        is_over=day < today,
        is_known=day in known,
    )
