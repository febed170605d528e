"""Reading a facility text in Japanese: one writing of it, the names in it, and what else it says."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import lru_cache

from app.terms.rules import fold
from app.trials.rules.linking.shapes import Beside, Found, Name
from app.trials.rules.linking.words import HEADS_JA, LEGAL_FOLDED, MASKS_JA, explained, one_writing

BAR = "|"
JUST_HOSPITAL = {"病院", "附属病院"}
CENTER = fold("センター")
# Two facilities in one text, and the brackets around a department.
PARTING = re.compile(r"[／/;；｜|、,，]|及び|および|並びに")


class Japanese:
    """Finds the names of institutions in Japanese text. Every name has two characters in front that few names share."""

    def __init__(self, names: Iterable[Name], places: Mapping[str, frozenset[str]]) -> None:
        """Take the Japanese names, and the words of each institution's own place."""
        self._forms: dict[str, set[Name]] = {}
        own: dict[str, set[str]] = {code: set(words) for code, words in places.items()}
        for name in names:
            written = without_legal_person(line_of(name.text))
            self._forms.setdefault(written, set()).add(name)
            if name.bears == "body":
                own.setdefault(name.code, set()).add(written)
        self._own = {code: frozenset(words) for code, words in own.items()}
        self._starts: dict[str, list[str]] = {}
        for written in sorted(self._forms, key=lambda form: (-len(form), form)):
            self._starts.setdefault(written[:2], []).append(written)

    def read(self, text: str) -> list[Found]:
        """Every institution that the text names; [] where it names none."""
        line = line_of(text)
        found: list[Found] = []
        at = 0
        while at < len(line) - 1:
            written = next(
                (form for form in self._starts.get(line[at : at + 2], ()) if line.startswith(form, at)), None
            )
            if written is None:
                at += 1
                continue
            names = sorted(self._forms[written], key=lambda name: (name.code, name.text))
            found += [self._weighed(name, line[:at], line[at + len(written) :], text) for name in names]
            at += len(written)
        return found

    def masked(self, text: str) -> bool:
        """Whether the text says no more than that there is a site."""
        return any(mask in fold(text) for mask in MASKS_JA)

    def _weighed(self, name: Name, before: str, after: str, text: str) -> Found:
        """Say what the text before and after a name makes of it."""
        own = self._own.get(name.code, frozenset())
        extra: list[str] = []
        beside: Beside = ""
        for side, touching in ((before, -1), (after, 0)):
            pieces = side.split(BAR)
            for at, piece in enumerate(pieces):
                campus_part = name.bears == "campus" and CENTER in piece
                if not campus_part and explained(piece, frozenset() if _of_its_own(piece, name) else own):
                    continue
                extra.append(as_written(text, piece))
                if _another(piece, name) and beside != "other":
                    beside = "other" if at == touching % len(pieces) else "second"
        return Found(name, "、".join(extra), beside)


def _of_its_own(piece: str, name: Name) -> bool:
    """Whether a place before センター makes a facility of it: 京都医療センター is no part of a hospital in Kyoto."""
    return CENTER in piece and name.bears != "body"


def _another(piece: str, name: Name) -> bool:
    """Whether the text beside a name names a facility; bare 病院 after a university does not say which."""
    if piece in JUST_HOSPITAL:
        return False
    return any(head in piece for head in HEADS_JA) or (name.bears == "body" and CENTER in piece)


def as_written(text: str, piece: str) -> str:
    """The part of a text that a folded piece came from, for a person to read; the piece where it cannot be told."""
    text = unicodedata.normalize("NFKC", text)
    starts, ends = range(len(text) - 1, -1, -1), range(1, len(text) + 1)
    at = bisect_left(starts, True, key=lambda start: piece in line_of(text[start:]))
    if at == len(starts):
        return piece
    start = starts[at]
    end = ends[bisect_left(ends, True, key=lambda end: piece in line_of(text[start:end]))]
    return text[start : end + 1] if text[end : end + 1] == "ー" else text[start:end]


@lru_cache(maxsize=65536)
def line_of(text: str) -> str:
    """Fold a text to one writing without spaces; a bar stands where two facilities are parted."""
    return BAR.join(one_writing(fold(part).replace(" ", "")) for part in PARTING.split(text))


def without_legal_person(folded: str) -> str:
    """Leave out a legal person's kind in front of a name: 国立大学法人東京大学 as 東京大学."""
    for kind in LEGAL_FOLDED:
        if folded.startswith(kind) and len(folded) > len(kind):
            return folded[len(kind) :]
    return folded
