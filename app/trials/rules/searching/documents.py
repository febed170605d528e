"""What is indexed of a trial: the texts of all its records, as words to find it by, and the choices that it falls under."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.trials.rules.searching.vocabulary import Labels
from app.trials.rules.searching.writing import LONGEST_WORD, all_writings, is_japanese, pairs_in, words_of

# How a word counts by where it stands: titles, conditions and keywords, interventions and products, numbers.
TITLES, STUDIED, GIVEN, NUMBERS = "A", "B", "C", "D"
# PostgreSQL: positions end here, and all words of one document have 1 MB.
LAST_POSITION, MOST_BYTES = 16_383, 1_000_000
# Titles and lists beyond this many characters are found, but no better than the rest of the text.
LONGEST_HEAD = 20_000
# The mark of a document of which not all words are in its vector.
OVERLONG = "x:overlong"
RUNNING = frozenset(("not_yet_recruiting", "recruiting", "by_invitation", "suspended", "active", "not_recruiting"))
Said = Mapping[str, Any]


@dataclass(frozen=True)
class Stored:
    """A record as it is stored: its columns that searching needs, its whole content, where it has sites and by whom."""

    source: str
    content: Said
    registered_on: date | None
    status: str | None
    phases: Sequence[str]
    modalities: Sequence[str]
    first_in_human: bool
    decentralised: bool
    numbers: Sequence[str]
    prefectures: Sequence[str]


@dataclass(frozen=True)
class Document:
    """A trial as it is indexed; vectors are literals of PostgreSQL's tsvector, texts in their one writing.

    `overlong`: the words were too many to be all in the vector, and the text itself must be asked.
    """

    registered_on: date | None
    choices: Mapping[str, tuple[str, ...]]
    head: str
    titled: str
    body: str
    said: str
    overlong: bool


def document_of(records: Sequence[Stored], institutions: Iterable[str], labels: Labels) -> Document:
    """Return what is indexed of the records of one trial; the one that leads comes first."""
    head = _once(pair for record in records for pair in _head_texts(record.content))
    body = dict.fromkeys(text for record in records for text in _body_texts(record.content) if text not in head)
    ways = all_writings((*head, *body))
    written = [way for text in body for way in ways[text]]
    studied = [text for text, weight in head.items() if weight in (TITLES, STUDIED)]
    found = {text: [place for way in ways[text] for place in labels.found_in(way)] for text in head}
    concepts = {code for text in studied for _at, codes in found[text] for code in codes}
    concepts.update(*(labels.abbreviated_in(text) for text in studied))
    within = concepts | {code for places in found.values() for _at, codes in places for code in codes}
    within |= {code for _at, codes in labels.found_in(" \n ".join(written)) for code in codes}
    areas = {area for code in concepts for area in labels.areas.get(code, ())}
    choices = _choices(records, institutions, areas)
    plain = [*_numbers(records), *(f"f:{code}" for code in filters_of(choices))]
    titles = _lines(way for text in head for way in ways[text])
    said = f"{titles}\n{_lines(written)}"
    kept, overlong = _fitting([*(f"c:{code}" for code in sorted(labels.with_above(within))), *plain], words_of(said))
    return Document(
        registered_on=next((record.registered_on for record in records if record.registered_on), None),
        choices=choices,
        head=_head_vector(head, ways, found, labels.with_above(concepts), plain, labels),
        titled=titles[:LONGEST_HEAD],
        body=_vector(kept),
        said=said,
        overlong=overlong,
    )


def _once(texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return each text with the first of its weights, up to the longest head."""
    found: dict[str, str] = {}
    for weight, text in texts:
        found.setdefault(text, weight)
    return found


def _choices(
    records: Sequence[Stored], institutions: Iterable[str], areas: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """Return the codes that a trial falls under, by the name of the choice; the status and day of the first that has one."""
    status = next((record.status for record in records if record.status), None)
    day = next((record.registered_on for record in records if record.registered_on), None)
    found: dict[str, Iterable[str]] = {
        "status": [status, *(["running"] if status in RUNNING else [])] if status else [],
        "phase": {code for record in records for code in record.phases},
        "area": areas,
        "modality": {code for record in records for code in record.modalities},
        "prefecture": {code for record in records for code in record.prefectures},
        "institution": institutions,
        "year": [str(day.year)] if day else [],
        "registry": {record.source for record in records},
        "first_in_human": ["yes"] if any(record.first_in_human for record in records) else [],
        "decentralised": ["yes"] if any(record.decentralised for record in records) else [],
    }
    return {name: tuple(sorted(codes)) for name, codes in found.items()}


def filters_of(choices: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the choices as the words that stand for them in the index: phase=phase.1."""
    return [f"{name}={code}" for name, codes in choices.items() for code in codes]


def _numbers(records: Sequence[Stored]) -> list[str]:
    return sorted({f"n:{number.lower()}" for record in records for number in record.numbers})


def _head_vector(
    head: Mapping[str, str],
    written: Mapping[str, tuple[str, ...]],
    found: Mapping[str, list[tuple[int, tuple[str, ...]]]],
    concepts: set[str],
    plain: list[str],
    labels: Labels,
) -> str:
    """Return the vector of the head: words and concepts with their places, counted in characters, and weights."""
    places: dict[str, list[str]] = {f"c:{code}": [f"1{STUDIED}"] for code in sorted(concepts)}
    start = 1
    for text, weight in head.items():
        for way in written[text]:
            if start > LONGEST_HEAD:
                break
            for at, word in (*_words_at(way), *pairs_in(way)):
                places.setdefault(word, []).append(f"{min(start + at, LAST_POSITION)}{weight}")
            start += len(way) + 2
        for at, codes in found[text]:
            for code in labels.with_above(codes):
                places.setdefault(f"c:{code}", []).append(f"{min(start + at, LAST_POSITION)}{weight}")
    return " ".join((*(f"'{word}':{','.join(where)}" for word, where in places.items()), _vector(plain)))


def _words_at(writing: str) -> Iterator[tuple[int, str]]:
    at = 0
    for word in writing.split(" "):
        if word and not is_japanese(word[0]):
            yield at, word[:LONGEST_WORD]
        at += len(word) + 1


def _fitting(marks: list[str], words: set[str]) -> tuple[list[str], bool]:
    """Return the words that one vector takes, and whether some had to be left out."""
    if (len(words) + len(marks)) * (LONGEST_WORD * 4 + 4) < MOST_BYTES or _bytes([*marks, *words]) < MOST_BYTES:
        return [*marks, *words], False
    kept, left = list(marks), MOST_BYTES - _bytes(marks)
    for word in sorted(words):
        left -= _bytes([word])
        if left < 0:
            break
        kept.append(word)
    return [*kept, OVERLONG], True


def _bytes(words: Iterable[str]) -> int:
    return sum(len(word.encode()) + 4 for word in words)


def _vector(words: Iterable[str]) -> str:
    return f"'{joined}'" if (joined := "' '".join(words)) else ""


def _lines(writings: Iterable[str]) -> str:
    return "\n".join(f" {way} " for way in dict.fromkeys(writings) if way)


def _both(text: Any) -> list[str]:
    return [words for words in (text.get("ja"), text.get("en")) if words] if text else []


def _head_texts(said: Said) -> Iterator[tuple[str, str]]:
    """Yield the texts that say what a trial is about, with their weights."""
    for name in ("public_title", "scientific_title", "acronym"):
        yield from ((TITLES, words) for words in _both(said[name]))
    for condition in said["conditions"]:
        yield from ((STUDIED, words) for words in _both(condition["name"]))
    for keyword in said["keywords"]:
        yield from ((STUDIED, words) for words in _both(keyword))
    for one in said["interventions"]:
        yield from ((GIVEN, words) for words in (*_both(one["name"]), *one["other_names"]))
    for product in said["products"]:
        yield from ((GIVEN, words) for name in ("generic_name", "brand_name") for words in _both(product[name]))
    yield from ((NUMBERS, number["text"]) for number in said["numbers"])
    yield NUMBERS, said["number"]


# What a reader may look for, by where it stands in the record; codes, days, ages and counts are not words.
_TEXTS = ("kind", "summary")
_CRITERIA = ("inclusion", "exclusion")
_DESIGN = ("allocation", "masking", "control", "assignment", "purpose", "text")
_LISTS = (
    ("funding", ("name", "affiliation")),
    ("secondary_sponsors", ("name", "affiliation")),
    ("countries", ("text",)),
    ("interventions", ("description",)),
    ("products", ("approval", "supplier")),
    ("primary_outcomes", ("measure", "time_frame", "description")),
    ("secondary_outcomes", ("measure", "time_frame", "description")),
    ("ethics", ("name",)),
    ("sites", ("facility", "department", "address")),
    ("further", ("text",)),
)


def _body_texts(said: Said) -> Iterator[str]:
    """Yield every other text of a record."""
    for name in _TEXTS:
        yield from _both(said[name])
    yield from (words for name in _CRITERIA for words in _both(said["eligibility"][name]))
    yield from (words for name in _DESIGN for words in _both(said["design"][name]))
    yield from _both(said["design"]["phase"]["text"])
    yield from _both(said["design"]["kind"]["text"])
    for name in ("sponsor", "public_contact", "scientific_contact"):
        yield from (words for text in (said[name] or {}).values() if isinstance(text, dict) for words in _both(text))
    for name, parts in _LISTS:
        yield from (words for one in said[name] for part in parts for words in _both(one[part]))
    yield from (str(site[part]) for site in said["sites"] for part in ("city", "state") if site[part])
    yield from (product["approval_number"] for product in said["products"] if product["approval_number"])
    yield from (one["number"] for one in said["ethics"] if one["number"])
    yield from _both(said["results"]["summary"])
    yield from _both(said["sharing"]["description"])
