"""One writing for what is searched and for what is typed, and the words that an index holds of it.

Japanese is searched by pairs of neighbouring characters, so that any part of a word finds it; other words whole.
"""

import re
import unicodedata
from functools import lru_cache

from app.terms.rules import fold

JAPANESE = (
    r"\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30f7-\u30fa\u30fd-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# PostgreSQL takes words of 2,046 bytes; nobody types one of more than these characters.
LONGEST_WORD = 60
_JAPANESE_RUN = re.compile(rf"[{JAPANESE}]+")
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
    folded = _PHASE.sub(_in_figures, fold(_FIGURE.sub(lambda one: _FIGURES[one[0]], text)))
    if "相" in folded:
        folded = _BEFORE_PHASE.sub(_in_figures, folded)
    return " ".join(map(_single, _BORDER.sub(" ", folded).split()))


def writings(text: str) -> tuple[str, ...]:
    """Return all writings of a text under which parts of it are looked for: one, or two where characters fold together.

    蛋白 is written たんぱく, and would not be found by 白尿; a second writing has those characters one by one.
    """
    parted = _TOGETHER.sub(r"\g<0>・", unicodedata.normalize("NFKC", text)) if _MAY_FOLD.search(text) else text
    return (written(text),) if parted == text else (written(text), written(parted))


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
    """Return the words that the index holds of a text in its one writing.

    Latin words and figures whole; every pair of neighbours of which one is Japanese; a Japanese character that no
    other one follows also alone, so that every character begins some word.
    """
    found = {word[:LONGEST_WORD] for word in text.split() if not is_japanese(word[0])}
    found.update(pair for _place, pair in pairs_in(text))
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
    return _JAPANESE_RUN.match(sign) is not None
