"""What a ClinicalTrials.gov API v2 study says, value by value, exactly as it stands there and null where it is silent."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.ground.i18n import Locale, Message, _

SOURCE = "ClinicalTrials.gov"
# The pattern of /studies/{nctId} in the registry's own specification (ctg-oas-v2.yaml).
NUMBER = re.compile(r"NCT[0-9]{8}")
# The registry itself ends an official title at 600 characters; anything far beyond is not one of its records.
LONGEST_TEXT = 20_000
LONGEST_LIST = 1_000
LARGEST_COUNT = 2**31 - 1
# What `madoguchi enquiries read --json` prints, in this order.
SAID = (
    "source", "number", "title", "official_title", "phases", "conditions", "minimum_age", "maximum_age", "sex",
    "enrolment", "intervention_types", "sponsor",
)  # fmt: skip


class NotAStudy(Exception):
    """JSON that is not a study of the ClinicalTrials.gov API v2; says what is wrong, and where."""

    def __init__(self, message: Message, **details: object) -> None:
        super().__init__(message.msgid % details)
        self.message = message
        self.details = details

    def in_(self, locale: Locale) -> str:
        """Say what is wrong in the reader's language."""
        return self.message.in_(locale, **self.details)


@dataclass(frozen=True)
class Study:
    """One study as the registry states it: texts and codes untouched, None where the record is silent."""

    source: str
    number: str
    title: str | None
    official_title: str | None
    phases: list[str] | None
    conditions: list[str] | None
    minimum_age: str | None
    maximum_age: str | None
    sex: str | None
    enrolment: int | None
    intervention_types: list[str] | None
    sponsor: str | None
    healthy_volunteers: bool | None = None
    countries: list[str] | None = None
    mesh: list[str] | None = None
    aliases: list[str] | None = None

    def said(self) -> dict[str, Any]:
        """Return the values that a draft takes over, by the names and in the order of SAID."""
        return {name: getattr(self, name) for name in SAID}

    def kept(self) -> dict[str, Any]:
        """Return everything that was read, as plain JSON values, to be stored and read back with `study_from`."""
        return asdict(self)


def study_from(kept: Mapping[str, Any]) -> Study:
    """Return the study that `Study.kept` gave."""
    return Study(**kept)


def read_study(record: object) -> Study:
    """Read one study object of the API.

    Only `protocolSection.identificationModule.nctId` must be there: every other value may be absent.
    Raises NotAStudy where the JSON has another shape or holds text that cannot be stored.
    """
    if not isinstance(record, dict) or not isinstance(record.get("protocolSection"), dict):
        raise NotAStudy(_("This is not a study of the ClinicalTrials.gov API v2: it has no protocolSection."))
    return Study(
        source=SOURCE,
        number=_number(record),
        title=_text(record, "identificationModule.briefTitle"),
        official_title=_text(record, "identificationModule.officialTitle"),
        phases=_texts(record, "designModule.phases"),
        conditions=_texts(record, "conditionsModule.conditions"),
        minimum_age=_text(record, "eligibilityModule.minimumAge"),
        maximum_age=_text(record, "eligibilityModule.maximumAge"),
        sex=_text(record, "eligibilityModule.sex"),
        enrolment=_count(record, "designModule.enrollmentInfo.count"),
        intervention_types=_each(record, "armsInterventionsModule.interventions", "type"),
        sponsor=_text(record, "sponsorCollaboratorsModule.leadSponsor.name"),
        healthy_volunteers=_flag(record, "eligibilityModule.healthyVolunteers"),
        countries=_distinct(_each(record, "contactsLocationsModule.locations", "country", longest=None)),
        mesh=_each(record, "derivedSection.conditionBrowseModule.meshes", "id"),
        aliases=_texts(record, "identificationModule.nctIdAliases"),
    )


def _number(record: dict[str, Any]) -> str:
    number = _text(record, "identificationModule.nctId")
    if number is None or not NUMBER.fullmatch(number):
        raise NotAStudy(_("This is not a study of the ClinicalTrials.gov API v2: it has no NCT number."))
    return number


def _value(record: dict[str, Any], path: str) -> Any:
    """Return what stands at a path below protocolSection (or derivedSection), None where a step is absent."""
    steps = path.split(".")
    here: Any = record if steps[0] == "derivedSection" else record["protocolSection"]
    for step in steps:
        if not isinstance(here, dict):
            raise _another_shape(path)
        here = here.get(step)
        if here is None:
            return None
    return here


def _text(record: dict[str, Any], path: str) -> str | None:
    value = _value(record, path)
    return None if value is None else _storable(value, path)


def _texts(record: dict[str, Any], path: str) -> list[str] | None:
    values = _value(record, path)
    return None if values is None else [_storable(value, path) for value in _listed(values, path, LONGEST_LIST)]


def _each(record: dict[str, Any], path: str, key: str, longest: int | None = LONGEST_LIST) -> list[str] | None:
    """Return one text of each object in a list, in its order and with its repeats; objects without it are left out."""
    items = _value(record, path)
    if items is None:
        return None
    if not all(isinstance(item, dict) for item in _listed(items, path, longest)):
        raise _another_shape(path)
    return [_storable(item[key], f"{path}.{key}") for item in items if item.get(key) is not None]


def _count(record: dict[str, Any], path: str) -> int | None:
    value = _value(record, path)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_COUNT:
        raise _another_shape(path)
    return value


def _flag(record: dict[str, Any], path: str) -> bool | None:
    value = _value(record, path)
    if not isinstance(value, bool | None):
        raise _another_shape(path)
    return value


def _listed(value: object, path: str, longest: int | None) -> list[Any]:
    if not isinstance(value, list) or (longest is not None and len(value) > longest):
        raise _another_shape(path)
    return value


def _storable(value: object, path: str) -> str:
    """Return a text as it stands; PostgreSQL keeps every character but NUL and halves of surrogate pairs."""
    if not isinstance(value, str):
        raise _another_shape(path)
    if len(value) > LONGEST_TEXT:
        raise NotAStudy(
            _("The text at %(place)s is longer than %(most)s characters."), place=path, most=f"{LONGEST_TEXT:,}"
        )
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise NotAStudy(_("The text at %(place)s holds a character that cannot be stored."), place=path)
    return value


def _distinct(values: list[str] | None) -> list[str] | None:
    return None if values is None else list(dict.fromkeys(values))


def _another_shape(path: str) -> NotAStudy:
    return NotAStudy(
        _("This is not a study of the ClinicalTrials.gov API v2: %(place)s has another shape."), place=path
    )
