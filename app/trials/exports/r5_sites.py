"""Places, countries and conditions of taking part in FHIR R5, as contained resources of a ResearchStudy."""

from collections.abc import Iterator

from app.ground.i18n import Locale
from app.trials.exports import r5_codes
from app.trials.exports.r5_parts import Json, clean, concept, kept, plain, worded
from app.trials.record import Country, Record, Site, Text
from app.trials.words import UNDISCLOSED

ELIGIBILITY = "eligibility"


def places(record: Record, language: Locale) -> list[Json]:
    """Return the places of a trial as Locations, in the order of the source, with the words that the source uses.

    A place that the source does not disclose is called just that, in its description.
    """
    return [_place(site, language) for site in record.sites]


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
