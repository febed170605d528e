"""How much room an institution has for new trials: what a coordinator typed, read or refused beside its field."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.ground.i18n import Message, Said, _, say
from app.sites.rules.days import read_day

MOST_TRIALS = 99
LONGEST_NOTE = 500
OLDEST_STATEMENT = timedelta(days=366)
FARTHEST_START = timedelta(days=3660)

Errors = dict[str, Message | Said]


class CapacityState(StrEnum):
    """Whether new trials can be taken."""

    OPEN = "open"
    LIMITED = "limited"
    CLOSED = "closed"

    @property
    def label(self) -> Message:
        """The state in the reader's words."""
        return _STATES[self]


_STATES = {
    CapacityState.OPEN: _("Open to new trials"),
    CapacityState.LIMITED: _("Limited: ask first"),
    CapacityState.CLOSED: _("Closed to new trials"),
}


@dataclass(frozen=True)
class Statement:
    """What an institution says of its room in one area and phase, on one day; `public`: everybody may read it."""

    state: CapacityState
    trials_can_start: int
    from_day: date | None
    as_of: date
    note: str
    public: bool = False


def read_statement(typed: Mapping[str, str], *, today: date) -> tuple[Statement | None, Errors]:
    """Read a row of the capacity form.

    `typed` holds state, trials, from_day, as_of and note as they were typed, and "yes" in `public` where the row
    is for everybody; `today` is the day in Japan. Returns the statement, or None with a sentence for each field that cannot be taken.
    """
    errors: Errors = {}
    state = _state(typed.get("state", ""), errors)
    trials = _trials(typed.get("trials", ""), state, errors)
    from_day = _from_day(typed.get("from_day", ""), today, errors)
    as_of = _as_of(typed.get("as_of", ""), today, errors)
    note = _note(typed.get("note", ""), errors)
    if errors or state is None or trials is None or as_of is None:
        return None, errors
    return Statement(state, trials, from_day, as_of, note, typed.get("public") == "yes"), {}


def _state(text: str, errors: Errors) -> CapacityState | None:
    if text in set(CapacityState):
        return CapacityState(text)
    errors["state"] = _("Choose open, limited or closed.")
    return None


def _trials(text: str, state: CapacityState | None, errors: Errors) -> int | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        errors["trials"] = _("Enter how many trials can start, 0 where none can.")
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10 and int(plain) <= MOST_TRIALS):
        errors["trials"] = say(
            _("“%(typed)s” is not a number of trials. Enter a whole number from 0 to %(most)s."),
            typed=text,
            most=MOST_TRIALS,
        )
        return None
    if state is CapacityState.OPEN and int(plain) == 0:
        errors["trials"] = _("Open means that at least one trial can start. Enter 1 or more, or choose closed.")
    elif state is CapacityState.CLOSED and int(plain) > 0:
        errors["trials"] = _("Closed means that no trial can start. Enter 0, or choose limited or open.")
    return int(plain)


def _from_day(text: str, today: date, errors: Errors) -> date | None:
    if not text.strip():
        return None
    day = read_day(text)
    if day is None or not today - OLDEST_STATEMENT <= day <= today + FARTHEST_START:
        errors["from_day"] = say(
            _(
                "“%(typed)s” is not a day from which trials can start. Enter a month or a day, for example 2027-01 or R9.1."
            ),
            typed=text,
        )
    return day


def _as_of(text: str, today: date, errors: Errors) -> date | None:
    day = read_day(text)
    if day is None or not today - OLDEST_STATEMENT <= day <= today:
        errors["as_of"] = say(
            _("“%(typed)s” cannot be the date of this statement. Enter a day within the last year, not after today."),
            typed=text,
        )
        return None
    return day


def _note(text: str, errors: Errors) -> str:
    # PostgreSQL cannot hold NUL, and no other control character but a line break means anything in a note.
    kept = "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) != "Cc").strip()
    if len(kept) > LONGEST_NOTE:
        errors["note"] = say(
            _("The note has %(count)s characters. Shorten it to %(most)s."), count=len(kept), most=LONGEST_NOTE
        )
    return kept
