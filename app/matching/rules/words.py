"""What a run says, put into either language; what hospitals and sources wrote stays as they wrote it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.ground.i18n import Locale, Message, _
from app.matching.rules.criteria import criterion
from app.matching.rules.facts import CAPACITY, Fact, SourceKind
from app.matching.rules.ranking import Band, Ranked, Run
from app.matching.rules.record import fact_json, fact_of, site_of
from app.matching.rules.triggers import asked
from app.matching.rules.verdicts import Judged, Rung, Verdict, judge
from app.sites.rules import FactState as State

VERDICTS: dict[Verdict, Message] = {
    Verdict.MEETS: _("Meets"),
    Verdict.UNKNOWN: _("Unknown"),
    Verdict.FAILS: _("Does not meet"),
}
BANDS: dict[Band, Message] = {
    Band.READY: _("Ready"),
    Band.POSSIBLE_ASK: _("Possible, ask"),
    Band.NOT_NOW: _("Not now"),
    Band.CANNOT: _("Cannot"),
}
RUNGS: dict[Rung, Message] = {
    Rung.CONFIRMED_YES: _("Yes, confirmed by the site"),
    Rung.PUBLIC_YES: _("Yes, by a public source"),
    Rung.CONFIRMED_YES_STALE: _("Yes, confirmed by the site, due for renewal"),
    Rung.PUBLIC_YES_STALE: _("Yes, by a public source, due for renewal"),
    Rung.PARTLY: _("Partly"),
    Rung.SILENT: _("No information"),
    Rung.PUBLIC_NO: _("No, by a source that the site has not confirmed"),
    Rung.CONFIRMED_NO_STALE: _("No, confirmed by the site, due for renewal"),
    Rung.CONFIRMED_NO: _("No, confirmed by the site"),
}
ROOM: dict[State, Message] = {
    State.YES: _("Open to new trials"),
    State.PARTLY: _("Limited: ask first"),
    State.NO: _("Closed to new trials for now"),
    State.UNKNOWN: _("No information"),
}


@dataclass(frozen=True)
class Reason:
    """One criterion of a released site: the verdict and the public evidence; no points, no capacity."""

    criterion: str
    hard: bool
    verdict: Verdict
    evidence: tuple[Fact, ...]


@dataclass(frozen=True)
class Offer:
    """A site as staff may release it to a sponsor: a band and reasons, never a number."""

    institution_id: str
    code: str
    name_en: str
    name_ja: str
    demo: bool
    band: Band
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class SpokenEvidence:
    """A fact in words: the note in the language `lang` that it was written in, or None where only its source speaks.

    `said`: the words are ours, in the reader's language. `is_address`: it has neither source nor date to show.
    """

    text: str | None
    lang: Locale
    source_url: str | None
    source_words: str | None
    as_of: date | None
    dated: str | None
    confirmed: bool
    stale: bool
    months: int | None
    said: bool = False
    is_address: bool = False


@dataclass(frozen=True)
class SpokenReason:
    """A reason in the reader's words."""

    criterion: str
    label: str
    hard: bool
    verdict: Verdict
    verdict_label: str
    evidence: tuple[SpokenEvidence, ...]


def label_of(code: str, locale: Locale) -> str:
    """Return what a criterion is called."""
    return criterion(code).label.in_(locale, code=code)


def offers(run: Run) -> tuple[Offer, ...]:
    """Return the sites of a run, best first, without what is for staff only: judged again by public facts alone."""
    criteria = tuple(one for one in asked(run.request) if one.criterion.public)
    return tuple(_offer(row, judge(criteria, run.request, site_of(row).public())) for row in run.rows)


def reasons_json(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return reasons as a released list stores them."""
    return [
        {
            "criterion": reason.criterion,
            "hard": reason.hard,
            "verdict": reason.verdict.value,
            "evidence": [fact_json(fact) for fact in reason.evidence],
        }
        for reason in reasons
    ]


def speak(reasons: Iterable[Mapping[str, Any]], locale: Locale) -> tuple[SpokenReason, ...]:
    """Put stored reasons into words."""
    return tuple(
        SpokenReason(
            criterion=stored["criterion"],
            label=label_of(stored["criterion"], locale),
            hard=stored["hard"],
            verdict=Verdict(stored["verdict"]),
            verdict_label=VERDICTS[Verdict(stored["verdict"])].in_(locale),
            evidence=tuple(say_fact(fact_of(fact), locale) for fact in stored["evidence"]),
        )
        for stored in reasons
    )


def say_fact(fact: Fact, locale: Locale) -> SpokenEvidence:
    """Put a fact into words: its note in the reader's language, else in the other one, else its value."""
    text, lang = _words_of(fact, locale)
    address = fact.source_kind is SourceKind.REGISTER
    return SpokenEvidence(
        text=text,
        lang=lang,
        source_url=fact.source_url,
        source_words=fact.source_words,
        as_of=fact.as_of,
        dated=fact.dated,
        confirmed=fact.confirmed and not address,
        stale=fact.stale,
        months=fact.months,
        said=_is_room(fact),
        is_address=address,
    )


def _is_room(fact: Fact) -> bool:
    return fact.capability.startswith(f"{CAPACITY}/")


def _offer(row: Ranked, seen: Iterable[Judged]) -> Offer:
    place = row.place
    reasons = tuple(Reason(one.criterion, one.hard, one.verdict, one.evidence) for one in seen)
    return Offer(place.id, place.code, place.name_en, place.name_ja, place.demo, row.band, reasons)


def _words_of(fact: Fact, locale: Locale) -> tuple[str | None, Locale]:
    if _is_room(fact):
        return ROOM[fact.state].in_(locale), locale
    notes: dict[Locale, str | None] = {"en": fact.note_en, "ja": fact.note_ja}
    other: Locale = "ja" if locale == "en" else "en"
    for language in (locale, other):
        if note := notes[language]:
            return note, language
    return " ".join(part for part in (fact.value, fact.unit) if part) or None, locale
