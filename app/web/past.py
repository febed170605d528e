"""A page as it stood on a past day: read from the address, refused beside its field."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query

from app.asking.page import InPage
from app.asking.transaction import Now
from app.ground.calendar import end_of, in_japan
from app.ground.i18n import _, say
from app.sites.rules import read_day

NOT_A_DAY = _("“%(typed)s” is not a day. Enter for example 2026-04-01 or R8.4.1.")
TO_COME = _("“%(typed)s” lies ahead. Enter a day up to today.")


@dataclass(frozen=True)
class Past:
    """The day that was asked for: as it was typed, what it means, or why it cannot be shown.

    `at` is the last instant of that day in Japan; None is now.
    """

    typed: str = ""
    day: date | None = None
    at: datetime | None = None
    error: str | None = None

    @property
    def errors(self) -> dict[str, str]:
        """The sentence for the field, where there is one."""
        return {"as_of": self.error} if self.error else {}


async def past_asked(page: InPage, now: Now, as_of: Annotated[str, Query(max_length=40)] = "") -> Past:
    """Read the day; today is now."""
    typed = as_of.replace("\0", "").strip()
    if not typed:
        return Past()
    day = read_day(typed)
    if day is None:
        return Past(typed, error=say(NOT_A_DAY, typed=typed).in_(page.locale))
    if day > in_japan(now):
        return Past(typed, error=say(TO_COME, typed=typed).in_(page.locale))
    return Past(typed, day, None if day == in_japan(now) else end_of(day))


AskedPast = Annotated[Past, Depends(past_asked)]
