"""How a typed word finds a term: what counts as the same writing, and which hit comes first."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
# ヴィ and ビ, 癌 and がん, 頚 and 頸: one hospital writes this, the next one that.
SPELLINGS = (
    ("ゔぁ", "ば"), ("ゔぃ", "び"), ("ゔぇ", "べ"), ("ゔぉ", "ぼ"), ("ゔ", "ぶ"),
    ("癌", "がん"), ("頚", "頸"), ("掻", "瘙"), ("繊維", "線維"), ("蛋白", "たんぱく"), ("嚢", "のう"), ("濾", "ろ"),
)  # fmt: skip
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
JAPANESE = r"\u3005-\u3007\u3041-\u3096\u3400-\u9fff"
LONG_VOWEL = "ー"
KATAKANA_AND_LONG = KATAKANA | {ord(LONG_VOWEL): None}
# Parts texts that are folded together; nobody writes it.
PART = "\x1f"
_OTHER_SIGNS = re.compile(r"(?:[^\w+]|_)+")
_OTHER_SIGNS_BUT_PART = re.compile(rf"(?:[^\w+{PART}]|_)+")
_BESIDE_JAPANESE = re.compile(rf"(?<=[{JAPANESE}]) +| +(?=[{JAPANESE}])")
_ROMAN_NUMBER = re.compile(r"(?<![a-z0-9])(iii|ii|iv|i)(?=[型相期度])")
_MAY_HAVE_ACCENTS = re.compile(r"[^\x00-\x7f\u3000-\u3098\u309b-\u30ff\u3400-\u9fff]")


def fold(text: str) -> str:
    """Return the searchable form: two writings of one word fold to the same string.

    Width, case, accents, kana, long vowels, 癌/がん/ガン, Ⅰ型/1型 and punctuation make no difference;
    a space stays only between two Latin words. Folding what is folded changes nothing.
    """
    return _folded(text, _OTHER_SIGNS).strip(" ")


def fold_together(texts: Iterable[str]) -> str:
    """Return texts folded, with PART between them (and perhaps spaces beside it): one pass for many short texts."""
    return _folded(PART.join(text.replace(PART, " ") for text in texts), _OTHER_SIGNS_BUT_PART)


def _folded(text: str, other_signs: re.Pattern[str]) -> str:
    if text.isascii():
        return other_signs.sub(" ", text.lower())
    text = _plain(text).translate(KATAKANA_AND_LONG)
    for written, meant in SPELLINGS:
        text = text.replace(written, meant)
    text = other_signs.sub(" ", text.translate(SMALL))
    return _ROMAN_NUMBER.sub(lambda found: ROMAN[found[1]], _BESIDE_JAPANESE.sub("", text))


def _plain(text: str) -> str:
    """Drop width, case and the accents of Latin letters; the voicing marks of kana stay."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if not _MAY_HAVE_ACCENTS.search(text):
        return text
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFKC", bare).casefold()


def compact(folded: str) -> str:
    """Return the folded form without spaces, so that `covid19` finds COVID-19."""
    return folded.replace(" ", "")


class Closeness(IntEnum):
    """How near a label is to what was typed; the smaller the nearer."""

    EXACT = 0
    PREFIX = 1
    WORD = 2
    WITHIN = 3
    SCATTERED = 4


KINDS = {"preferred": 0, "abbreviation": 1, "synonym": 2}


@dataclass(frozen=True)
class Label:
    """One way to write a term. `folded` is fold(label); kind is preferred, abbreviation or synonym."""

    code: str
    language: str
    kind: str
    label: str
    folded: str


@dataclass(frozen=True)
class Hit:
    """A term found, by which of its labels, and how close that label is."""

    label: Label
    closeness: Closeness


def closeness(typed: str, folded: str) -> Closeness | None:
    """Compare two folded texts; None when some typed word is nowhere in the label."""
    if not typed:
        return None
    tight, other = compact(typed), compact(folded)
    if tight == other:
        return Closeness.EXACT
    if other.startswith(tight):
        return Closeness.PREFIX
    if f" {typed}" in f" {folded}":
        return Closeness.WORD
    if tight in other:
        return Closeness.WITHIN
    return Closeness.SCATTERED if all(word in other for word in typed.split()) else None


def ranked(typed: str, labels: Iterable[Label]) -> list[Hit]:
    """Return at most one hit a term, the nearest first; the order depends on nothing but the arguments."""
    query = fold(typed)
    hits = [Hit(label, near) for label in labels if (near := closeness(query, label.folded)) is not None]
    best: dict[str, Hit] = {}
    for hit in sorted(hits, key=_order):
        best.setdefault(hit.label.code, hit)
    return list(best.values())


def _order(hit: Hit) -> tuple[int, int, int, str, str, str]:
    label = hit.label
    return (
        hit.closeness,
        KINDS[label.kind],
        len(label.folded),
        label.folded,
        label.code,
        label.language,
    )
