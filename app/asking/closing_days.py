"""The days on which this operator does not work, for whatever counts business days."""

from typing import Annotated

from fastapi import Depends

from app.asking.transaction import InSettings
from app.ground import calendar


def closing_days_of(settings: InSettings) -> calendar.ClosingDays:
    """Return the operator's own closing days as the settings name them."""
    return calendar.closing_days(settings.closing_days)


InClosingDays = Annotated[calendar.ClosingDays, Depends(closing_days_of)]
