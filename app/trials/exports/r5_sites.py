"""Places, countries and conditions of taking part in FHIR R5, as contained resources of a ResearchStudy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.ground.i18n import Locale
from app.trials.exports import r5_codes
from app.trials.exports.r5_parts import Json, clean, concept, kept, plain, worded
from app.trials.record import Country, Record, Site, Text
from app.trials.words import UNDISCLOSED

ELIGIBILITY = "eligibility"


@dataclass(frozen=True)
class Linked:
    """The institution that this service takes a place for: its page here, its code and its names."""

    address: str
    code: str
    names: Text


def places(record: Record, language: Locale, linked: Mapping[int, Linked]) -> list[Json]:
    """Return the places of a trial as Locations, in the order of the source, with the words that the source uses.

    A place that the source does not disclose is called just that, in its description. `linked` names the institutions
    that we take places for, by position.
    """
    return [_place(site, language) | _managed(linked.get(site.position), language) for site in record.sites]


def _managed(institution: Linked | None, language: Locale) -> Json:
    if institution is None:
        return {}
    identifier = {"system": institution.address, "value": institution.code}
    return {"managingOrganization": {"identifier": identifier, **worded("display", institution.names, language)}}


def _place(site: Site, language: Locale) -> Json:
    hidden = {} if site.disclosed else {"description": UNDISCLOSED.in_(language)}
    country = _country_code(site.country) or ("JP" if site.prefecture else None)
    address = kept(city=clean(site.city), state=clean(site.state), postalCode=clean(site.postcode), country=country)
    named = worded("name", site.facility, language)
    return {"resourceType": "Location", "id": f"site-{site.position}", **named, **hidden, **kept(address=address)}


def reference(place: Json) -> Json:
    """Return the reference to a contained place, with its name to be shown."""
    shown = {name: place[old] for old, name in (("name", "display"), ("_name", "_display")) if old in place}
    return {"reference": f"#{place['id']}", **shown}


def regions(record: Record, language: Locale) -> list[Json]:
    """Return the countries of recruitment."""
    found = []
    for country in record.countries:
        code = _country_code(country)
        codes = [{"system": r5_codes.COUNTRY_SYSTEM, "code": code}] if code else []
        found.append(concept(country.text, language, codes))
    return [one for one in found if one]


def _country_code(country: Country | None) -> str | None:
    return country.code.removeprefix("country.") if country and country.code else None


def eligibility(record: Record, language: Locale) -> Json:
    """Return who can take part as a definitional Group, criterion by criterion in the source's words."""
    criteria = list(_criteria(record, language))
    group = {"resourceType": "Group", "id": ELIGIBILITY, "type": "person", "membership": "definitional"}
    return group | {"characteristic": criteria} if criteria else {}


def _criteria(record: Record, language: Locale) -> Iterator[Json]:
    said = record.eligibility
    ages = (
        said.minimum_age.text if said.minimum_age else Text(),
        said.maximum_age.text if said.maximum_age else Text(),
    )
    for label, text, exclude in (
        ("Inclusion criteria", said.inclusion, False),
        ("Exclusion criteria", said.exclusion, True),
        ("Minimum age", ages[0], False),
        ("Maximum age", ages[1], False),
        ("Sex", said.sex.text, False),
    ):
        if value := concept(text, language):
            yield {"code": plain(label), "valueCodeableConcept": value, "exclude": exclude}
