"""The marks of the map stand off the land, apart from each other, in the order of the land."""

from itertools import combinations, pairwise
from math import hypot, isclose

import pytest

from app.sites.rules.marks import GAP, MOST_NAMED, middle, place_marks

MIDDLES = {
    "hokkaido": (373.0, 58.7),
    "miyagi": (342.0, 189.0),
    "tokyo": (311.4, 254.8),
    "chiba": (328.0, 260.0),
    "aichi": (268.0, 272.0),
    "osaka": (233.8, 281.0),
    "hyogo": (221.0, 268.0),
    "kyoto": (232.5, 265.8),
    "fukuoka": (137.0, 308.0),
}


def test_no_two_marks_touch() -> None:
    marks = place_marks(MIDDLES)
    assert {mark.code for mark in marks} == set(MIDDLES)
    for one, other in combinations(marks, 2):
        assert hypot(one.x - other.x, one.y - other.y) > 26, (one.code, other.code)


def test_marks_of_one_coast_keep_the_order_of_the_land() -> None:
    east = [mark for mark in place_marks(MIDDLES) if not mark.name_at_end]
    assert [mark.code for mark in sorted(east, key=lambda mark: mark.y)] == [
        "miyagi",
        "tokyo",
        "chiba",
        "aichi",
        "osaka",
    ]


def test_the_places_do_not_depend_on_the_order_of_the_input() -> None:
    assert place_marks(MIDDLES) == place_marks(dict(reversed(MIDDLES.items())))


def test_marks_crowded_at_the_end_of_a_line_are_pushed_back_along_it() -> None:
    crowded = {f"p{n}": (330.0 + n / 10, 150.0 + n) for n in range(5)}
    marks = sorted(place_marks(crowded), key=lambda mark: mark.y)
    for upper, lower in pairwise(marks):
        assert hypot(upper.x - lower.x, upper.y - lower.y) >= GAP - 4


def test_too_many_to_be_named_stand_on_their_own_prefecture() -> None:
    many = {f"{n:02}": (100.0 + n, 200.0 + n) for n in range(MOST_NAMED + 1)}
    marks = place_marks(many)
    assert all((mark.x, mark.y) == many[mark.code] for mark in marks)
    assert not any(mark.named or mark.is_away for mark in marks)


def test_a_mark_beside_its_prefecture_needs_no_line() -> None:
    (mark,) = place_marks({"here": (396.0, 300.0)})
    assert not mark.is_away


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("m 0,0 10,0 0,10 -10,0 z", (5, 5)),
        ("m 0,0 1,0 0,1 -1,0 z m 20,20 10,0 0,10 -10,0 z", (25, 25)),
    ],
)
def test_the_middle_is_that_of_the_largest_island(path: str, expected: tuple[float, float]) -> None:
    x, y = middle(path)
    assert isclose(x, expected[0])
    assert isclose(y, expected[1])


def test_more_than_a_coast_holds_stand_closer_and_stay_on_it() -> None:
    many = {f"p{n:02}": (90.0 + 3 * n, 330.0 - 2 * n) for n in range(14)}
    marks = [mark for mark in place_marks(many) if mark.name_at_end]
    assert len(marks) > 10
    assert len({(mark.x, mark.y) for mark in marks}) == len(marks)
    assert all(70 <= mark.x <= 285 and 35 <= mark.y <= 355 for mark in marks)
