"""Month by month, and the outlook for the end of the year."""

from datetime import date
from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kpi import rules

from .cases import MET, a_case, a_meeting, counted, on

NOVEMBER_20 = on(11, 20)


def test_the_year_runs_from_april_to_march_and_the_rest_is_still_to_come() -> None:
    cases = [
        a_case(received_at=on(4, 14)),
        a_case(received_at=on(4, 20)),
        a_case(received_at=on(8, 4)),
    ]
    months = rules.by_month(counted(*cases, at=NOVEMBER_20))
    assert [(m.year, m.month) for m in months][:1] == [(2026, 4)]
    assert [(m.year, m.month) for m in months][-1:] == [(2027, 3)]
    assert [m.counted for m in months] == [
        2,
        0,
        0,
        0,
        1,
        0,
        0,
        0,
        None,
        None,
        None,
        None,
    ]
    assert [m.total for m in months] == [2, 2, 2, 2, 3, 3, 3, 3, None, None, None, None]


def test_a_case_of_the_first_morning_of_may_in_japan_is_not_in_april() -> None:
    months = rules.by_month(counted(a_case(received_at=on(4, 30, 15)), at=NOVEMBER_20))
    assert [m.counted for m in months][:2] == [0, 1]


def test_contacts_have_their_own_months() -> None:
    case = a_case(meetings=(a_meeting(on(5, 1)), a_meeting(on(5, 8))))
    assert [m.contacts for m in rules.by_month(counted(case, at=NOVEMBER_20))][:3] == [
        1,
        2,
        0,
    ]


def test_a_past_year_is_complete() -> None:
    months = rules.by_month(counted(a_case(), at=on(4, 1, year=2027)))
    assert [m.total for m in months] == [1] * 12


def test_the_running_total_rises_on_the_day_of_the_event() -> None:
    first = a_case(received_at=on(3, 2), meetings=(a_meeting(on(4, 9)),))
    second = a_case(meetings=(a_meeting(on(5, 9)),))
    result = counted(second, first, rule=MET)
    assert rules.running_total(result) == ((date(2026, 4, 9), 1), (date(2026, 5, 9), 2))


def test_nine_cases_by_20_november_look_like_fourteen_by_the_end_of_the_year() -> None:
    result = counted(*(a_case() for _ in range(9)), at=NOVEMBER_20)
    assert rules.outlook(result) == rules.Outlook(14, 11, 17)


def test_on_the_last_day_the_outlook_is_the_count_itself() -> None:
    result = counted(a_case(), at=on(3, 31, 14, 59, year=2027))
    assert rules.outlook(result) == rules.Outlook(1, 1, 1)


@pytest.mark.parametrize("year", [2025, 2027])
def test_only_the_running_year_has_an_outlook(year: int) -> None:
    assert rules.outlook(counted(year=year, at=NOVEMBER_20)) is None


@given(st.floats(0, 60), st.floats(0.01, 0.99))
def test_a_quantile_is_the_smallest_number_that_reaches_the_share(mean: float, share: float) -> None:
    def reached(number: int) -> float:
        return sum(exp(-mean) * mean**k / factorial(k) for k in range(number + 1))

    number = rules.poisson(mean, share)
    assert reached(number) >= share - 1e-9
    assert number == 0 or reached(number - 1) < share + 1e-9


@pytest.mark.parametrize(("mean", "share"), [(-1.0, 0.5), (701.0, 0.5), (1.0, 0.0), (1.0, 1.0)])
def test_a_quantile_that_cannot_be_computed_is_refused(mean: float, share: float) -> None:
    with pytest.raises(ValueError, match="no quantile"):
        rules.poisson(mean, share)
