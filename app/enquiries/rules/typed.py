"""What a person typed becomes a value, or a sentence beside the field; a text stays the text that was typed."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from app.enquiries.fields import Field, Kind
from app.enquiries.rules.days import day_in, half_width
from app.ground.i18n import Said, _, say

# Far above what anyone types: a text is kept whole, and only what would choke a page is refused.
LONGEST_TEXT = 50_000
LARGEST_COUNT = 1_000_000
# The oldest age that a registered trial states; beyond it somebody mistyped.
OLDEST = 130
MOST_CHOSEN = 200
_QUOTED = 60
_COUNT = re.compile(r"\d{1,3}(,\d{3})+|\d+")
_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*(years?|歳|才|months?|か月|カ月|ヵ月|ヶ月|weeks?|週|days?|日)?")
# Mean lengths of the Gregorian calendar, in years.
_YEARS = {"y": 1.0, "歳": 1.0, "才": 1.0, "m": 1 / 12, "w": 7 / 365.2425, "週": 7 / 365.2425, "d": 1 / 365.2425}
_YEARS |= {"か": 1 / 12, "カ": 1 / 12, "ヵ": 1 / 12, "ヶ": 1 / 12, "日": 1 / 365.2425}


class Wrong(Exception):
    """What was typed cannot be taken; `said` stands beside the field."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.message.msgid)
        self.said = said


def is_empty(typed: Sequence[str]) -> bool:
    """Say whether nothing but spaces was typed."""
    return not any(text.strip() for text in typed)


def read(field: Field, typed: Sequence[str], *, today: date) -> Any:
    """Return the value of what was typed into a field, None where nothing was.

    Shapes by kind: str for texts, choices, concepts, countries and days (ISO 8601); int for counts; int or float
    for ages, in years; list[str] where a field takes many. Concepts and countries are returned as typed: whether
    they stand in the vocabulary is for the database to say. Raises Wrong.
    """
    if is_empty(typed):
        return None
    for text in typed:
        refuse_unstorable(text)
    return _READERS[field.kind](field, typed, today)


def refuse_unstorable(text: str) -> None:
    """Refuse the two things that PostgreSQL cannot keep as text: NUL and half of a surrogate pair. Raises Wrong."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Wrong(say(_("This holds a character that cannot be stored. Type it again without pasting.")))


def quoted(text: str) -> str:
    """Return what was typed, short enough to stand in a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED]}…"


def _line(field: Field, typed: Sequence[str], today: date) -> str:
    return _not_too_long(typed[0])


def _lines(field: Field, typed: Sequence[str], today: date) -> str:
    # A form sends its line ends as CR LF whatever was typed (HTML, "constructing the entry list").
    return _not_too_long(typed[0].replace("\r\n", "\n"))


def _not_too_long(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        words = _("Enter at most %(most)s characters. You typed %(length)s.")
        raise Wrong(say(words, most=f"{LONGEST_TEXT:,}", length=f"{len(text):,}"))
    return text


def _choice(field: Field, typed: Sequence[str], today: date) -> str:
    if field.label_of(typed[0]) is None:
        raise Wrong(say(_("Choose one of the answers.")))
    return typed[0]


def _choices(field: Field, typed: Sequence[str], today: date) -> list[str]:
    return [_choice(field, [code], today) for code in _distinct(field, typed, today)]


def _as_typed(field: Field, typed: Sequence[str], today: date) -> str:
    # A chosen suggestion is sent after the words that were typed, under the same name.
    return _not_too_long(next(text.strip() for text in reversed(typed) if text.strip()))


def _distinct(field: Field, typed: Sequence[str], today: date) -> list[str]:
    """Return each thing once: one an input or one a line."""
    each = dict.fromkeys(line.strip() for text in typed for line in text.splitlines() if line.strip())
    if len(each) > MOST_CHOSEN:
        raise Wrong(say(_("Choose at most %(most)s."), most=MOST_CHOSEN))
    return [_not_too_long(text) for text in each]


def _count(field: Field, typed: Sequence[str], today: date) -> int:
    text = half_width(typed[0])
    if not _COUNT.fullmatch(text):
        words = _("Enter a whole number, 0 or more. You typed “%(typed)s”.")
        raise Wrong(say(words, typed=quoted(typed[0])))
    if len(text) > 20 or (number := int(text.replace(",", ""))) > LARGEST_COUNT:
        raise Wrong(say(_("Enter at most %(most)s."), most=f"{LARGEST_COUNT:,}"))
    return number


def _age(field: Field, typed: Sequence[str], today: date) -> int | float:
    years = age_of(half_width(typed[0]))
    if years is None or years > OLDEST:
        words = _("Enter an age in years from 0 to %(most)s, for example 18 or 0.5. You typed “%(typed)s”.")
        raise Wrong(say(words, most=OLDEST, typed=quoted(typed[0])))
    return years


def age_of(text: str) -> int | float | None:
    """Return the years in an age as a registry writes it ("18 Years", "6 Months"), None where it says no age."""
    found = _AGE.fullmatch(text.strip().lower())
    if not found or len(found[1]) > 9:
        return None
    years = round(float(found[1]) * _YEARS[(found[2] or "y")[0]], 4)
    return int(years) if years.is_integer() else years


def _day(field: Field, typed: Sequence[str], today: date) -> str:
    day = day_in(typed[0])
    if day is None:
        words = _("Enter a day that exists, for example 2027-03-31 or 31 Mar 2027. You typed “%(typed)s”.")
        raise Wrong(say(words, typed=quoted(typed[0])))
    if not today <= day <= today.replace(year=today.year + 30, day=min(today.day, 28)):
        words = _("Enter a day from today on, within 30 years. You typed “%(typed)s”.")
        raise Wrong(say(words, typed=quoted(typed[0])))
    return day.isoformat()


_READERS: dict[Kind, Callable[[Field, Sequence[str], date], Any]] = {
    Kind.TEXT: _line,
    Kind.LONG_TEXT: _lines,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.CONCEPT: _as_typed,
    Kind.CONCEPTS: _distinct,
    Kind.COUNTRY: _as_typed,
    Kind.COUNTRIES: _distinct,
    Kind.COUNT: _count,
    Kind.AGE: _age,
    Kind.DAY: _day,
}
