"""Personal details of physicians never enter a record: names, mail addresses, telephone and researcher's numbers."""

import re
from collections.abc import Iterable
from itertools import pairwise

from app.trials.rules.texts import folded

LEFT_OUT = "［…］"
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._+%-])[A-Za-z0-9._+%-]{1,64}\s?(?:@|＠|\[at\]|\(at\))\s?(?:[A-Za-z0-9-]{1,63}\s?\.\s?){1,6}[A-Za-z]{2,24}"
)
_SAID_NUMBER = re.compile(
    r"((?:tel(?:ephone)?|phone|fax|mobile|電話(?:番号)?|ＴＥＬ|ファックス|内線|e-?rad(?:番号)?)\s{0,3}(?:no\.?|number)?\s{0,3}[:：.]?\s{0,3})"
    r"[+（(]?\d[\d\s()（）+－‐-]{5,24}\d",
    re.IGNORECASE,
)
_JAPANESE_NUMBER = re.compile(
    r"(?<![\d.-])(?:\+81[- ]?\(?0?\)?|0)\d{1,4}[-‐－ (]{1,2}\d{1,4}[-‐－ )]{1,2}\d{3,4}(?![\d.-])"
)
_BETWEEN_NAMES = re.compile(r"[／/、,;・\n]|\band\b|\(|\)")
_KANJI = re.compile("[\u3040-\u30ff\u3400-\u9fff々]")
_NO_PERSON = re.compile(
    r"窓口|係|課|部|室|局|事務|担当|センター|病院|大学|会社|情報|contact|information|center|centre|study|trial|director|site|"
    r"clinical|coordinator|office|department|division|group|team|inc\b|ltd|pharma|medical|global|university|hospital|"
    r"institute|line|desk|unit|foundation|company|corporation|research|service|call",
    re.IGNORECASE,
)
_TITLES = re.compile(
    r"\b(?:dr|prof|professor|m\.?d\.?|ph\.?d\.?|msc?|bsc|rn|mph|mba|d\.?o\.?|facs|frcp)\b\.?", re.IGNORECASE
)
_ORGANISATION = re.compile(
    r"hospital|clinic|univers|institut|cent(?:er|re)|college|school|pharma|therap|biotech|bio\b|scienc|medic|health|group|"
    r"research|foundation|organi[sz]ation|association|society|agency|council|corp|compan|\binc\b|\bltd|llc|gmbh|\bag\b|\bsa\b|"
    r"k\.?k\.?$|\bco\b|plc|b\.?v\.?$|network|consort|japan|department|ministry|office|laborator|division|faculty|committee|"
    r"trust|s\.?p\.?a\.?$|a/s|株式会社|病院|大学|センター|機構|財団|法人|学会|研究|会社|医院|クリニック|製薬|薬品|ファーマ|省|"
    r"グループ|協会|連盟|委員会|プロジェクト|チーム|team|project|program|onkolog|klinik|hôpital|hopital|ospedale|assistance",
    re.IGNORECASE,
)


class Names:
    """The names that a record must not hold, found wherever they stand in a text, however they are spaced."""

    def __init__(self, names: Iterable[str]) -> None:
        patterns = dict.fromkeys(pattern for name in names for pattern in _patterns(name))
        self._found = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None

    def left_out(self, text: str) -> str:
        """Return a text without these names."""
        return self._found.sub(LEFT_OUT, text) if self._found else text


def without_contacts(text: str) -> str:
    """Return a text without mail addresses and telephone numbers."""
    return _JAPANESE_NUMBER.sub(LEFT_OUT, _SAID_NUMBER.sub(rf"\1{LEFT_OUT}", _MAIL.sub(LEFT_OUT, text)))


def is_organisation(name: str) -> bool:
    """Say whether a name has a word that only organisations have; a name without one could be a person's."""
    return bool(_ORGANISATION.search(folded(name)))


def _patterns(name: str) -> list[str]:
    """Return the ways to find each person whom a text names, longest first; [] for a contact desk."""
    if _NO_PERSON.search(name):
        return []
    found = []
    for part in _BETWEEN_NAMES.split(name):
        person = _TITLES.sub(" ", part).strip()
        if _KANJI.search(person):
            signs = "".join(person.split())
            # Two signs could be an ordinary word of the text (林 光: 林光).
            found += [r"\s*".join(map(re.escape, signs))] if 3 <= len(signs) <= 12 else []
        else:
            found += _latin(person.split())
    return sorted(found, key=len, reverse=True)


def _latin(words: list[str]) -> list[str]:
    """Return patterns for neighbouring words in either order: YABE Hiromasa, Hiromasa Yabe, Hiromasa M. Yabe."""
    whole = [word.strip(".,") for word in words if len(word.strip(".,")) > 1]
    pairs = [*pairwise(whole)]
    if len(whole) > 2:
        pairs.append((whole[0], whole[-1]))
    gap = r"[\s,]+(?:[A-Z]\.?\s+)?"
    return [
        rf"\b{re.escape(one)}{gap}{re.escape(other)}\b"
        for first, second in pairs
        for one, other in ((first, second), (second, first))
    ]
