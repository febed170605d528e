"""The locations of a ClinicalTrials.gov study: facility, city, state, country and status, never geoPoint or contacts."""

from collections.abc import Iterable
from typing import Any

from app.trials.reading.tree import Tree
from app.trials.record import Coded, Country, Site, Text
from app.trials.rules import codes, places
from app.trials.rules.lists import once

_JAPAN = "country.JP"


def sites_of(tree: Tree, sponsors: Iterable[str]) -> tuple[Site, ...]:
    """Return the locations in their order; a name that the sponsor masked says so and is never guessed."""
    names = tuple(sponsors)
    rows = tree.objects("contactsLocationsModule.locations")
    return tuple(_site(tree, position, row, names) for position, row in enumerate(rows, 1))


def countries_of(sites: Iterable[Site]) -> tuple[Country, ...]:
    """Return each country of the locations once, in their order (11)."""
    named = [site.country for site in sites if site.country]
    return once(named, lambda country: country.code or country.text.any())


def _site(tree: Tree, position: int, row: dict[str, Any], sponsors: tuple[str, ...]) -> Site:
    item = f"sites.{position}"

    def words(name: str) -> str | None:
        return tree.notes.words(item, row.get(name), names_too=False)

    facility, city, state, country = words("facility"), words("city"), words("state"), words("country")
    where = Country(Text(en=country), places.country_code(country)) if country else None
    in_japan = where is not None and where.code == _JAPAN
    reason = places.undisclosed(Text(en=facility), (city, state, country), sponsors, japan=in_japan)
    if reason == "person":
        tree.notes.find(item, "", "name_withheld")
        facility = None
    status = Text(en=words("status"))
    return Site(
        position=position,
        facility=Text(en=facility),
        city=city,
        state=state,
        postcode=words("zip"),
        country=where,
        prefecture=places.prefecture_of(f"{state}, Japan" if state else None, city) if in_japan else None,
        status=tree.notes.coded(item, status, codes.STATUSES, "status_not_known") if status else Coded(),
        disclosed=reason is None,
        undisclosed_because=reason,
    )
