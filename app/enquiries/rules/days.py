"""Days as people write them, in English and in Japanese, with Japanese eras; a day that could mean two is not guessed."""

import re
from datetime import date

from app.ground.calendar import era_year

# First year of each era whose dates can still be typed, and the letter that forms use for it.
_ERAS = {"令和": 2019, "平成": 1989, "昭和": 1926, "r": 2019, "h": 1989, "s": 1926}
_NAMES = {"r": "令和", "h": "平成", "s": "昭和"}
_LONG_MONTHS = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
_MONTHS = [name[:3] for name in _LONG_MONTHS]
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_ERA_FIRST = re.compile(r"(令和|平成|昭和|[rhs])\s*(\d{1,2}|元)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_DAY_FIRST = re.compile(r"(\d{1,2})\s+([a-z]+)\.?,?\s+(\d{4})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2}),?\s+(\d{4})")


# Full-width figures, letters and signs (U+FF01 to U+FF5E) are how a Japanese keyboard types, not mistakes.
_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


def half_width(text: str) -> str:
    """Return a text with full-width figures and letters made plain, and without spaces around it."""
    return text.translate(_HALF_WIDTH).strip()


def day_in(text: str) -> date | None:
    """Return the day that a text names, None where it names none, a wrong one, or could mean two.

    Understood: 2027-04-01, 2027/4/1, 2027年4月1日, 令和9年4月1日, R9.4.1, 1 Apr 2027, April 1, 2027, all of them in
    full-width figures too. Refused: 03/04/2027, which is March in Boston and April in London; 31 April; and days
    that their era does not have (令和元年4月30日).
    """
    plain = half_width(text).lower()
    if found := _YEAR_FIRST.fullmatch(plain):
        return _day(found[1], found[2], found[3])
    if found := _ERA_FIRST.fullmatch(plain):
        return _day_of_era(*found.groups())
    if found := _DAY_FIRST.fullmatch(plain):
        return _day(found[3], _month(found[2]), found[1])
    if found := _MONTH_FIRST.fullmatch(plain):
        return _day(found[3], _month(found[1]), found[2])
    return None


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _month(word: str) -> int:
    """Return a month by its English name or its first three letters, 0 (which no date has) for anything else."""
    names = _LONG_MONTHS if word in _LONG_MONTHS else _MONTHS
    return names.index(word) + 1 if word in names else 0


def _day_of_era(era: str, year: str, month: str, day: str) -> date | None:
    found = _day(_ERAS[era] + (1 if year == "元" else int(year)) - 1, month, day)
    if found is None or found < date(1926, 12, 25):
        return None
    return found if era_year(found).startswith(_NAMES.get(era, era)) else None
