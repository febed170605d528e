"""Limits of age as registries write them: 20age old, >= 20age old, 18歳以上, 20years-old, 6 Months, No limit."""

import re

from app.trials.record import Age, Text
from app.trials.rules.texts import folded

_NO_LIMIT = re.compile(
    r"(?:no (?:upper |lower |age )?limit|not applicable|n/?a|none|without limit|適用なし|適用無し|上限なし|下限なし|"
    r"制限なし|なし|無し|特になし|該当せず)\.?"
)
# An age with its words; a text that goes on is cut here, and then is not understood.
_LONGEST = 120
_UNITS = {
    "years": ("years", "year", "yrs", "yr", "age", "y", "歳", "才", "年"),
    "months": ("months", "month", "ヶ月", "か月", "カ月", "ケ月", "箇月", "月"),
    "weeks": ("weeks", "week", "w", "週"),
    "days": ("days", "day", "d", "日"),
    "hours": ("hours", "hour", "時間"),
    "minutes": ("minutes", "minute", "分"),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_PART = re.compile(
    r"(\d{1,4})(?:\.0+)?[ -]*(" + "|".join(sorted(map(re.escape, _UNIT_OF), key=len, reverse=True)) + r")?[ -]*"
)
_AT_LEAST = re.compile(r">=|≧|≥|=>|以上|and over|or over|and older|or older|over$|and above|or above")
_AT_MOST = re.compile(r"<=|≦|≤|=<|以下|or under|or younger|and younger|or less")
_ABOVE = re.compile(r">|超|(?:more|older) than")
# jRCT's English for 75歳未満 is "75age old not".
_BELOW = re.compile(r"<|old not$|未満|less than|younger than|under")
_AROUND = re.compile(
    r"[<>=≧≥≦≤:,()（）]|old not|old|over|and|or|older|above|under|younger|less|than|more|以上|以下|未満|超|満|ちょうど"
)


def age_of(text: Text) -> Age | None:
    """Return a limit of age, None where the source is silent; `value` is None where the words are not understood.

    The English words are tried first, then the Japanese. A bare number is years, as ICTRP writes it.
    """
    if not text:
        return None
    ages = [_read(words) for words in (text.en, text.ja) if words]
    best = next((age for age in ages if age is not None), None)
    if best is None:
        return Age(text)
    value, unit, unlimited, inclusive = best
    return Age(text, value, unit, unlimited, inclusive)


def _read(words: str) -> tuple[int | None, str | None, bool, bool | None] | None:
    plain = folded(words[:_LONGEST])
    if _NO_LIMIT.fullmatch(plain):
        return None, None, True, None
    inclusive = _inclusive(plain)
    bare = " ".join(_AROUND.sub(" ", plain).split())
    parts = _PART.findall(bare)
    if not parts or _PART.sub("", bare).strip():
        return None
    counted = [(int(number), _UNIT_OF.get(unit, "years")) for number, unit in parts]
    if any(unit == "" for _number, unit in parts) and len(parts) > 1:
        return None
    told = [one for one in counted if one[0]] or counted[:1]
    return _together(told, inclusive)


def _together(told: list[tuple[int, str]], inclusive: bool | None) -> tuple[int, str, bool, bool | None] | None:
    """Add 16 years and 6 months up to 198 months; other mixtures are not counted together."""
    if len(told) == 1:
        return *told[0], False, inclusive
    if [unit for _number, unit in told] == ["years", "months"]:
        return told[0][0] * 12 + told[1][0], "months", False, inclusive
    return None


def _inclusive(plain: str) -> bool | None:
    if _AT_LEAST.search(plain) or _AT_MOST.search(plain):
        return True
    if _ABOVE.search(plain) or _BELOW.search(plain):
        return False
    return None
