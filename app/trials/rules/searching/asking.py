"""What typed words ask for: concepts of the vocabulary, Japanese words by their pairs, other words, phrases, numbers."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.trials.rules.numbers import number_of
from app.trials.rules.searching.vocabulary import Labels
from app.trials.rules.searching.writing import LONGEST_WORD, is_japanese, words_of, written

LONGEST_QUERY, MOST_WORDS, LONGEST_LABEL = 500, 30, 10
_PHRASE = re.compile('["“”„«»「」『』＂]')
_PARTS = re.compile(r"[\s,，、。､｡;；]+")
_BEGINS_A_NUMBER = re.compile(r"(?:jrct[a-z]?\d{2,}|nct\d{2,}|umin\d{2,})")


@dataclass(frozen=True)
class Clause:
    """One thing that every hit must have: a condition on words of the index, and what the text itself must then hold.

    `words` is a tsquery; `text` a part of the one writing, "" where the words alone decide. `always` stands for it where
    not all words of a document are in the index.
    """

    words: str
    text: str = ""
    always: str = ""


@dataclass(frozen=True)
class Asked:
    """A query: its clauses, and the concepts that some of its words were taken for. Nothing asked: no clauses."""

    clauses: tuple[Clause, ...] = ()
    concepts: tuple[str, ...] = ()
    hopeless: bool = False


def asked(typed: str, labels: Labels) -> Asked:
    """Return what typed words ask for. Signs alone, where nothing can be looked for, are hopeless: they find nothing."""
    clauses: list[Clause] = []
    concepts: list[str] = []
    pieces = _PHRASE.split(typed[:LONGEST_QUERY].replace("\x00", " "))
    for at, piece in enumerate(pieces):
        # What stands between two quotes is a phrase; a quote that nobody closed is none.
        if at % 2 and at < len(pieces) - 1:
            clauses += [clause for clause in [_phrase(piece)] if clause]
        else:
            for clause, codes in _words(_PARTS.split(piece), labels):
                clauses.append(clause)
                concepts += codes
    kept = tuple(dict.fromkeys(clauses))[:MOST_WORDS]
    return Asked(kept, tuple(dict.fromkeys(concepts)), hopeless=not kept and bool(typed.strip()))


def _words(parts: Iterable[str], labels: Labels) -> Iterator[tuple[Clause, Sequence[str]]]:
    """Yield a clause for every label, the longest first, and for every other word."""
    words = [part for part in parts if part][: MOST_WORDS * 2]
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + LONGEST_LABEL), at, -1):
            typed = " ".join(words[at:end])
            if clause := _number(typed):
                yield clause, ()
                break
            if codes := labels.meant_by(typed):
                yield _concept(codes, typed, labels), codes
                break
        else:
            end = at + 1
            if clause := _plain(words[at]):
                yield clause, ()
        at = end


def _number(typed: str) -> Clause | None:
    """Return the clause for a registry's number in any spelling; None where the text is not one from end to end."""
    number = number_of(typed) if any(map(str.isdigit, typed)) else None
    if number is None or len(number.text) != len(unicodedata.normalize("NFKC", typed)):
        return None
    return Clause(f"('n:{number.value.lower()}'|({_and(words_of(written(number.value)))}))")


def _concept(codes: Sequence[str], typed: str, labels: Labels) -> Clause:
    marks = [f"'c:{code}'" for code in codes]
    if written(typed) not in labels.names:
        # An abbreviation is marked only where it stands as the vocabulary writes it.
        marks.append(f"({_and(words_of(written(typed)))})")
    return Clause("|".join(marks) if len(marks) == 1 else f"({'|'.join(marks)})")


def _plain(word: str) -> Clause | None:
    writing = written(word)
    if not writing:
        return None
    if not any(map(is_japanese, writing)):
        if _BEGINS_A_NUMBER.fullmatch(writing):
            return Clause(f"'{writing}':*", always=writing)
        parts = writing.split()
        if len(parts) > 1:
            # PD-L1 and non-small are one word to whoever types them.
            return Clause(_and(words_of(writing)), f" {writing} ", f" {writing} ")
        return Clause(_and([writing]), always=f" {writing} ")
    return _japanese(writing)


def _japanese(writing: str) -> Clause:
    if len(writing) == 1:
        return Clause(f"'{writing}':*", always=writing)
    pairs = sorted(word for word in words_of(writing) if len(word) == 2 and any(map(is_japanese, word)))
    if not pairs:
        return Clause(f"'{writing}':*", always=writing)
    decided = len(writing) == 2
    return Clause(_and(pairs), "" if decided else writing, writing)


def _phrase(piece: str) -> Clause | None:
    writing = written(piece)
    if not writing:
        return None
    if len(writing) == 1 and is_japanese(writing):
        return _japanese(writing)
    # At its ends a phrase has whole words, where they are not Japanese.
    text = f"{'' if is_japanese(writing[0]) else ' '}{writing}{'' if is_japanese(writing[-1]) else ' '}"
    words = {word for word in words_of(writing) if not (len(word) == 1 and is_japanese(word))}
    if not words:
        return _japanese(writing)
    alone = len(words) == 1 and " " not in writing and (len(writing) == 2 or not is_japanese(writing[0]))
    return Clause(_and(words), "" if alone else text, text)


def _and(words: Iterable[str]) -> str:
    return "&".join(f"'{word[:LONGEST_WORD]}'" for word in sorted(words))
