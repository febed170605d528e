"""Rules about a registry's page and its waits, without a registry."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trials.rules.pages import is_registry_page, is_whole, missing_parts, rows, trial_title, without_people
from app.trials.rules.turns import LONGEST_SAID, WAIT_UNSAID, asked_wait, wait_for_turn

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_the_real_page_is_known_and_loses_its_people_and_nothing_else(shared: Path) -> None:
    page = (shared / "data/jrct/jRCTs051180190.html").read_text(encoding="utf-8")
    assert missing_parts(page, "jRCTs051180190") == ()
    assert missing_parts(page, "jRCTs051180191") == ("number",)
    assert is_whole(page)
    assert is_registry_page(page)
    kept = without_people(page)
    before, after = list(rows(page)), list(rows(kept))
    assert [parts for parts, _cells in before] == [parts for parts, _cells in after]
    emptied = [(parts, cells) for (parts, cells), (_same, left) in zip(before, after, strict=True) if cells != left]
    assert emptied
    assert all(
        any(word in "".join(parts) for word in ("氏名", "電話", "fax", "メール", "役職")) for parts, _cells in emptied
    )
    people = {cell for parts, cells in before if parts & {"氏名", "担当者氏名"} for cell in cells if cell}
    assert len(people) > 60
    assert [name for name in people if f">{name}<" in kept] == []
    assert "@" not in kept
    assert sum("所属機関(実施医療機関)" in parts and all(cells) for parts, cells in after) == 34
    assert trial_title(kept, "ja") == trial_title(page, "ja") != ""


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("<tr><th>氏名 / <label>Name</label></th><td>見本</td><td><p>MIHON</p></td></tr>", False),
        ("<tr><th rowspan=8>連絡先</th><th>電話番号</th><td>見本</td></tr>", False),
        ("<tr><th>e-Rad 番号<td>見本</tr>", False),
        ("<TR><TH>E-Mail</TH><TD>見本</TD></TR>", False),
        ("<tr><th>Name of Certified Review Board</th><td>見本</td></tr>", True),
        ("<tr><th>担当者所属機関</th><td>見本</td></tr>", True),
        ("<tr><th>当該特定臨床研究に対する管理者の許可の有無</th><td>見本</td></tr>", True),
    ],
)  # fmt: skip
def test_only_rows_about_people_are_emptied(row: str, kept: bool) -> None:
    said = without_people(f"<table>{row}</table>")
    assert ("見本" in said) is kept
    assert "MIHON" not in said


@given(st.text(alphabet="<>/trhd &;label@.a氏名号", max_size=200))
def test_no_broken_page_breaks_the_reading(page: str) -> None:
    assert list(rows(without_people(page))) is not None
    assert missing_parts(page, "jRCTs999190001")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7), (" 0 ", 0), ("999999", LONGEST_SAID), ("Fri, 20 Nov 2026 03:01:00 GMT", 60), ("Fri, 20 Nov 2026 02:00:00 GMT", 0),
        ("Fri, 20 Nov 2026 03:02:00", 120), (None, WAIT_UNSAID), ("", WAIT_UNSAID), ("-5", WAIT_UNSAID), ("soon", WAIT_UNSAID), ("７", WAIT_UNSAID),
    ],
)  # fmt: skip
def test_the_wait_that_the_registry_asks_for_is_understood_or_generous(said: str | None, seconds: float) -> None:
    assert asked_wait(said, now=NOW) == seconds


@given(
    st.floats(-100, 100),
    st.none() | st.floats(-100, 100),
)
def test_a_turn_is_free_only_when_nobody_holds_it_and_the_pause_is_over(free: float, held: float | None) -> None:
    until = None if held is None else NOW + timedelta(seconds=held)
    wait = wait_for_turn(NOW, free_at=NOW + timedelta(seconds=free), held_until=until, poll=0.25)
    taken = (until is not None and until > NOW) or NOW + timedelta(seconds=free) > NOW
    assert (wait > 0) is taken
