"""From what the texts say to one answer: certain, doubtful, or none."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from app.terms.rules import fold
from app.trials.rules.linking.english import NUMBERED
from app.trials.rules.linking.index import Index
from app.trials.rules.linking.places import Agreement, bare, digits_of
from app.trials.rules.linking.shapes import (
    Facility,
    Found,
    Linked,
    Why,
    codes_of,
    doubtful,
    linked,
    unlinked,
)

JAPANESE = re.compile(r"[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff]+")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f.'’&-]*")
NAMES_A_FACILITY = re.compile(
    r"hospital|clinic|university|college|institut|cent(?:er|re)\b|病院|医院|大学|クリニック|センター|診療所|機構",
    re.IGNORECASE,
)
BEARS_FIRST = {"hospital": 0, "campus": 1, "abbreviation": 2, "body": 3}
AGREES = frozenset({Why.BODY_ONLY, Why.ABBREVIATION, Why.SHARED_NAME, Why.MISSPELT})
NAMELESS = (Why.MASKED, Why.NO_NAME, Why.EMPTY)


def remembered_as(facility: Facility) -> str:
    """The key under which a person's decision on a facility is kept: its texts and its place, folded.

    The number that a sponsor gives a site is left out; the place is in, since one name can be two hospitals.
    """
    texts = [fold(NUMBERED.sub(" ", bare(text))) for text in (facility.en, facility.ja)]
    return "|".join([*texts, fold(facility.prefecture), fold(facility.city), digits_of(facility.postal_code)[:3]])


def link(facility: Facility, index: Index, decided: Mapping[str, str | None] | None = None) -> Linked:
    """Say which institution a facility is, if any.

    `decided` maps remembered_as(facility) to an institution's code, or None for "none of the registry": what a person
    decided wins over the rule. Abstains wherever the text alone does not tell: a map point, a city or a postal code
    never names a hospital.
    """
    if decided and (key := remembered_as(facility)) in decided:
        code = decided[key]
        return linked(code, 1.0, Why.DECIDED) if code else unlinked(Why.DECIDED_NONE)
    answers = [_answer(text, facility, index, japanese=ja) for text, ja in _texts(facility)]
    said = [
        (answer, bool(NAMES_A_FACILITY.search(text)))
        for answer, (text, _) in zip(answers, _texts(facility), strict=True)
    ]
    return _together(said)


def named_in(facility: Facility, index: Index) -> list[str]:
    """Return the institutions whose names stand in a facility's texts, hospitals before bodies: choices for a person."""
    found = [one for text, ja in _texts(facility) for one in (index.japanese if ja else index.english).read(text)]
    ordered = sorted(found, key=lambda one: (BEARS_FIRST[one.name.bears], one.name.code))
    return list(dict.fromkeys(one.name.code for one in ordered))


def _texts(facility: Facility) -> list[tuple[str, bool]]:
    """The texts of a facility by script, each with whether it is Japanese."""
    found: list[tuple[str, bool]] = []
    for given in (facility.en, facility.ja):
        text = unicodedata.normalize("NFKC", given).strip()
        if not JAPANESE.search(text):
            found += [(text, False)] if text else []
            continue
        found.append((LATIN.sub(" ", text), True))
        latin = " , ".join(part for part in JAPANESE.split(text) if LATIN.search(part))
        if latin:
            found.append((latin, False))
    return list(dict.fromkeys(found))


def _answer(text: str, facility: Facility, index: Index, *, japanese: bool) -> Linked:
    """What one text says."""
    reader = index.japanese if japanese else index.english
    found = reader.read(text)
    if not found:
        return unlinked(Why.MASKED if reader.masked(text) else Why.NO_NAME)
    of_code = {code: _best(code, found, facility, index) for code in sorted(codes_of(one.name for one in found))}
    return _one_of(list(of_code.values()), found)


def _best(code: str, found: Sequence[Found], facility: Facility, index: Index) -> Linked:
    """The answer of an institution's fullest name in the text."""
    mine = min((one for one in found if one.name.code == code), key=lambda one: BEARS_FIRST[one.name.bears])
    home = index.homes.get(code)
    place = index.prefectures.agreement(facility, home) if home else Agreement.UNKNOWN
    return _judged(mine, place)


def _judged(found: Found, place: Agreement) -> Linked:
    """Weigh one name and what stands beside it against the place."""
    code, name, extra = found.name.code, found.name.text, found.extra
    if found.beside == "other":
        return unlinked(Why.OTHER_HOSPITAL, words=extra)
    doubts = (
        (found.misspelt, Why.MISSPELT),
        (found.beside == "second", Why.SECOND_HOSPITAL),
        (place is Agreement.DIFFERS, Why.OTHER_PLACE),
        (bool(extra), Why.MORE_WORDS),
        (found.name.bears == "body", Why.BODY_ONLY),
        (found.name.bears == "campus" and place is not Agreement.CITY, Why.SHARED_NAME),
        (found.name.bears == "abbreviation" and place is Agreement.UNKNOWN, Why.ABBREVIATION),
    )
    for holds, why in doubts:
        if holds:
            return doubtful(code, why, name=name, words=extra)
    if found.name.bears == "hospital":
        return linked(code, 1.0, Why.NAMED, name=name)
    return linked(code, 0.95, Why.NAMED_AT_PLACE, name=name)


def _one_of(answers: list[Linked], found: Sequence[Found]) -> Linked:
    """One answer of several institutions': a shared name is decided by the place alone, two names by nobody."""
    if len(answers) == 1:
        return answers[0]
    shared = len({one.name.text for one in found}) == 1 or all(one.name.bears in ("campus", "body") for one in found)
    named = [answer for answer in answers if answer.code]
    near = [answer for answer in named if answer.why is not Why.OTHER_PLACE]
    if not named:
        return answers[0]
    if shared and len(near) == 1:
        return near[0]
    if shared:
        return doubtful(None, Why.SHARED_NAME, name=found[0].name.text)
    return doubtful(None, Why.SEVERAL)


def _together(said: Iterable[tuple[Linked, bool]]) -> Linked:
    """One answer of the texts of a facility; each comes with whether it reads as the name of some facility."""
    answers = list(said)
    if not answers:
        return unlinked(Why.EMPTY)
    with_code = [answer for answer, _ in answers if answer.code]
    codes = {answer.code for answer in with_code}
    others = [answer for answer, _ in answers if answer.why is Why.OTHER_HOSPITAL]
    strangers = [answer for answer, facility in answers if answer.why is Why.NO_NAME and facility]
    open_questions = [
        answer for answer, _ in answers if answer.why in (Why.SHARED_NAME, Why.SEVERAL) and not answer.code
    ]
    if not with_code:
        silent = [answer for why in NAMELESS for answer, _ in answers if answer.why is why]
        return (open_questions + others + silent + [answers[0][0]])[0]
    best = max(with_code, key=lambda answer: (answer.certain, answer.score))
    if len(codes) > 1 or any(answer.why is Why.SEVERAL for answer in open_questions):
        return doubtful(None, Why.LANGUAGES_DIFFER)
    if others and best.why is Why.BODY_ONLY:
        return others[0]
    if others or (strangers and best.certain):
        return doubtful(best.code, Why.LANGUAGES_DIFFER)
    hindered = [answer for answer in with_code if not answer.certain and answer.why not in AGREES]
    return hindered[0] if hindered else best
