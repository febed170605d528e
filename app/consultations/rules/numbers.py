"""Consultation numbers: the fiscal year in Japan, then a running number, as in 2026-0021."""

import re
from datetime import datetime
from typing import Final

from app.ground import calendar

_NUMBER: Final = re.compile(r"(?P<year>[0-9]{4})-(?P<running>[0-9]{4,})")


def number_for(received_at: datetime, running: int) -> str:
    """Return the number of the case received as the `running`-th (from 1) of its fiscal year."""
    if running < 1:
        raise ValueError("cases are counted from 1")
    return f"{calendar.fiscal_year(received_at)}-{running:04d}"


def parts_of(number: str) -> tuple[int, int] | None:
    """Return the fiscal year and the running number, or None where the text is no case number."""
    found = _NUMBER.fullmatch(number)
    return (int(found["year"]), int(found["running"])) if found else None
