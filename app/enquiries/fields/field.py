"""What a field of the enquiry is: its tier, its kind, its words, and whether an enquiry can be submitted without it."""

from dataclasses import dataclass
from enum import StrEnum

from app.ground.i18n import Message, _


class Tier(StrEnum):
    """Who may read a value (product.md, "What is confidential, and when it opens")."""

    NON_CONFIDENTIAL = "N"
    CONFIDENTIAL = "A"
    WINDOW = "W"


class Kind(StrEnum):
    """How a value is typed, and what is stored of it."""

    TEXT = "text"  # one line; the text as typed
    LONG_TEXT = "long_text"  # lines; the text as typed
    CHOICE = "choice"  # one of a few; its code
    CHOICES = "choices"  # any of a few; a list of codes
    CONCEPT = "concept"  # one of a vocabulary; its code
    CONCEPTS = "concepts"  # any of a vocabulary; a list of codes
    COUNTRY = "country"  # ISO 3166-1 alpha-2
    COUNTRIES = "countries"  # a list of those
    COUNT = "count"  # a whole number, 0 or more
    AGE = "age"  # years, with a fraction for months
    DAY = "day"  # ISO 8601, a day in Japan

    @property
    def takes_many(self) -> bool:
        """Whether the value is a list."""
        return self in (Kind.CHOICES, Kind.CONCEPTS, Kind.COUNTRIES)


@dataclass(frozen=True)
class Choice:
    """One of a few answers."""

    code: str
    label: Message


@dataclass(frozen=True)
class Field:
    """One field. `needed`: not submitted without it; `needed_if` (field, value): only where that field says so.

    `vocabularies`, `prefixes` and `without` (prefixes again) limit a concept; `term_ja` stands beside the English label.
    """

    code: str
    tier: Tier
    kind: Kind
    label: Message
    term_ja: str
    help: Message | None = None
    choices: tuple[Choice, ...] = ()
    vocabularies: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ("",)
    without: tuple[str, ...] = ()
    needed: bool = False
    needed_if: tuple[str, str] | None = None
    unit: Message | None = None

    def label_of(self, code: str) -> Message | None:
        """Return the words of one of its choices, None for a code that is none of them."""
        return next((choice.label for choice in self.choices if choice.code == code), None)


@dataclass(frozen=True)
class Block:
    """Fields that are filled in together; blocks may be filled in in any order."""

    code: str
    label: Message
    intro: Message
    fields: tuple[Field, ...]


YES_OR_NO = (Choice("yes", _("Yes")), Choice("no", _("No")))
YES_NO_OR_LATER = (*YES_OR_NO, Choice("not_decided", _("Not decided")))
