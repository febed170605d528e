"""The names under which institutions appear in records, read from the project's own files."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from app.trials.rules.linking import BEARS, Home, Index, Name
from app.trials.rules.linking.shapes import Language

SEED = Path(__file__).parents[2] / "seed_data"


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


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
