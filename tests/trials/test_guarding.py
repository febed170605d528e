"""A part that is suddenly gone in more than a few records is another layout; a few without it are records without it."""

import pytest

from app.ground.i18n import _, say
from app.trials.rules.guarding import FEW, LATEST, holes, watch
from app.trials.rules.numbers import is_fictional
from app.trials.rules.reasons import put_away, taken_out


def test_a_few_records_without_a_part_are_no_other_layout() -> None:
    watched = watch({}, [("status",)] * FEW + [()] * 10, position=0)
    assert watched.gone is None
    assert watched.missing == {"status": [0, 1, 2, 3, 4]}


def test_one_more_is_whatever_portions_they_came_in() -> None:
    watched = watch({}, [("status",)] * FEW, position=0)
    again = watch(watched.missing, [("design",), ("status", "design")], position=FEW)
    assert again.gone == "status"


def test_records_of_long_ago_do_not_count() -> None:
    rare = [("status",) if one % (LATEST // 2) == 0 else () for one in range(20 * LATEST)]
    watched = watch({}, rare, position=0)
    assert watched.gone is None
    assert len(watched.missing["status"]) <= 2
    assert watch(watched.missing, [()] * (2 * LATEST), position=20 * LATEST).missing == {}


def test_a_hole_is_what_the_stored_version_has() -> None:
    assert holes({"status", "design"}, {"design"}) == ("status",)
    assert holes({"status"}, {"status"}) == ()


@pytest.mark.parametrize(
    ("number", "fictional"),
    [
        ("jRCTs999190001", True),
        ("jRCT2999990001", True),
        ("NCT99991234", True),
        ("jRCTs051180190", False),
        ("jRCT2031990264", False),
        ("NCT09999123", False),
        ("UMIN999900001", False),
    ],
)
def test_numbers_of_the_practice_registry_are_known(number: str, fictional: bool) -> None:
    assert is_fictional(number) is fictional


def test_a_sentence_within_a_sentence_is_said_in_the_readers_language() -> None:
    said = say(_("%(registry)s did not answer in time. Nothing was kept; try again later."), registry=_("WHO ICTRP"))
    assert taken_out(put_away(said)).in_("ja") == said.in_("ja")
    assert put_away(say(_("line %(number)s"), number=3))["details"] == {"number": 3}
