"""Dates of registries: eras, western years, English months; an impossible or ambiguous date is never guessed."""

import re
import unicodedata
from datetime import date

from app.trials.record import Day

# The first day of each era, and the year before its first (元号を改める政令).
_ERAS = {"令和": (date(2019, 5, 1), 2018), "平成": (date(1989, 1, 8), 1988), "昭和": (date(1926, 12, 25), 1925)}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?: ?Z)?)?"
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2})" + _TIME + ")?")
_KANJI = re.compile(r"(?:西暦)?(令和|平成|昭和)?(\d{1,4}|元)年(?:(\d{1,2})月(?:(\d{1,2})日)?)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?,? ?(?:(\d{1,2})(?:st|nd|rd|th)?,? ?)?,? ?(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?[ -](\d{4})")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) \d{1,2}:\d{2}:\d{2} ?(?:am|pm)")
_SLASHES = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
# Longer than any date; a long text is not a date and is not searched.
_LONGEST = 60
_YEAR = re.compile(r"\d{4}")


def day_of(text: str, kind: str | None = None) -> Day:
    """Return a date with its own text; `value` is None where it is impossible, ambiguous or no date at all.

    Read: 平成31年3月26日, 令和元年5月1日, 2017年07月01日, 2026-12, 2020-04-20 00:00:00, 20200327, Aug. 06, 2019,
    June. 23, 2026, 18 June 2020, 4/29/2020 3:13:32 PM (how ICTRP writes the day of an export). Not read: 04/05/2020,
    which is two days; 令和元年4月30日, before the era began; 2026年2月30日. An era may be written past its end
    (平成33年 = 2021): papers of the time did so, and it names one day only.
    """
    return Day(text, value_of(text), kind)


def value_of(text: str) -> str | None:
    """Return the ISO 8601 date that a text names, as exact as the text is; None where it names none."""
    if len(text) > _LONGEST:
        return None
    plain = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    for pattern, read in _FORMS:
        if found := pattern.fullmatch(plain):
            return read(found)
    if found := _KANJI.fullmatch("".join(plain.split())):
        return _kanji(found)
    return None


def _iso(year: int, month: int | None, day: int | None) -> str | None:
    try:
        whole = date(year, month or 1, day or 1).isoformat()
    except ValueError:
        return None
    return whole if day else whole[:7] if month else whole[:4]


def _kanji(found: re.Match[str]) -> str | None:
    era, written, month, day = found.groups()
    if era is None:
        return _iso(int(written), _int(month), _int(day)) if len(written) == 4 and written.isdigit() else None
    first, before = _ERAS[era]
    value = _iso(before + (1 if written == "元" else int(written)), _int(month), _int(day))
    return value if value is not None and value >= first.isoformat()[: len(value)] else None


def _int(text: str | None) -> int | None:
    # "0" must stay a wrong month or day, so it becomes one that no calendar has.
    return None if text is None else int(text) or 99


def _year_first(found: re.Match[str]) -> str | None:
    return _iso(int(found[1]), _int(found[2]), _int(found[3]))


def _month_first(found: re.Match[str]) -> str | None:
    month = _month(found[1])
    return _iso(int(found[3]), month, _int(found[2])) if month else None


def _day_first(found: re.Match[str]) -> str | None:
    month = _month(found[2])
    return _iso(int(found[3]), month, _int(found[1])) if month else None


def _american(found: re.Match[str]) -> str | None:
    return _iso(int(found[3]), _int(found[1]), _int(found[2]))


def _slashes(found: re.Match[str]) -> str | None:
    """Read 29/04/2020, which is one day only, and 05/05/2020; 04/05/2020 is two days and stays unread."""
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    if first == second or first > 12:
        return _iso(year, second or 99, first or 99)
    return _iso(year, first or 99, second) if second > 12 else None


def _month(word: str) -> int | None:
    if word in _LONG_MONTHS:
        return _LONG_MONTHS.index(word) + 1
    short = "sep" if word == "sept" else word
    return _MONTHS.index(short) + 1 if short in _MONTHS else None


_FORMS = (
    (_YEAR_FIRST, _year_first),
    (_DIGITS, _year_first),
    (_MONTH_FIRST, _month_first),
    (_DAY_FIRST, _day_first),
    (_AMERICAN, _american),
    (_SLASHES, _slashes),
    (_YEAR, lambda found: _iso(int(found[0]), None, None)),
)


def as_date(day: Day | None) -> date | None:
    """Return a source's date as a day: the first of the month or year where the source says no more."""
    value = day.value if day else None
    return date.fromisoformat((value + "-01-01")[:10] if len(value) == 4 else (value + "-01")[:10]) if value else None


def is_before(one: date | None, other: date | None) -> bool:
    """Say whether one date is before another; without two dates none is."""
    return one is not None and other is not None and one < other
