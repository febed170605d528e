"""What a study of a registry brings into a draft: the value that we make of it beside the words that it uses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.enquiries.ctgov.study import Study
from app.enquiries.fields import FIELDS, Tier
from app.enquiries.rules.typed import LARGEST_COUNT, OLDEST, age_of
from app.enquiries.rules.values import Source, Value

# The registry's lists of phases (ctg-oas-v2.yaml, Phase) and our concepts.
PHASES = {
    ("EARLY_PHASE1",): "phase.early_1",
    ("PHASE1",): "phase.1",
    ("PHASE1", "PHASE2"): "phase.1_2",
    ("PHASE2",): "phase.2",
    ("PHASE2", "PHASE3"): "phase.2_3",
    ("PHASE3",): "phase.3",
    ("PHASE4",): "phase.4",
    ("NA",): "phase.na",
}


@dataclass(frozen=True)
class Imported:
    """One value to be confirmed. `value` is None where only a person can say which of ours it is."""

    value: Any
    as_read: Any


@dataclass(frozen=True)
class Lookup:
    """What the database knows about the words of a study: the condition they name, and countries by name."""

    condition: str | None = None
    countries: Mapping[str, str] | None = None


def imported(study: Study, lookup: Lookup) -> dict[str, Imported]:
    """Return field to what the study says about it; fields on which it is silent are absent."""
    found = {field: maker(study, lookup) for field, maker in _MAKERS.items()}
    return {field: what for field, what in found.items() if what is not None}


def may_take(present: Value | None) -> bool:
    """Say whether an import may put its value here: never over what a person typed or confirmed."""
    return present is None or present.waits


def open_fields(what: Mapping[str, Imported], *, terms_accepted: bool) -> dict[str, Imported]:
    """Leave out confidential fields until the operator's confidentiality terms are accepted."""
    return {
        field: given for field, given in what.items() if terms_accepted or FIELDS[field].tier is not Tier.CONFIDENTIAL
    }


def as_values(what: Mapping[str, Imported]) -> dict[str, Value]:
    """Return the imported as values that wait to be confirmed."""
    return {field: Value(field, given.value, Source.REGISTRY, as_read=given.as_read) for field, given in what.items()}


def _text(name: str) -> Callable[[Study, Lookup], Imported | None]:
    def make(study: Study, _lookup: Lookup) -> Imported | None:
        words = getattr(study, name)
        return Imported(words, words) if words else None

    return make


def _age(name: str) -> Callable[[Study, Lookup], Imported | None]:
    def make(study: Study, _lookup: Lookup) -> Imported | None:
        words = getattr(study, name)
        years = age_of(words) if words else None
        return Imported(years if years is not None and years <= OLDEST else None, words) if words else None

    return make


def _phase(study: Study, _lookup: Lookup) -> Imported | None:
    return Imported(PHASES.get(tuple(sorted(study.phases))), study.phases) if study.phases else None


def _condition(study: Study, lookup: Lookup) -> Imported | None:
    return Imported(lookup.condition, study.conditions) if study.conditions else None


def _condition_text(study: Study, _lookup: Lookup) -> Imported | None:
    return Imported("\n".join(study.conditions), study.conditions) if study.conditions else None


def _sex(study: Study, _lookup: Lookup) -> Imported | None:
    if not study.sex:
        return None
    code = study.sex.lower()
    return Imported(code if FIELDS["sex"].label_of(code) else None, study.sex)


def _enrolment(study: Study, _lookup: Lookup) -> Imported | None:
    if study.enrolment is None:
        return None
    return Imported(study.enrolment if study.enrolment <= LARGEST_COUNT else None, study.enrolment)


def _intervention_types(study: Study, _lookup: Lookup) -> Imported | None:
    if not study.intervention_types:
        return None
    codes = dict.fromkeys(kind.lower() for kind in study.intervention_types)
    known = [code for code in codes if FIELDS["intervention_types"].label_of(code)]
    return Imported(known or None, study.intervention_types)


def _healthy_volunteers(study: Study, _lookup: Lookup) -> Imported | None:
    if study.healthy_volunteers is None:
        return None
    return Imported("yes" if study.healthy_volunteers else "no", study.healthy_volunteers)


def _countries(study: Study, lookup: Lookup) -> Imported | None:
    if not study.countries:
        return None
    known = lookup.countries or {}
    codes = list(dict.fromkeys(known[name] for name in study.countries if name in known))
    return Imported(codes or None, study.countries)


def _is_mrct(study: Study, _lookup: Lookup) -> Imported | None:
    """Suggest yes where the study runs in two countries or more; one country says nothing about Japan's part."""
    return Imported("yes", study.countries) if study.countries and len(study.countries) > 1 else None


_MAKERS: dict[str, Callable[[Study, Lookup], Imported | None]] = {
    "nct_number": _text("number"),
    "study_title": _text("title"),
    "official_title": _text("official_title"),
    "sponsor_name": _text("sponsor"),
    "phase": _phase,
    "condition": _condition,
    "condition_text": _condition_text,
    "is_mrct": _is_mrct,
    "countries": _countries,
    "healthy_volunteers": _healthy_volunteers,
    "minimum_age": _age("minimum_age"),
    "maximum_age": _age("maximum_age"),
    "sex": _sex,
    "intervention_types": _intervention_types,
    "enrolment": _enrolment,
}
