"""Linking as the rest of the house uses it: the names from the project's own files, and a place of a record."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from app.trials.record import Site
from app.trials.rules.linking import BEARS, Facility, Home, Index, Name
from app.trials.rules.linking.shapes import Language

SEED = Path(__file__).parents[2] / "seed_data"
JAPAN = "country.JP"


def known_names(folder: Path = SEED) -> list[Name]:
    """The names of seed_data/trials/institution_names.csv, each with what it stands for."""
    return [
        Name(row["code"], row["name"], cast(Language, row["language"]), BEARS[row["bears"]])
        for row in _rows(folder / "trials" / "institution_names.csv")
    ]


def known_homes(folder: Path = SEED) -> list[Home]:
    """Where the institutions of seed_data/sites/institutions.csv are."""
    rows = _rows(folder / "sites" / "institutions.csv")
    return [Home(row["code"], row["prefecture"], row["city_en"], row["city_ja"]) for row in rows]


def linking_index(
    names: Iterable[Name] | None = None, homes: Iterable[Home] | None = None, folder: Path = SEED
) -> Index:
    """Make the index that `link` reads; names and homes are the seeded ones where none are given.

    Making it takes a few milliseconds: make it once for a batch of records, not for each.
    """
    prefectures = [(row["code"], row["name_en"], row["name_ja"]) for row in _rows(folder / "terms" / "prefectures.csv")]
    return Index(
        known_names(folder) if names is None else names, known_homes(folder) if homes is None else homes, prefectures
    )


def facility_of(site: Site) -> Facility | None:
    """A place of a record as `link` reads it; None for a place outside Japan, where names recur (National Cancer Center).

    A page of jRCT has an address and no city; the address then stands for the city.
    """
    if site.country and site.country.code != JAPAN:
        return None
    return Facility(
        en=site.facility.en or "",
        ja=site.facility.ja or "",
        city=site.city or site.address.ja or site.address.en or "",
        prefecture=site.state or site.prefecture or "",
        postal_code=site.postcode or "",
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
