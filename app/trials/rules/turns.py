"""When a registry may be asked: one question at a time, with a pause after each, and never while it has asked us to wait."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Without a word from the registry: it has just said that it has too much to do.
WAIT_UNSAID = 300.0
LONGEST_SAID = 86_400.0


def wait_for_turn(now: datetime, *, free_at: datetime, held_until: datetime | None, poll: float) -> float:
    """Return the seconds until it is worth looking again; 0 where the turn is free to take.

    Somebody who holds the turn is asked after every `poll` seconds, since they mostly finish early.
    """
    if held_until is not None and held_until > now:
        return min(poll, (held_until - now).total_seconds())
    return max(0.0, (free_at - now).total_seconds())


def asked_wait(text: str | None, *, now: datetime) -> float:
    """Return the seconds of a Retry-After (RFC 9110, 10.2.3: seconds or a date), at most a day; 300 where it is unusable."""
    said = (text or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", said):
        return min(float(said), LONGEST_SAID)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return WAIT_UNSAID
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_SAID)
