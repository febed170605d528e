"""A year month by month, and what its end looks like. Pure arithmetic over a count."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp
from typing import Final

from app.ground.calendar import fiscal_year, fiscal_year_span, in_japan
from app.kpi.rules.counting import Count

MONTHS: Final = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)


@dataclass(frozen=True)
class Month:
    """One month of a fiscal year; the three numbers are None while the month is still to come."""

    year: int
    month: int
    counted: int | None
    total: int | None
    contacts: int | None


@dataclass(frozen=True)
class Outlook:
    """The year's count at its end if the pace holds (年度末見込み), with an 80 % interval."""

    expected: int
    low: int
    high: int


def by_month(count: Count) -> tuple[Month, ...]:
    """Return the twelve months, April first: counted cases, their running total, contacts."""
    return tuple(_months(count))


def _months(count: Count) -> Iterator[Month]:
    today, total = in_japan(count.at), 0
    counted = [standing.dated for standing in count.counted if standing.dated]
    contacts = [in_japan(contact.at) for contact in count.contacts]
    for month in MONTHS:
        first = date(count.year + (month < MONTHS[0]), month, 1)
        if first > today:
            yield Month(first.year, month, None, None, None)
            continue
        total += _in_month(counted, first)
        yield Month(
            first.year,
            month,
            _in_month(counted, first),
            total,
            _in_month(contacts, first),
        )


def _in_month(days: Iterable[date], first: date) -> int:
    return sum((day.year, day.month) == (first.year, first.month) for day in days)


def running_total(count: Count) -> tuple[tuple[date, int], ...]:
    """Return the days in Japan on which the total rose, with the total from that day on."""
    days = sorted(standing.dated for standing in count.counted if standing.dated)
    return tuple((day, number) for number, day in enumerate(days, start=1))


def outlook(count: Count) -> Outlook | None:
    """Say where the year ends if the cases per day since 1 April stay the same.

    The cases still to come are taken as a Poisson number of that mean; the interval runs from
    its 10 % to its 90 % quantile. None outside the running year: a past year is over, and one
    that has not begun has no pace.
    """
    if fiscal_year(count.at) != count.year:
        return None
    gone, left = _days(count.year, count.at)
    done = len(count.counted)
    mean = done / gone * left
    return Outlook(round(done + mean), done + poisson(mean, 0.1), done + poisson(mean, 0.9))


def _days(year: int, at: datetime) -> tuple[int, int]:
    """Days of the fiscal year gone, today included, and days left."""
    start, end = (in_japan(moment) for moment in fiscal_year_span(year))
    gone = (in_japan(at) - start + timedelta(days=1)).days
    return gone, (end - start).days - gone


def poisson(mean: float, share: float) -> int:
    """Return the smallest number that a Poisson variable of this mean does not exceed with that share.

    Raises ValueError for a share outside 0 to 1 (exclusive) or a mean that is negative or above
    700, where exp(-mean) would vanish; a window receives tens of cases a year.
    """
    if not (0 < share < 1 and 0 <= mean <= 700):
        raise ValueError(f"no quantile {share} for a mean of {mean}")
    number, term = 0, exp(-mean)
    reached = term
    while reached < share:
        number += 1
        term *= mean / number
        reached += term
    return number
