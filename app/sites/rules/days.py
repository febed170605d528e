"""Days as a coordinator types them: western or Japanese years, whole months, full-width digits."""

import re
import unicodedata
from datetime import date

# First day and the year before the first of each era (元号を改める政令).
_ERAS = {
    "令和": (date(2019, 5, 1), 2018),
    "r": (date(2019, 5, 1), 2018),
    "平成": (date(1989, 1, 8), 1988),
    "h": (date(1989, 1, 8), 1988),
}
_NUMBERS = re.compile(r"(令和|平成|r|h)?(\d{1,4}|元)[年./-](\d{1,2})(?:月|[./-](?=\d)|$)(?:(\d{1,2})日?)?")
_WORDS = re.compile(r"(?:(\d{1,2}) )?([a-z]{3,9}) (\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)


def read_day(text: str) -> date | None:
    """Return the day that a text names, the first of the month where it names a month; None where it names none.

    Reads 2027-01-15, 2027/1, 2027年1月15日, 令和9年1月, R9.1.15, Jan 2027 and 15 January 2027, with
    full-width digits too.
    """
    words, numbers = _matched(text)
    if words:
        return _from_words(*words.groups())
    return _from_numbers(*numbers.groups()) if numbers else None


def read_exact_day(text: str) -> date | None:
    """Return the day that a text names in full, as read_day does; None for a whole month."""
    words, numbers = _matched(text)
    return read_day(text) if (words and words[1]) or (numbers and numbers[4]) else None


def _matched(text: str) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    """Return how a text reads with the name of a month, and how in numbers."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    words = _WORDS.fullmatch(" ".join(plain.replace(",", " ").split()))
    return words, None if words else _NUMBERS.fullmatch("".join(plain.split()))


def _from_words(day: str | None, name: str, year: str) -> date | None:
    if name in _NAMES:
        return _day(int(year), _NAMES.index(name) + 1, day)
    return _day(int(year), _MONTHS.index(name) + 1, day) if name in _MONTHS else None


def _from_numbers(era: str | None, year: str, month: str, day: str | None) -> date | None:
    if era is None:
        return _day(int(year), int(month), day) if len(year) == 4 and year.isdigit() else None
    first_day, before = _ERAS[era]
    found = _day(before + (1 if year == "元" else int(year)), int(month), day)
    in_era = found is not None and (found.year, found.month) >= (first_day.year, first_day.month)
    return found if in_era else None


def _day(year: int, month: int, day: str | None) -> date | None:
    try:
        return date(year, month, int(day or 1))
    except ValueError:
        return None
