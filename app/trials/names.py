"""Linking as the rest of the house uses it: names from the project's files and the registry, and a place of a record."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.db import stable_id
from app.identity.models import Organisation
from app.sites.models import Institution
from app.sites.rules import InstitutionKind
from app.trials.record import Site
from app.trials.rules.linking import BEARS, Facility, Home, Index, Name, link, remembered_as, tells
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


@dataclass(frozen=True)
class Known:
    """An institution as the registry has it: what it is, its names, and where it is as far as that is known."""

    code: str
    kind: InstitutionKind
    name_en: str
    name_ja: str | None
    prefecture: str | None
    city_en: str | None
    city_ja: str | None

    @property
    def home(self) -> Home | None:
        """Where it is; None where the registry does not say."""
        return Home(self.code, self.prefecture, self.city_en or "", self.city_ja or "") if self.prefecture else None

    @property
    def names(self) -> list[Name]:
        """Its names in the registry; those of a partner need their city, since every city has such a clinic."""
        bears = BEARS["campus" if self.kind.is_of_a_hub or self.kind is InstitutionKind.PARTNER else "hospital"]
        both: tuple[tuple[Language, str | None], ...] = (("en", self.name_en), ("ja", self.name_ja))
        return [Name(self.code, text, language, bears) for language, text in both if text]


@lru_cache(maxsize=4)
def registry_index(institutions: tuple[Known, ...]) -> Index:
    """Make the index of institutions of the registry: names of the project's files, else those of the registry.

    Networks are no places. A name without a word of its own finds nobody. What already stands for another institution
    for certain is no partner's name, so that nobody takes over a hospital's records by naming a partner like it.
    """
    places = [one for one in institutions if one.kind is not InstitutionKind.NETWORK]
    homes = [home for one in places if (home := one.home)]
    codes = {one.code for one in places}
    names = [name for name in known_names() if name.code in codes]
    in_files = {name.code for name in names}
    own = [name for one in places if one.code not in in_files for name in one.names if tells(name)]
    names += [name for name in own if name.bears == "hospital"]
    first = linking_index(names, homes)
    names += [name for name in own if name.bears != "hospital" and not link(_written(name), first).certain]
    return linking_index(names, homes)


def _written(name: Name) -> Facility:
    return Facility(en=name.text) if name.language == "en" else Facility(ja=name.text)


def facility_id(facility: Facility, *, demo: bool) -> UUID:
    """Return the id of a facility text: the same for all that is remembered as one, another for a demonstration's."""
    return stable_id("demo_facility" if demo else "facility", remembered_as(facility))


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


async def linking_indexes(session: AsyncSession) -> dict[bool, Index]:
    """Return the index for public records (False) and the one for records of a demonstration (True).

    An invented record finds only fictional institutions.
    """
    known = await session.execute(
        select(
            Institution.demo,
            Institution.code,
            Institution.kind,
            Organisation.name_en,
            Organisation.name_ja,
            Institution.prefecture_code,
            Institution.city_en,
            Institution.city_ja,
        )
        .join(Organisation, Organisation.id == Institution.id)
        .order_by(Institution.code)
    )
    every = [(row.demo, Known(*row[1:])) for row in known]
    public, invented = tuple(one for _demo, one in every), tuple(one for demo, one in every if demo)
    return {False: registry_index(public), True: registry_index(invented)}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
