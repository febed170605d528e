"""One writing for what is searched and for what is typed, and the words that an index holds of it.

Japanese is searched by pairs of neighbouring characters, so that any part of a word finds it; other words whole.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from app.terms.rules import PART, fold_together

JAPANESE = (
    r"\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30f7-\u30fa\u30fd-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# PostgreSQL takes words of 2,046 bytes; nobody types one of more than these characters.
LONGEST_WORD = 60
_JAPANESE_RUN = re.compile(rf"[{JAPANESE}]+")
_OVER_BORDER = re.compile(rf"([{JAPANESE}]) ([^\s{JAPANESE}])")
_BEFORE_JAPANESE = re.compile(rf"([^\s{JAPANESE}]) ([{JAPANESE}])")
_LAST = re.compile(rf"[{JAPANESE}](?= ?(?:\n|$))")
_BORDER = re.compile(rf"(?<=[{JAPANESE}])(?=[^ {JAPANESE}])|(?<=[^ {JAPANESE}])(?=[{JAPANESE}])")
# Ⅱ is a figure wherever it stands; II is one only beside 相, 第 or phase.
_FIGURES = {chr(first + n): str(n + 1) for first in (0x2160, 0x2170) for n in range(4)}
_FIGURE = re.compile("[\u2160-\u2163\u2170-\u2173]")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_PHASE = re.compile(r"phase ?(?:(?:iii|ii|iv|i|[1-4])[ab]? ?)+(?![a-z0-9])|第(?:(?:iii|ii|iv|i|[1-4])[ab]? ?)+")
_BEFORE_PHASE = re.compile(r"(?<![a-z0-9])(?:(?:iii|ii|iv|i)[ab]? ?)+(?=[1-4]?[ab]?相)")
_ONE_ROMAN = re.compile(r"(?<![a-df-z0-9])(iii|ii|iv|i)(?=[ab]?(?![a-z0-9]))")
_MAY_FOLD = re.compile("[蛋繊ヴｳゔ]")
_TOGETHER = re.compile("蛋(?=白)|繊(?=維)|[ヴゔ](?=[ァィェォぁぃぇぉ])")
_MANY = re.compile(r"(?<=[a-z0-9]{3})(?<![suio])s$")


def written(text: str) -> str:
    """Return the one writing of a text: folded as terms are, phases in figures, Latin words single and apart.

    A space stands between two words that are not Japanese, and between such a word and Japanese; nowhere else.
    """
    return next(iter(_written([text])))


def writings(text: str) -> tuple[str, ...]:
    """Return all writings of a text under which parts of it are looked for: one, or two where characters fold together.

    蛋白 is written たんぱく, and would not be found by 白尿; a second writing has those characters one by one.
    """
    return all_writings([text])[text]


def all_writings(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the writings of many texts at once: a record has many, most of them short."""
    wanted = list(dict.fromkeys(texts))
    english = [text for text in wanted if text.isascii()]
    others = [text for text in wanted if not text.isascii()]
    parted = [
        _TOGETHER.sub(r"\g<0>・", unicodedata.normalize("NFKC", text)) for text in others if _MAY_FOLD.search(text)
    ]
    again = dict(zip((text for text in others if _MAY_FOLD.search(text)), _written(parted), strict=True))
    found = dict(zip((*english, *others), (*_written(english), *_written(others)), strict=True))
    return {text: tuple(dict.fromkeys((way, again.get(text, way)))) for text, way in found.items()}


def _written(texts: list[str]) -> Iterable[str]:
    folded = _PHASE.sub(_in_figures, fold_together(_FIGURE.sub(lambda one: _FIGURES[one[0]], text) for text in texts))
    if not folded.isascii():
        if "相" in folded:
            folded = _BEFORE_PHASE.sub(_in_figures, folded)
        folded = _BORDER.sub(" ", folded)
    return (" ".join(map(_single, part.split())) for part in folded.split(PART)) if texts else ()


def _in_figures(found: re.Match[str]) -> str:
    return _ONE_ROMAN.sub(lambda one: _ROMAN[one[1]], found[0])


@lru_cache(maxsize=100_000)
def _single(word: str) -> str:
    """Return an English word without the ending of the plural, however roughly: both sides are treated alike."""
    if not word.isascii() or word.isdigit():
        return word
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return _MANY.sub("", word)


def words_of(text: str) -> set[str]:
    """Return the words that the index holds of texts in their one writing, a line each.

    Latin words and figures whole; every pair of neighbours of which one is Japanese; a Japanese character that no
    other one follows also alone, so that every character begins some word.
    """
    parts = set(text.split())
    runs = {part for part in parts if is_japanese(part[0])}
    found = {part[:LONGEST_WORD] for part in parts - runs}
    found.update(one + other for run in runs for one, other in pairwise(run))
    found.update(map("".join, _OVER_BORDER.findall(text)))
    found.update(map("".join, _BEFORE_JAPANESE.findall(text)))
    found.update(_LAST.findall(text))
    return found


def pairs_in(text: str) -> list[tuple[int, str]]:
    """Return the pairs of neighbours with their places: within Japanese, and over its border to another word."""
    found = []
    for run in _JAPANESE_RUN.finditer(text):
        start, end = run.span()
        before = text[start - 2] if start >= 2 and text[start - 1] == " " else ""
        after = text[end + 1] if end + 1 < len(text) and text[end] == " " else ""
        signs = f"{before}{run[0]}{after}"
        first = start - len(before)
        found += [(first + at, signs[at : at + 2]) for at in range(len(signs) - 1)]
        if not after:
            found.append((end - 1, signs[-1]))
    return found


def is_japanese(sign: str) -> bool:
    """Say whether a character is one of Japanese writing."""
    return not sign.isascii() and _JAPANESE_RUN.match(sign) is not None
