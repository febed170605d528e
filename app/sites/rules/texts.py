"""Words and dates that a coordinator types about their hospital: read, or refused beside the field."""

import unicodedata
from datetime import date

from app.ground.i18n import Message, Said, _, say
from app.sites.rules.capacity import LONGEST_NOTE, OLDEST_STATEMENT, Errors
from app.sites.rules.days import read_day

LONGEST_NAME = 200

__all__ = ["LONGEST_NAME", "Errors", "plain", "read_as_of", "read_name", "read_note"]


def plain(text: str) -> str:
    """Return a text without control characters (PostgreSQL cannot hold NUL) but with its line breaks, trimmed."""
    unified = text.replace("\r\n", "\n")
    return "".join(sign for sign in unified if sign in "\n\t" or unicodedata.category(sign) != "Cc").strip()


def read_name(text: str, field: str, errors: Errors) -> str | None:
    """Return a name in one line, None for an empty field; adds a sentence to `errors` for one that is too long."""
    name = " ".join(plain(text).split())
    if len(name) > LONGEST_NAME:
        errors[field] = say(
            _("The name has %(count)s characters. Shorten it to %(most)s."), count=len(name), most=LONGEST_NAME
        )
    return name or None


def read_note(text: str, errors: Errors) -> str | None:
    """Return a note, None for an empty field; adds a sentence to `errors` for one that is too long."""
    note = plain(text)
    if len(note) > LONGEST_NOTE:
        errors["note"] = say(
            _("The note has %(count)s characters. Shorten it to %(most)s."), count=len(note), most=LONGEST_NOTE
        )
    return note or None


def read_as_of(text: str, today: date, errors: Errors) -> date:
    """Return the day for which a statement holds: within the last year, not after `today`."""
    day = read_day(text)
    if day is None or not today - OLDEST_STATEMENT <= day <= today:
        errors["as_of"] = no_date_of_a_statement(text)
        return today
    return day


def no_date_of_a_statement(typed: str) -> Message | Said:
    """Say that something typed cannot be the date of a statement."""
    return say(
        _("“%(typed)s” cannot be the date of this statement. Enter a day within the last year, not after today."),
        typed=typed,
    )
