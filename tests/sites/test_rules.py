"""How a fact stands, which of two counts, how days are typed and how capacity is read."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis.strategies import dates, integers

from app.sites.rules import (
    CapacityState,
    Standing,
    Statement,
    counting,
    last_stale_day,
    months_since,
    read_statement,
    standing,
)
from app.sites.rules.days import read_day

TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Said:
    name: str
    as_of: date
    is_confirmed: bool = False
    speaks: bool = True


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2026, 11, 20), 0),
        (date(2026, 10, 21), 0),
        (date(2026, 10, 20), 1),
        (date(2025, 9, 8), 14),
        (date(2027, 1, 1), 0),
    ],
)
def test_whole_months_are_counted(day: date, months: int) -> None:
    assert months_since(day, TODAY) == months


@pytest.mark.parametrize(
    ("as_of", "confirmed_on", "months", "expected"),
    [
        (date(2026, 11, 20), None, 12, Standing(confirmed=False, months=0, stale=False)),
        (date(2020, 4, 6), None, 12, Standing(confirmed=False, months=79, stale=True)),
        (date(2020, 4, 6), date(2025, 11, 21), 12, Standing(confirmed=True, months=11, stale=False)),
        (date(2020, 4, 6), date(2025, 11, 20), 12, Standing(confirmed=True, months=12, stale=True)),
        (date(2020, 4, 6), date(2025, 11, 20), 24, Standing(confirmed=True, months=12, stale=False)),
        (date(2015, 8, 7), None, None, Standing(confirmed=False, months=135, stale=False)),
    ],
)
def test_a_fact_stands_as_long_as_its_capability_allows(
    as_of: date, confirmed_on: date | None, months: int | None, expected: Standing
) -> None:
    assert standing(as_of, confirmed_on, stale_after_months=months, today=TODAY) == expected


def fresh(_fact: Said) -> bool:
    return False


def test_the_newest_confirmed_fact_counts_even_against_a_newer_page() -> None:
    page = Said("page", date(2026, 11, 1))
    older = Said("older", date(2025, 1, 1), is_confirmed=True)
    newer = Said("newer", date(2026, 1, 1), is_confirmed=True)
    assert counting([older, page, newer], fresh) is newer


def test_once_the_sites_word_is_due_again_a_newer_page_counts_and_an_older_one_does_not() -> None:
    word = Said("word", date(2024, 1, 1), is_confirmed=True)
    older, newer = Said("older page", date(2023, 1, 1)), Said("newer page", date(2026, 1, 1))
    assert counting([word, older, newer], lambda fact: fact is word) is newer
    assert counting([word, older], lambda fact: fact is word) is word


def test_without_a_confirmation_the_newest_page_counts() -> None:
    facts = [Said("new", date(2026, 1, 1)), Said("old", date(2020, 1, 1))]
    assert counting(facts, fresh) == Said("new", date(2026, 1, 1))
    assert counting(list[Said](), fresh) is None


def test_silence_never_hides_what_somebody_says() -> None:
    said = Said("page", date(2020, 1, 1))
    assert counting([Said("withdrawn", date(2026, 1, 1), speaks=False), said], fresh) is said


@given(today=dates(date(2020, 1, 1), date(2030, 12, 31)), back=integers(0, 1500), months=integers(1, 36))
def test_the_last_stale_day_parts_stale_from_fresh_on_every_day(today: date, back: int, months: int) -> None:
    day = today - timedelta(days=back)
    assert (day <= last_stale_day(today, months)) == (months_since(day, today) >= months)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2027-01-15", date(2027, 1, 15)),
        ("2027/1/5", date(2027, 1, 5)),
        ("2027-01", date(2027, 1, 1)),
        ("２０２７年１月１５日", date(2027, 1, 15)),
        ("2027年1月", date(2027, 1, 1)),
        ("令和9年1月15日", date(2027, 1, 15)),
        ("令和元年5月", date(2019, 5, 1)),
        ("令和 9 年 4 月", date(2027, 4, 1)),
        ("R9.1.15", date(2027, 1, 15)),
        ("r9/4", date(2027, 4, 1)),
        ("平成31年4月", date(2019, 4, 1)),
        ("Jan 2027", date(2027, 1, 1)),
        ("15 January 2027", date(2027, 1, 15)),
        (" 15 Sep, 2027 ", date(2027, 9, 15)),
    ],
)
def test_a_day_is_read_as_an_office_writes_it(typed: str, day: date) -> None:
    assert read_day(typed) == day


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "2027",
        "27-01-15",
        "2027-13-01",
        "2027-02-30",
        "令和9年",
        "令和元年4月",
        "平成0年1月",
        "9年1月",
        "15 Janvier 2027",
        "2027-1-15; DROP TABLE capacity",
        "𝟚027-01😀",
    ],
)
def test_what_is_no_day_is_not_guessed(typed: str) -> None:
    assert read_day(typed) is None


def typed(**changes: str) -> dict[str, str]:
    return {"state": "open", "trials": "2", "from_day": "2027年1月", "as_of": "2026-11-20", "note": ""} | changes


def test_a_statement_of_capacity_is_read() -> None:
    statement, errors = read_statement(typed(trials=" ２ ", note="第Ⅰ相のみ\r\n要相談"), today=TODAY)
    assert errors == {}
    assert statement == Statement(CapacityState.OPEN, 2, date(2027, 1, 1), TODAY, "第Ⅰ相のみ\n要相談")


def test_closed_needs_no_day() -> None:
    statement, errors = read_statement(typed(state="closed", trials="0", from_day=" "), today=TODAY)
    assert errors == {}
    assert statement == Statement(CapacityState.CLOSED, 0, None, TODAY, "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"state": "perhaps"}, "state"),
        ({"trials": "-1"}, "trials"),
        ({"trials": "two"}, "trials"),
        ({"trials": "2.5"}, "trials"),
        ({"trials": "100"}, "trials"),
        ({"trials": "٣"}, "trials"),
        ({"trials": "0"}, "trials"),
        ({"state": "closed", "trials": "1"}, "trials"),
        ({"from_day": "whenever"}, "from_day"),
        ({"from_day": "2019-01-01"}, "from_day"),
        ({"from_day": "2099-01-01"}, "from_day"),
        ({"as_of": ""}, "as_of"),
        ({"as_of": "2026-11-21"}, "as_of"),
        ({"as_of": "2024-11-20"}, "as_of"),
        ({"note": "長" * 501}, "note"),
    ],
)
def test_what_cannot_be_taken_is_named_beside_its_field(changes: dict[str, str], field: str) -> None:
    statement, errors = read_statement(typed(**changes), today=TODAY)
    assert statement is None
    assert list(errors) == [field]


def test_every_wrong_field_is_named_at_once() -> None:
    statement, errors = read_statement({}, today=TODAY)
    assert statement is None
    assert list(errors) == ["state", "trials", "as_of"]


def test_what_was_typed_is_said_back() -> None:
    _statement, errors = read_statement(typed(trials="<b>two</b>"), today=TODAY)
    assert errors["trials"].in_("en").startswith("“<b>two</b>” is not a number of trials.")


def test_a_note_keeps_its_text_but_no_control_characters() -> None:
    statement, _errors = read_statement(typed(note="a\x00b\x1b[31m ‮evil 😀 <script> ' OR 1=1"), today=TODAY)
    assert statement is not None
    assert statement.note == "ab[31m ‮evil 😀 <script> ' OR 1=1"
