"""Which year, as known when, under which rule: what every page of figures reads from its address."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from app.asking.page import InPage
from app.asking.transaction import Now
from app.ground.calendar import end_of, fiscal_year, in_japan
from app.ground.i18n import Message, Said, _, say
from app.kpi.queries import Wanted

FIRST_YEAR = 2015
NOT_A_DAY = _("Write the day as 2026-11-20; you wrote %(typed)s.")
TO_COME = _("Choose a day that is not in the future; you wrote %(typed)s.")
NOT_A_YEAR = _("Choose a fiscal year from the list; you wrote %(typed)s.")


@dataclass(frozen=True)
class Period:
    """What was asked for as it was typed, what it means, and what in it could not be read."""

    year: str
    as_of: str
    rule: str
    wanted: Wanted
    errors: dict[str, Message | Said]

    def address(self, path: str, **more: object) -> str:
        """Return an address of the same year, day and rule."""
        asked = {"year": self.year, "as_of": self.as_of, "rule": self.rule, **more}
        query = urlencode({name: value for name, value in asked.items() if value not in {"", None}})
        return f"{path}?{query}" if query else path


async def period_asked(
    page: InPage,
    now: Now,
    year: Annotated[str, Query(max_length=20)] = "",
    as_of: Annotated[str, Query(max_length=20)] = "",
    rule: Annotated[str, Query(max_length=40)] = "",
) -> Period:
    """Read the three parameters; what cannot be read is left at its default and said beside its field."""
    period = Period(year.strip(), as_of.strip(), rule, Wanted(now, code=rule or None, with_demo=page.demo), {})
    return _with_year(_with_day(period, now), now)


def _with_day(period: Period, now: datetime) -> Period:
    if not period.as_of:
        return period
    try:
        day = date.fromisoformat(period.as_of.replace("/", "-"))
    except ValueError:
        return _refusing(period, "as_of", say(NOT_A_DAY, typed=period.as_of))
    if day > in_japan(now):
        return _refusing(period, "as_of", say(TO_COME, typed=period.as_of))
    return replace(period, wanted=replace(period.wanted, at=min(end_of(day), now)))


def _with_year(period: Period, now: datetime) -> Period:
    if not period.year:
        return period
    known = period.year.isascii() and period.year.isdigit() and len(period.year) == 4
    if not known or not FIRST_YEAR <= int(period.year) <= fiscal_year(now):
        return _refusing(period, "year", say(NOT_A_YEAR, typed=period.year))
    return replace(period, wanted=replace(period.wanted, year=int(period.year)))


def _refusing(period: Period, field: str, why: Said) -> Period:
    return replace(period, errors={**period.errors, field: why})


AskedPeriod = Annotated[Period, Depends(period_asked)]
