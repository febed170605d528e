"""When the demonstration's past happened: days before today, kept inside the fiscal year that they tell of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.ground import calendar


@dataclass
class Past:
    """Turns the ages of a file into moments that never run backward.

    A positive age counts days before today; early in a fiscal year ages are drawn together, so that what
    the file tells of this year stays in it. A negative age counts days before the year began.
    """

    now: datetime
    oldest: int
    latest: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    def at(self, days_ago: int, hour: int) -> datetime:
        """Return the moment of an age at an hour in Japan, and never one before the last that was asked for."""
        today = calendar.in_japan(self.now)
        first = calendar.in_japan(calendar.fiscal_year_span(calendar.fiscal_year(today))[0])
        if days_ago < 0:
            day = first + timedelta(days=days_ago)
        else:
            day = today - timedelta(days=round(days_ago * min(1, (today - first).days / self.oldest)))
        moment = datetime.combine(_worked_on(day, first), time(hour), calendar.JST)
        self.latest = max(self.latest, min(moment, self.now - timedelta(minutes=1)))
        return self.latest


def _worked_on(day: date, first: date) -> date:
    """Return the day, or the last one before it on which offices work; never one of the year before."""
    worked = day
    while not calendar.is_business_day(worked):
        worked -= timedelta(days=1)
    return day if worked < first <= day else worked
