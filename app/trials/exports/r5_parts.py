"""Pieces of FHIR R5: texts in two languages, coded words, references. What is silent yields nothing, never an empty value."""

import re
from collections.abc import Iterable
from typing import Any

from app.ground.i18n import Locale
from app.trials.exports import r5_codes
from app.trials.record import Coded, Day, Text

Json = dict[str, Any]

# FHIR strings hold no control characters but tab, line feed and carriage return.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9.-]")
_LONGEST_ID = 64
_MESH = re.compile(r"[DC]\d{6,9}")


def kept(**parts: Any) -> Json:
    """Return the parts that say something; a name that ends in `_` stands for a name that Python keeps for itself."""
    return {name.rstrip("_"): value for name, value in parts.items() if value not in (None, "", [], {}, ())}


def clean(text: str | None) -> str:
    """Return a text as FHIR takes it, "" where nothing of it is left."""
    return _CONTROL.sub("", text or "").strip()


def resource_id(number: str) -> str:
    """Return a number as the id of a resource: 64 letters, digits, hyphens and full stops at most."""
    return _NOT_IN_ID.sub("-", number)[:_LONGEST_ID]


def worded(name: str, text: Text, language: Locale) -> Json:
    """Return an element in the language of its resource, the other language beside it; else in the one that there is.

    What stands in another language than the resource is marked with the extension `language`.
    """
    words: dict[Locale, str] = {"en": clean(text.en), "ja": clean(text.ja)}
    other: Locale = "ja" if language == "en" else "en"
    if words[language] and words[other]:
        beside = [{"url": "lang", "valueCode": other}, {"url": "content", "valueString": words[other]}]
        return {
            name: words[language],
            f"_{name}": {"extension": [{"url": r5_codes.TRANSLATION, "extension": beside}]},
        }
    if words[language]:
        return {name: words[language]}
    if words[other]:
        return {
            name: words[other],
            f"_{name}": {"extension": [{"url": r5_codes.LANGUAGE, "valueCode": other}]},
        }
    return {}


def coding(system: str, known: tuple[str, str] | None) -> list[Json]:
    """Return one coding, none where we know no code of the same meaning."""
    return [{"system": system, "code": known[0], "display": known[1]}] if known else []


def concept(text: Text, language: Locale, codings: Iterable[Json] = ()) -> Json:
    """Return a CodeableConcept: the source's words, and codes where we have them."""
    return kept(coding=list(codings)) | worded("text", text, language)


def plain(words: str) -> Json:
    """Return a CodeableConcept of words alone."""
    return kept(text=clean(words))


def coded(value: Coded, system: str, codes: dict[str, tuple[str, str]], language: Locale) -> Json:
    """Return a CodeableConcept of a normalised value of ours."""
    return concept(value.text, language, coding(system, codes.get(value.code or "")))


def mesh_coding(code: str | None) -> list[Json]:
    """Return the coding of a MeSH number that the source itself gives; other codes of a source are of unknown systems."""
    found = bool(code) and _MESH.fullmatch(code or "")
    return [{"system": r5_codes.CONDITION_SYSTEMS["mesh"], "code": code}] if found else []


def moment(day: Day | None) -> str | None:
    """Return a day as exact as the source has it: FHIR too knows years and months alone."""
    return day.value if day else None


def period(start: Day | None, end: Day | None) -> Json:
    """Return a period; one that would end before it begins keeps its beginning only, as FHIR demands (per-1)."""
    first, last = moment(start), moment(end)
    in_order = not (first and last) or last >= first
    return kept(start=first, end=last if in_order else None)
