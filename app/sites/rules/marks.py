"""Where the numbered marks of the map of Japan stand: on two lines off the coast, in the order of the land."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

Point = tuple[float, float]

# In the units of @svg-maps/japan (438 x 516, drawn into 500 x 516). The spine of the country from Kyushu to
# Hokkaido, and two lines off its coasts on which a mark has room for its name.
SPINE: tuple[Point, ...] = ((105, 335), (200, 284), (250, 276), (300, 236), (322, 190), (345, 125), (385, 55))
SEA_OF_JAPAN: tuple[Point, ...] = ((74, 350), (84, 282), (168, 212), (226, 160), (272, 110), (280, 40))
PACIFIC: tuple[Point, ...] = ((190, 480), (396, 300), (398, 130))
# At 320 px a unit is 0.55 px: this keeps a mark as large as a finger needs (24 px) from the next one.
GAP = 44.0
# With more marks than the two lines hold, each stands small on its own prefecture, without a name.
MOST_NAMED = 22


@dataclass(frozen=True)
class Mark:
    """One numbered mark: where it stands, what it points at, on which side its name is written."""

    code: str
    x: float
    y: float
    anchor: Point
    name_at_end: bool
    named: bool

    @property
    def is_away(self) -> bool:
        """Whether a line leads from the mark to its prefecture."""
        return hypot(self.x - self.anchor[0], self.y - self.anchor[1]) > GAP / 2


def place_marks(anchors: Mapping[str, Point]) -> list[Mark]:
    """Place a mark for each prefecture (code to its middle); the same places whatever the order of the input."""
    if len(anchors) > MOST_NAMED:
        return [
            Mark(code, *point, anchor=point, name_at_end=False, named=False) for code, point in sorted(anchors.items())
        ]
    west = {code: point for code, point in anchors.items() if _side(point) <= 0}
    east = {code: point for code, point in anchors.items() if code not in west}
    return _along(SEA_OF_JAPAN, west, name_at_end=True) + _along(PACIFIC, east, name_at_end=False)


def middle(path: str) -> Point:
    """Return the middle of the largest ring of a prefecture's outline (relative `m` and `z` only)."""
    rings = []
    x = y = 0.0
    for part in re.findall(r"m([^mz]+)", path):
        ring = []
        for dx, dy in re.findall(r"(-?[\d.]+(?:e-?\d+)?),(-?[\d.]+(?:e-?\d+)?)", part):
            x, y = x + float(dx), y + float(dy)
            ring.append((x, y))
        rings.append(ring)
        x, y = ring[0]
    return _centroid(max(rings, key=lambda ring: abs(_area(ring))))


def _along(line: Sequence[Point], anchors: Mapping[str, Point], *, name_at_end: bool) -> list[Mark]:
    """Set the marks on a line, each as near its prefecture as the ones beside it allow."""
    wanted = sorted((_nearest(line, point), code) for code, point in anchors.items())
    spread = _spread([at for at, _code in wanted], _length(line))
    marks = []
    for at, (_wanted, code) in zip(spread, wanted, strict=True):
        x, y = _at(line, at)
        marks.append(Mark(code, round(x), round(y), anchors[code], name_at_end=name_at_end, named=True))
    return marks


def _spread(wanted: Sequence[float], length: float) -> list[float]:
    gap = min(GAP, length / max(1, len(wanted) - 1))
    placed: list[float] = []
    for at in wanted:
        placed.append(max(at, placed[-1] + gap) if placed else at)
    end = length
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = min(placed[index], end)
        end = placed[index] - gap
    return placed


def _side(point: Point) -> float:
    """Say on which side of the spine a point lies: negative towards the Sea of Japan."""
    (ax, ay), (bx, by) = min(pairwise(SPINE), key=lambda leg: _distance(leg, point))
    return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)


def _nearest(line: Sequence[Point], point: Point) -> float:
    """Return how far along a line its nearest point to this one lies."""
    legs = list(pairwise(line))
    best = min(range(len(legs)), key=lambda index: _distance(legs[index], point))
    before = sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in legs[:best])
    (ax, ay), (bx, by) = legs[best]
    return before + _share(legs[best], point) * hypot(bx - ax, by - ay)


def _at(line: Sequence[Point], along: float) -> Point:
    left = along
    for (ax, ay), (bx, by) in pairwise(line):
        leg = hypot(bx - ax, by - ay)
        if left <= leg:
            return ax + (bx - ax) * left / leg, ay + (by - ay) * left / leg
        left -= leg
    return line[-1]


def _length(line: Sequence[Point]) -> float:
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line))


def _share(leg: tuple[Point, Point], point: Point) -> float:
    (ax, ay), (bx, by) = leg
    square = (bx - ax) ** 2 + (by - ay) ** 2
    return min(1.0, max(0.0, ((point[0] - ax) * (bx - ax) + (point[1] - ay) * (by - ay)) / square))


def _distance(leg: tuple[Point, Point], point: Point) -> float:
    share, ((ax, ay), (bx, by)) = _share(leg, point), leg
    return hypot(point[0] - ax - share * (bx - ax), point[1] - ay - share * (by - ay))


def _area(ring: Sequence[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]])) / 2


def _centroid(ring: Sequence[Point]) -> Point:
    area, closed = _area(ring), [*ring, ring[0]]
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairwise(closed)) / (6 * area)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairwise(closed)) / (6 * area)
    return round(x, 1), round(y, 1)
