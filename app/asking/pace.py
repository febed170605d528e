"""How this operator asks for the monthly confirmation, as its settings say."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends

from app.asking.closing_days import closing_days_of
from app.asking.transaction import InSettings
from app.settings import Settings
from app.sites.rules.confirming import Pace


def pace_of(settings: Settings) -> Pace:
    """Return how long links work, when reminders go, and on which days nobody is asked."""
    after = tuple(sorted(int(days) for days in settings.confirmation_reminders.split(",") if days.strip()))
    return Pace(timedelta(days=settings.confirmation_days), after, closing_days_of(settings))


def pace_of_asker(settings: InSettings) -> Pace:
    """Return the pace of the service that is asked."""
    return pace_of(settings)


InPace = Annotated[Pace, Depends(pace_of_asker)]
