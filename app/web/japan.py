"""The map of Japan, drawn into the page: @svg-maps/japan (CC BY 4.0), copied to static/vendor at install."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.sites.rules.marks import Mark, Point, middle, place_marks
from app.terms.models import Concept

DATA = Path(__file__).parents[2] / "static" / "vendor" / "svg-maps-japan" / "japan.json"
_LONG = re.compile(r"(\d+\.\d\d)\d+")


@dataclass(frozen=True)
class Shape:
    """The outline of a prefecture and its middle."""

    path: str
    middle: Point


@dataclass(frozen=True)
class Marked:
    """A prefecture with institutions: where its mark stands and how many there are."""

    mark: Mark
    prefecture: Concept
    count: int


@dataclass(frozen=True)
class Map:
    """Outlines with and without institutions, and the marks from north to south."""

    shaded: tuple[str, ...]
    plain: tuple[str, ...]
    marked: tuple[Marked, ...]


@cache
def shapes() -> Mapping[str, Shape]:
    """Return the outlines by the package's id, which is the English name of the prefecture in lower case.

    Coordinates keep two decimals, a twentieth of a pixel at the size shown.
    """
    places = json.loads(DATA.read_text(encoding="utf-8"))["locations"]
    return {place["id"]: Shape(_LONG.sub(r"\1", place["path"]), middle(place["path"])) for place in places}


def map_of(prefectures: Iterable[Concept], counts: Mapping[str, int]) -> Map:
    """Return the map with a mark for each prefecture that has a count."""
    known = {concept.code: concept for concept in prefectures if counts.get(concept.code)}
    by_id = {shape_id(concept): code for code, concept in known.items()}
    marks = {mark.code: mark for mark in place_marks({code: shapes()[name].middle for name, code in by_id.items()})}
    return Map(
        shaded=tuple(shape.path for name, shape in shapes().items() if name in by_id),
        plain=tuple(shape.path for name, shape in shapes().items() if name not in by_id),
        marked=tuple(Marked(marks[code], concept, counts[code]) for code, concept in known.items()),
    )


def shape_id(prefecture: Concept) -> str:
    """Return the package's id of a prefecture."""
    return prefecture.name_en.lower()
