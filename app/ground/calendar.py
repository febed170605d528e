"""Days and years are reckoned in Japan time, wherever the reader and the server are."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import jpholiday

JST: Final = ZoneInfo("Asia/Tokyo")
NO_CLOSING_DAYS: Final[frozenset[date]] = frozenset()

# First days of the eras, newest first (元号を改める政令, 2019 and 1989).
_ERAS: Final = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
)
_FISCAL_YEAR_STARTS_IN: Final = 4
SATURDAY: Final = 5


@dataclass(frozen=True)
class ClosingDays:
    """The operator's own closing days: "12-29" closes every year, "2027-05-02" once."""

    written: frozenset[str]

    def __contains__(self, day: object) -> bool:
        """Say whether the window is closed on a day."""
        return isinstance(day, date) and bool(self.written & {day.isoformat(), day.strftime("%m-%d")})


def closing_days(written: str) -> ClosingDays:
    """Read closing days that are parted by commas. Raises ValueError for what is no day."""
    days = frozenset(part.strip() for part in written.split(",") if part.strip())
    for day in days:
        # 2028 is a leap year, so that 02-29 is a day.
        date.fromisoformat(day if len(day) > len("12-29") else f"2028-{day}")
    return ClosingDays(days)


def in_japan(moment: datetime) -> date:
    """Return the calendar day on which a moment falls in Japan.

    Raises ValueError for a moment without a time zone, because nobody knows its day.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(JST).date()


def end_of(day: date) -> datetime:
    """Return the last instant of a day in Japan, in UTC: "as of 20 November" includes that day."""
    return datetime.combine(day + timedelta(days=1), time(), JST).astimezone(UTC) - timedelta(microseconds=1)


def fiscal_year(moment: datetime | date) -> int:
    """Return the Japanese fiscal year of a moment, or of a day in Japan.

    It is the year in which it begins: FY2028 is 1 April 2028 to 31 March 2029.
    """
    day = in_japan(moment) if isinstance(moment, datetime) else moment
    return day.year if day.month >= _FISCAL_YEAR_STARTS_IN else day.year - 1


def fiscal_year_span(year: int) -> tuple[datetime, datetime]:
    """Return the first moment of a fiscal year and the first moment after it, in UTC."""
    first, after = (datetime(y, _FISCAL_YEAR_STARTS_IN, 1, tzinfo=JST).astimezone(UTC) for y in (year, year + 1))
    return first, after


@lru_cache(maxsize=4096)
def holiday_name(day: date) -> str | None:
    """Return the Japanese name of a public holiday (国民の祝日に関する法律), else None."""
    name: str | None = jpholiday.is_holiday_name(day)
    return name


def is_business_day(day: date, closing_days: Container[date] = NO_CLOSING_DAYS) -> bool:
    """Say whether the window works on a day.

    It does not on weekends, public holidays and the operator's own closing days.
    """
    return day.weekday() < SATURDAY and holiday_name(day) is None and day not in closing_days


def add_business_days(day: date, days: int, closing_days: Container[date] = NO_CLOSING_DAYS) -> date:
    """Return the day on which a number of business days is over.

    The first day does not count (初日不算入). With 0 it is the day itself, or the next
    business day where the window is closed on it. Raises ValueError for a negative number.
    """
    if days < 0:
        raise ValueError("business days are counted forward")
    while not is_business_day(day, closing_days) and days == 0:
        day += timedelta(days=1)
    for _ in range(days):
        day += timedelta(days=1)
        while not is_business_day(day, closing_days):
            day += timedelta(days=1)
    return day


def business_days_between(start: date, end: date, closing_days: Container[date] = NO_CLOSING_DAYS) -> int:
    """Count the business days after `start` up to and including `end`.

    The count is negative when `end` comes first.
    """
    if end < start:
        return -business_days_between(end, start, closing_days)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_business_day(day, closing_days) for day in days)


def era_year(day: date) -> str:
    """Write the year of a day by the Japanese era, as official papers do: 令和8年.

    The first year of an era is 元年. Raises ValueError for a day before 昭和 (25 December 1926).
    """
    for first_day, name in _ERAS:
        if day >= first_day:
            number = day.year - first_day.year + 1
            return f"{name}{'元' if number == 1 else number}年"
    raise ValueError(f"{day} is before the eras known here")


def era_fiscal_year(year: int) -> str:
    """Write a fiscal year by the era: 2028 is 令和10年度.

    A year in which the era changed carries the new name as a whole (2019 is 令和元年度),
    hence the last day of the calendar year decides.
    """
    return f"{era_year(date(year, 12, 31))}度"
