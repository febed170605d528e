"""What a file gives, entry by entry: a record, or what is wrong at its place, with the raw text that was refused."""

from dataclasses import dataclass

from app.ground.i18n import Locale, Message, Said
from app.trials.record import Record
from app.trials.rules.personal import without_contacts
from app.trials.rules.texts import storable

LONGEST_RAW = 2_000


class Unreadable(Exception):
    """What was handed in is no record of the source: says what is wrong, in a whole sentence."""

    def __init__(self, message: Message, **details: object) -> None:
        super().__init__(message.msgid % details)
        self.message = message
        self.details = details

    def in_(self, locale: Locale) -> str:
        """Say what is wrong in the reader's language."""
        return self.message.in_(locale, **self.details)


@dataclass(frozen=True)
class Found:
    """One entry of a file: `place` is None where the whole file is meant; either `record` or `problem` is there."""

    place: Said | None
    record: Record | None = None
    problem: Unreadable | None = None
    raw: str = ""


def refused(place: Said | None, problem: Unreadable, raw: object = "") -> Found:
    """Return an entry that was refused, with the beginning of its text, without mail addresses and telephones."""
    shown = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    return Found(place, None, problem, without_contacts(storable(shown[:LONGEST_RAW])))
