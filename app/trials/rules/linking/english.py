"""Reading a facility text in Latin letters: its words in one writing, the names in it, and what else it says."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from app.trials.rules.linking.places import bare, latin_words, romanised
from app.trials.rules.linking.shapes import Beside, Found, Name
from app.trials.rules.linking.words import COMMON, HEADS, JOINING, LEGAL, MASKS, PARTS, PERSON, SAME_WORD

COMMA, SLASH = ",", "/"
BEFORE_A_BODY = {COMMA, SLASH, "of", "hospital", "at", "and", "in", "corporation", "university"}
ENDS_A_BODY = {"university", "center", "medicine", "psychiatry", "neurology", "development", "gerontology", "security"}
STARTS_A_PART = {"hospital", "school", "faculty", "graduate", "university", "east", "center", "medical", "affiliated"}
ENDS_BEFORE_A_NAME = {"corporation", "foundation", "agency", "institution", "incorporated", "person", "medicine", "surgery",
                      "oncology", "pediatrics", "department", "division", "office"}  # fmt: skip
NUMBERED = re.compile(
    r"(?:/\s*)?\bid\s*#?\s*:?\s*\d+|\(?\b(?:site|center|institution)\s*(?:no\.?|number|id|ref\.?)?\s*[:#]?\s*\d+\)?"
)
SIGNS = re.compile(r"[a-z0-9]+|[,;/()\[\]:|]|(?<=\s)[-–—](?=\s)")
# One order for the ways to say "hospital of a university"; each works on words parted by single spaces.
ORDERS = (
    (r"university (?:graduate )?(?:school|faculty) of medic(?:ine|al sciences?) (?:affiliated |attached )?(?:university )?hospital",
     "university hospital"),
    (r"university medical (?:school )?(?:affiliated )?hospital", "university hospital"),
    (r"university (?:affiliated|attached) hospital", "university hospital"),
    (r"(?:^|(?<=[,/] ))(?:affiliated )?(?:university )?hospital (?:of )?,? ?([a-z]+ university)(?! of| school| hospital)",
     r"\1 hospital"),
    (r"(?:^|(?<=[,/] ))(east )hospital (?:of )?,? ?(national cancer center)(?! hospital)", r"\2 hospital east"),
    (r"national cancer center east(?: hospital)?(?! hospital)", "national cancer center hospital east"),
)  # fmt: skip
TURNS = [(re.compile(order), meant) for order, meant in ORDERS]
MASK = re.compile("|".join(MASKS))
MIN_TYPO = 6
Span = tuple[int, int, str]  # first word, word after the last, the name as written in the index


class English:
    """Finds the names of institutions in Latin text. Reading one text costs its number of words, not of names."""

    def __init__(self, names: Iterable[Name], places: Mapping[str, frozenset[str]]) -> None:
        """Take the English names, and the words of each institution's own place."""
        self._places = places
        self._forms: dict[str, set[Name]] = {}
        plain = sorted(set(names), key=lambda name: (name.code, name.text, name.bears))
        words = [split(name.text) for name in plain]
        self._bodies = {form[0] for form in words if len(form) == 3 and form[1] == "university"}
        self._bodies |= {form[2] for form in words if form[:2] == ["university", "of"] and len(form) > 2}
        self._known = PARTS | LEGAL | HEADS | COMMON
        self._own = {romanised(word): word for form in words for word in form if word not in self._known}
        self._near = deletions(self._known | set(self._own.values()))
        self._word = lru_cache(maxsize=65536)(self._spelt)
        for name, form in zip(plain, words, strict=True):
            self._forms.setdefault(self._ordered(form), set()).add(name)
        self.marks = {self._mark(form) for form in self._forms}
        self._starts: dict[str, list[str]] = {}
        for written in sorted(self._forms, key=lambda form: (-len(form), form)):
            self._starts.setdefault(written.partition(" ")[0], []).append(written)

    def read(self, text: str) -> list[Found]:
        """Every institution that the text names, the longest names first; [] where it names none."""
        words, misspelt = self._words(split(NUMBERED.sub(" ", bare(text))))
        if self.marks.isdisjoint(words):
            return []
        line = self._ordered(words).split(" ")
        spans = self._spans(line)
        found = []
        for start, end, written in spans:
            wrong = bool(misspelt & set(written.split()))
            for name in sorted(self._forms[written], key=lambda name: (name.code, name.text)):
                own = self._places.get(name.code, frozenset())
                rest = self._without(name.code, line, spans, start)
                found.append(_weighed(name, rest, (start, end), own, misspelt=wrong))
        return found

    def _without(self, code: str, line: list[str], spans: list[Span], start: int) -> list[str]:
        """The words with an institution's other names left out: its university before its hospital explains itself."""
        rest = list(line)
        for other, end, written in spans:
            if other != start and any(name.code == code for name in self._forms[written]):
                rest[other:end] = [COMMA] * (end - other)
        return rest

    def _mark(self, form: str) -> str:
        """The word of a name without which no text is that name: its longest that is no word of every hospital."""
        own = set(self._own.values())
        words = [word for word in form.split(" ") if word not in LEGAL | HEADS | COMMON | {"center", COMMA}]
        return max(words, key=lambda word: (word in own, len(word), word))

    def masked(self, text: str) -> bool:
        """Whether the text says no more than that there is a site, or gives only a number for it."""
        plain = bare(text)
        return not re.search("[a-z]", NUMBERED.sub(" ", plain)) or bool(MASK.search(re.sub(r"[#/.:_-]+", " ", plain)))

    def _words(self, raw: list[str]) -> tuple[list[str], set[str]]:
        spelt = [self._word(word) for word in raw]
        return [word for word, _ in spelt], {word for word, wrong in spelt if wrong}

    def _spelt(self, word: str) -> tuple[str, bool]:
        """One writing of a word, and whether a name's own word had to be guessed at.

        A slip in a common word (Hosital) is mended; one in a word that tells hospitals apart is mended and told.
        """
        if word in self._known or len(word) == 1:
            return word, False
        if own := self._own.get(romanised(word)):
            return own, False
        if len(word) >= MIN_TYPO:
            near = {other for gap in gaps(word) for other in self._near.get(gap, ()) if len(other) >= MIN_TYPO}
            near = {other for other in near if one_slip(word, other)}
            for among, told in ((self._known, False), (set(self._own.values()), True)):
                if len(match := near & among) == 1:
                    return match.pop(), told
        return word, False

    def _ordered(self, words: list[str]) -> str:
        kept = [
            word
            for at, word in enumerate(words)
            if word != "the"
            and not (word == COMMA and 0 < at < len(words) - 1 and _joins(words[at - 1], words[at + 1]))
        ]
        line = self._turned(kept)
        for order, meant in TURNS:
            line = order.sub(meant, line)
        return line

    def _turned(self, words: list[str]) -> str:
        """University of Tokyo as Tokyo University, where it is not the end of a longer name."""
        turned: list[str] = []
        at = 0
        while at < len(words):
            before = words[at - 1] if at else COMMA
            body = words[at + 2] if words[at : at + 2] == ["university", "of"] and at + 2 < len(words) else None
            if body in self._bodies and before in BEFORE_A_BODY:
                turned += [body, "university"]
                at += 3
                continue
            turned.append(words[at])
            at += 1
        return " ".join(turned)

    def _spans(self, words: list[str]) -> list[Span]:
        """The names in the text, none within a longer one."""
        spans: list[Span] = []
        at = 0
        while at < len(words):
            for written in self._starts.get(words[at], ()):
                form = written.split(" ")
                if words[at : at + len(form)] == form and not _goes_on(form, words[at + len(form) :]):
                    spans.append((at, at + len(form), written))
                    at += len(form) - 1
                    break
            at += 1
        return spans


def _goes_on(form: list[str], rest: list[str]) -> bool:
    """Whether a university's name is only the start of another one's: Kyushu University of Health."""
    return form[-1] == "university" and rest[:1] == ["of"]


def _joins(before: str, after: str) -> bool:
    return before in ENDS_A_BODY and after in STARTS_A_PART


def _weighed(name: Name, words: list[str], span: tuple[int, int], own: frozenset[str], *, misspelt: bool) -> Found:
    """Say what the words around a name make of it."""
    extra: list[str] = []
    beside: Beside = ""
    for piece, parted, before in _pieces(words, span):
        unknown = [
            word for at, word in enumerate(piece) if not _explained(word, own) and not _legal(piece[at : at + 2])
        ]
        person = any(word in PERSON for word in piece)
        if _another(piece, name, own):
            extra += piece
            beside = "second" if (parted == SLASH or (parted == COMMA and name.bears == "hospital")) else "other"
        elif unknown or person or _part_of_a_name(piece, name, touching_before=before and not parted):
            extra += piece
    return Found(name, " ".join(extra), beside, misspelt)


def _pieces(words: list[str], span: tuple[int, int]) -> Iterable[tuple[list[str], str, bool]]:
    """The words around a span, parted by commas and slashes; "" for a piece that touches it, and if it is before."""
    for part, near_end in ((words[: span[0]], True), (words[span[1] :], False)):
        pieces: list[tuple[list[str], str]] = [([], "")]
        for word in reversed(part) if near_end else part:
            if word in (COMMA, SLASH):
                pieces.append(([], SLASH if SLASH in (word, pieces[-1][1]) else COMMA))
            else:
                pieces[-1][0].append(word)
        for piece, parted in pieces:
            yield (piece[::-1] if near_end else piece), parted, near_end


def _part_of_a_name(piece: list[str], name: Name, *, touching_before: bool) -> bool:
    """Whether common words beside a name may make a longer name of it: First ..., ... General Medical Center."""
    if "center" in piece and (name.bears == "campus" or set(piece) <= {"general", "medical", "center"}):
        return True
    if not touching_before or not piece:
        return False
    return not (piece[-1] in JOINING | ENDS_BEFORE_A_NAME or piece[-1].endswith(("ology", "iatrics")))


def _another(piece: list[str], name: Name, own: frozenset[str]) -> bool:
    """Whether the words beside a name name a facility: Urayasu Hospital, or Kyoto Medical Center in the same city."""
    if any(word in HEADS for word in piece):
        return not _only_hospital(piece)
    unknown = [word for word in piece if word not in PARTS and (name.bears == "body" or word in own)]
    return "center" in piece and bool(unknown)


def _only_hospital(piece: list[str]) -> bool:
    return "hospital" in piece and set(piece) <= {"hospital", "center", "affiliated", "medical"} | JOINING


def _legal(pair: list[str]) -> bool:
    return pair == ["university", "corporation"]


def _explained(word: str, own: frozenset[str]) -> bool:
    return word in PARTS or word in LEGAL or word in own or word in {"japan", "hospital"} or word.isdigit()


def split(text: str) -> list[str]:
    """The words of a text, one writing each; `,` and `/` stand for every sign that parts."""
    text = bare(text).replace("&", " and ").replace("amp;", " ")
    words = [_sign(sign) for sign in SIGNS.findall(text.replace(".", " "))]
    return [SAME_WORD.get(word, word) for word in words]


def _sign(sign: str) -> str:
    if sign[0].isalnum():
        return sign
    return SLASH if sign in "/;|" else COMMA


def place_words(*texts: str) -> frozenset[str]:
    """The Latin words of an institution's own place, with the words for city and prefecture."""
    return frozenset(word for text in texts for word in latin_words(text)) | {"shi", "ku", "city", "prefecture"}


def gaps(word: str) -> set[str]:
    """The word, and the word with any one letter left out."""
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}


def deletions(words: Iterable[str]) -> dict[str, set[str]]:
    """From every gap of every word to the words that have it."""
    found: dict[str, set[str]] = {}
    for word in words:
        for gap in gaps(word):
            found.setdefault(gap, set()).add(word)
    return found


def one_slip(word: str, other: str) -> bool:
    """Whether one letter is missing, too many, wrong, or has changed places with its neighbour."""
    if abs(len(word) - len(other)) > 1:
        return False
    start = next(
        (at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), min(len(word), len(other))
    )
    rest, wanted = word[start:], other[start:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return swapped or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]
