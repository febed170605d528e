"""The words of the vocabulary in texts: each marks its concepts and those above them, in either language alike."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import ahocorasick

from app.trials.rules.searching.writing import is_japanese, written

# Raised whenever the rules of this folder change what is written into the index: everything is then indexed anew.
RULES = 1
ABBREVIATION = "abbreviation"
# Shorter ones mean other things as well (CRO, AST): they count only as written, and only in titles and lists.
SHORTEST_IN_ANY_CASE = 5
_ABBREVIATED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+]*(?:-[A-Za-z0-9]+)?(?![A-Za-z0-9])")
_KINDS = {"preferred": 0, "synonym": 1, ABBREVIATION: 2}


@dataclass(frozen=True)
class Term:
    """A concept as it is searched: its code, the one above it, its areas, its labels as (kind, label)."""

    code: str
    parent: str | None
    areas: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]


@dataclass
class Labels:
    """The labels of a vocabulary, ready to be found in texts; `digest` changes with any of them and with the rules."""

    digest: str
    above: Mapping[str, tuple[str, ...]]
    areas: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]
    abbreviations: Mapping[str, str]
    automaton: "ahocorasick.Automaton" = field(repr=False)

    def with_above(self, codes: Iterable[str]) -> set[str]:
        """Return codes and the codes of everything above them."""
        return {one for code in codes for one in (code, *self.above.get(code, ()))}

    def meant_by(self, typed: str) -> tuple[str, ...]:
        """Return the concepts that typed words are a name of; empty where they are none.

        An abbreviation counts as it is written in the vocabulary; long ones in any case.
        """
        if short := self.abbreviations.get(unicodedata.normalize("NFKC", typed).strip()):
            return (short,)
        return self.names.get(written(typed), ())

    def found_in(self, writing: str) -> list[tuple[int, tuple[str, ...]]]:
        """Return the names that stand in a text in its one writing: where each begins, and its concepts."""
        if not self.names:
            return []
        found = self.automaton.iter(f" {writing} ")
        return [(max(0, end - length), codes) for end, (length, codes) in found]

    def abbreviated_in(self, text: str) -> set[str]:
        """Return the concepts whose abbreviations stand in a title as published; none in one all in capitals."""
        plain = unicodedata.normalize("NFKC", text)
        if plain.isupper() and " " in plain:
            return set()
        return {code for word in set(_ABBREVIATED.findall(plain)) if (code := self.abbreviations.get(word))}


def labels_from(terms: Iterable[Term]) -> Labels:
    """Make the labels of a vocabulary; a few hundred milliseconds for some thousand labels."""
    terms = sorted(terms, key=lambda term: term.code)
    by_kind: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    abbreviations: dict[str, set[str]] = defaultdict(set)
    for term in terms:
        for kind, label in term.labels:
            if kind == ABBREVIATION:
                abbreviations[unicodedata.normalize("NFKC", label).strip()].add(term.code)
            if kind != ABBREVIATION or len(label) >= SHORTEST_IN_ANY_CASE:
                by_kind[written(label)][_KINDS[kind]].add(term.code)
    # A word that is the name of one concept and a synonym of another is the first's; of two alike it is both's.
    names = {word: tuple(sorted(kinds[min(kinds)])) for word, kinds in by_kind.items() if word}
    automaton = ahocorasick.Automaton()
    for word, codes in names.items():
        automaton.add_word(f"{_edge(word[0])}{word}{_edge(word[-1])}", (len(word) + len(_edge(word[-1])), codes))
    automaton.make_automaton()
    parents = {term.code: term.parent for term in terms}
    return Labels(
        digest=_digest(terms),
        above={term.code: tuple(_above(term.code, parents)) for term in terms},
        areas={term.code: term.areas for term in terms},
        names=names,
        # One that is short for several things says nothing.
        abbreviations={word: min(codes) for word, codes in abbreviations.items() if len(codes) == 1},
        automaton=automaton,
    )


def _edge(sign: str) -> str:
    """A name that begins or ends with a Latin letter or a figure stands between spaces: nothing longer is meant."""
    return "" if is_japanese(sign) else " "


def _above(code: str, parents: Mapping[str, str | None]) -> Iterable[str]:
    seen = {code}
    while (code := parents.get(code) or "") and code not in seen:
        seen.add(code)
        yield code


def _digest(terms: list[Term]) -> str:
    said = repr([(term.code, term.parent, term.areas, sorted(term.labels)) for term in terms])
    return hashlib.sha256(f"{RULES} {said}".encode()).hexdigest()[:16]
