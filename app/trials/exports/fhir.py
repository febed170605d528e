"""A trial as a FHIR R5 ResearchStudy: the words of its registries, our codes beside them, and whose words they are.

The record that leads speaks first; where it is silent, the next one that speaks. Every record is named with its
address, its terms of use and the day on which it was read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from app.ground.calendar import in_japan
from app.ground.i18n import Locale, _
from app.terms.rules import fold
from app.trials.exports import r5_codes, r5_people, r5_sites
from app.trials.exports.r5_parts import (
    Json,
    clean,
    coded,
    coding,
    concept,
    kept,
    mesh_coding,
    moment,
    period,
    plain,
    resource_id,
    worded,
)
from app.trials.models.sources import Source
from app.trials.record import NOTHING, Condition, Intervention, Outcome, Record, Text

READ_ON = _("%(number)s was read on %(day)s.")
FICTIONAL = _("Fictional: made for a demonstration. No such trial exists.")
Said = TypeVar("Said")


@dataclass(frozen=True)
class Reading:
    """What one source says of a trial, which version of it, when it last changed for us, and when it was last read."""

    said: Record
    version: int
    changed_at: datetime
    read_at: datetime
    demo: bool = False


@dataclass(frozen=True)
class Known:
    """What the mapping is told: the address of this service, the published codes of conditions by folded name, and for
    records (source and number) the institutions that their places were taken for, by position.
    """

    base: str
    conditions: Mapping[str, list[Json]] = field(default_factory=dict)
    linked: Mapping[tuple[str, str], Mapping[int, r5_sites.Linked]] = field(default_factory=dict)

    def codes_of(self, name: Text) -> list[Json]:
        """Return the published codes of the condition that is called just so in either language."""
        keys = (fold(words) for words in (name.en, name.ja) if words)
        return next((self.conditions[key] for key in keys if key in self.conditions), [])

    def linked_in(self, record: Record) -> Mapping[int, r5_sites.Linked]:
        """Return the institutions of a record's places."""
        return self.linked.get((record.source, record.number), {})


def study(readings: list[Reading], known: Known) -> Json:
    """Return a trial as a ResearchStudy; the first reading leads. Raises IndexError where there is none."""
    lead = readings[0].said
    language: Locale = "en" if _title(lead).en or not _title(lead) else "ja"
    eligible = _first(readings, lambda r: r5_sites.eligibility(r, language))
    places = _first(readings, lambda r: r5_sites.places(r, language, known.linked_in(r))) or []
    return {
        "resourceType": "ResearchStudy",
        "id": resource_id(lead.number),
        "meta": _meta(readings),
        "language": language,
        **kept(contained=[*places, *([eligible] if eligible else [])]),
        "url": f"{known.base}/trials/{lead.number}",
        "identifier": r5_people.identifiers([one.said for one in readings]),
        "version": str(readings[0].version),
        **worded("title", _first(readings, _title) or NOTHING, language),
        **kept(label=list(_labels(readings)), relatedArtifact=list(_artifacts(readings))),
        # The registry publishes the record: that is what this status says. How far the trial is stands in progressStatus.
        "status": "unknown" if lead.status.code == "withheld" else "active",
        **kept(date=moment(lead.updated)),
        **_designed(readings, language),
        **_studied(readings, known, language),
        **kept(
            associatedParty=_first(readings, lambda r: r5_people.parties(r, language)),
            progressStatus=_first(readings, lambda r: _progress(r, language)),
            recruitment=_recruitment(readings, eligible=bool(eligible)),
            outcomeMeasure=_first(readings, lambda r: list(_outcomes(r, language))),
            site=[r5_sites.reference(place) for place in places],
            note=list(_notes(readings)),
        ),
    }


def _first(readings: list[Reading], read: Callable[[Record], Said]) -> Said | None:
    """Return what the first record that speaks says, None where all are silent."""
    return next((said for one in readings if (said := read(one.said))), None)


def _title(record: Record) -> Text:
    return record.public_title or record.scientific_title or record.acronym


def _meta(readings: list[Reading]) -> Json:
    marks = [r5_codes.FICTIONAL] if any(one.demo for one in readings) else []
    changed = max(one.changed_at for one in readings)
    return kept(lastUpdated=changed.isoformat(), source=_address(readings[0].said), security=marks)


def _address(record: Record) -> str | None:
    address = clean(record.address)
    return address if address.startswith(("https://", "http://")) else None


def _labels(readings: list[Reading]) -> Iterator[Json]:
    """Yield every title of every registry, each once, in its language."""
    seen: set[tuple[str, str]] = set()
    for record in (one.said for one in readings):
        titles = (
            ("scientific", record.scientific_title),
            ("plain-language", record.public_title),
            ("acronym", record.acronym),
        )
        for kind, text in titles:
            for language, words in (("en", clean(text.en)), ("ja", clean(text.ja))):
                if words and (kind, words) not in seen:
                    seen.add((kind, words))
                    tongue = {"extension": [{"url": r5_codes.LANGUAGE, "valueCode": language}]}
                    codes = coding(r5_codes.TITLE_SYSTEM, (kind, r5_codes.TITLES[kind]))
                    yield {"type": {"coding": codes}, "value": words, "_value": tongue}


def _artifacts(readings: list[Reading]) -> Iterator[Json]:
    """Yield where each record, its results and the terms of its source are published."""
    for one in readings:
        name = Source(one.said.source).terms.name.in_("en")
        if address := _address(one.said):
            yield _document(address, f"{name}: {one.said.number}")
        for link in one.said.results.links:
            if link.address.startswith(("https://", "http://")):
                yield _document(link.address, link.label.any() or "Results")
    for source in dict.fromkeys(Source(one.said.source) for one in readings):
        yield _document(source.terms.address, f"{source.terms.name.in_('en')}: terms of use")


def _document(address: str, label: str) -> Json:
    return {"type": "documentation", **kept(display=clean(label)), "document": {"url": address}}


def _designed(readings: list[Reading], language: Locale) -> Json:
    phase = _first(readings, lambda r: r.design.phase if r.design.phase.text or r.design.phase.codes else None)
    purpose = _first(readings, lambda r: r.design.purpose) or NOTHING
    meant = r5_codes.PURPOSES.get((purpose.en or "").lower().replace("_", " ").strip(" .;"))
    design = _first(readings, lambda r: list(_design(r, language)))
    codes = [r5_codes.PHASES[code] for code in phase.codes if code in r5_codes.PHASES] if phase else []
    return kept(
        primaryPurposeType=concept(purpose, language, coding(r5_codes.PURPOSE_SYSTEM, meant)),
        # One trial has one phase here; where a source names several, its words say so and no code is chosen for it.
        phase=concept(
            phase.text, language, coding(r5_codes.PHASE_SYSTEM, codes[0]) if len(codes) == 1 else []
        ) if phase else None,
        studyDesign=design,
    )  # fmt: skip


def _design(record: Record, language: Locale) -> Iterator[Json]:
    design = record.design
    if kind := coded(design.kind, r5_codes.DESIGN_SYSTEM, r5_codes.DESIGNS, language):
        yield kind
    for text in (design.allocation, design.masking, design.control, design.assignment, design.text):
        if said := concept(text, language):
            yield said


def _studied(readings: list[Reading], known: Known, language: Locale) -> Json:
    summary = _first(readings, lambda r: r.summary) or NOTHING
    return kept(
        focus=_first(readings, lambda r: list(_focus(r, language))),
        condition=_first(readings, lambda r: [_condition(one, known, language) for one in r.conditions]),
        keyword=_first(readings, lambda r: [said for k in r.keywords if (said := concept(k, language))]),
        region=_first(readings, lambda r: r5_sites.regions(r, language)),
        # What jRCT asks for under this name is the purpose of the study.
        objective=_first(readings, lambda r: _objective(r, language)),
        period=_first(readings, lambda r: period(r.started, r.completed)),
    ) | worded("descriptionSummary", summary, language)


def _focus(record: Record, language: Locale) -> Iterator[Json]:
    for one in record.interventions:
        if said := concept(_what(one), language):
            yield {"concept": said}
    for product in record.products:
        for text in (product.generic_name, product.brand_name):
            if said := concept(text, language):
                yield {"concept": said}


def _what(intervention: Intervention) -> Text:
    return intervention.name or intervention.description


def _condition(condition: Condition, known: Known, language: Locale) -> Json:
    codes = mesh_coding(condition.code) or known.codes_of(condition.name)
    return concept(condition.name, language, codes) or plain(condition.code or "-")


def _objective(record: Record, language: Locale) -> list[Json]:
    said = worded("description", record.summary, language) if record.source == Source.JRCT else {}
    return [said] if said else []


def _progress(record: Record, language: Locale) -> list[Json]:
    state = coded(record.status, r5_codes.STATUS_SYSTEM, r5_codes.STATUSES, language)
    if not state and record.status.code:
        state = plain(record.status.code)
    return [{"state": state, "actual": True}] if state else []


def _recruitment(readings: list[Reading], *, eligible: bool) -> Json:
    planned = _first(readings, lambda r: r.size.value if r.size and r.size.kind != "actual" else None)
    real = _first(readings, _enrolled)
    reference = {"reference": f"#{r5_sites.ELIGIBILITY}"} if eligible else None
    return kept(targetNumber=planned, actualNumber=real, eligibility=reference)


def _enrolled(record: Record) -> int | None:
    return next((one.value for one in (record.enrolled, record.size) if one and one.kind == "actual"), None)


def _outcomes(record: Record, language: Locale) -> Iterator[Json]:
    for kind, outcomes in (("primary", record.primary_outcomes), ("secondary", record.secondary_outcomes)):
        for one in outcomes:
            if said := worded("name", one.measure, language) | worded("description", _how(one), language):
                codes = coding(r5_codes.OBJECTIVE_SYSTEM, (kind, r5_codes.OBJECTIVES[kind]))
                yield said | {"type": [{"coding": codes}]}


def _how(outcome: Outcome) -> Text:
    """Return when and how something is measured, in the source's words, one under the other."""
    both = (outcome.time_frame, outcome.description)
    ja, en = ("\n".join(words for words in said if words) for said in zip(*((t.ja, t.en) for t in both), strict=True))
    return Text(ja or None, en or None)


def _notes(readings: list[Reading]) -> Iterator[Json]:
    """Yield, in both languages, whose words these are, on what terms, and when they were read; first that it is fiction."""
    if any(one.demo for one in readings):
        yield worded("text", Text(FICTIONAL.in_("ja"), FICTIONAL.in_("en")), "en")
    for one in readings:
        terms = Source(one.said.source).terms
        day = in_japan(one.read_at).isoformat()
        en = f"{terms.line.in_('en')} {READ_ON.in_('en', number=one.said.number, day=day)}"
        ja = f"{terms.line.in_('ja')}{READ_ON.in_('ja', number=one.said.number, day=day)}"
        yield {"time": one.read_at.isoformat(), **worded("text", Text(ja, en), "en")}
