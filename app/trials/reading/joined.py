"""The Japanese and the English page of one trial as one record: the Japanese page leads, the English fills its gaps."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from app.trials.record import Record, Text


def joined(japanese: Record, english: Record) -> Record:
    """Return one record of the two pages; what both state is taken from the Japanese, text by text and language by
    language.

    Hospitals stand on the Japanese page only; a company as sponsor often on the English page only. Raises ValueError
    for pages of two trials.
    """
    if japanese.number != english.number:
        raise ValueError(f"{japanese.number} and {english.number} are two trials")
    sponsor = next((one.sponsor for one in (japanese, english) if one.sponsor and one.sponsor.name), None)
    whole: Record = _filled(japanese, english)
    titled = whole.public_title or whole.scientific_title
    findings = dict.fromkeys((*japanese.findings, *english.findings))
    return replace(
        whole,
        sponsor=sponsor or japanese.sponsor or english.sponsor,
        international=_either(japanese.international, english.international),
        further=(*japanese.further, *english.further),
        findings=tuple(finding for finding in findings if not (titled and finding.reason == "no_title")),
    )


def _either(first: bool | None, second: bool | None) -> bool | None:
    return True if True in (first, second) else first if second is None else second


def _filled(first: Any, second: Any) -> Any:
    """Return the first value, its silent parts filled from the second."""
    if isinstance(first, Text):
        return Text(first.ja or second.ja, first.en or second.en)
    if is_dataclass(first) and not isinstance(first, type) and type(first) is type(second):
        return replace(
            first, **{f.name: _filled(getattr(first, f.name), getattr(second, f.name)) for f in fields(first)}
        )
    if isinstance(first, tuple) and isinstance(second, tuple):
        alike = len(first) == len(second) and all(map(is_dataclass, (*first, *second)))
        return tuple(map(_filled, first, second)) if alike and first else first or second
    return second if first is None else first
