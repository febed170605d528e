"""Business days, fiscal years and eras are those of Japan."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ground import calendar

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
CLOSING = st.frozensets(st.dates(date(2020, 1, 1), date(2035, 12, 31)), max_size=20)
BOSTON = ZoneInfo("America/New_York")


def test_evening_in_boston_is_already_the_next_fiscal_year_in_tokyo() -> None:
    evening = datetime(2027, 3, 31, 18, 0, tzinfo=BOSTON)
    assert calendar.in_japan(evening) == date(2027, 4, 1)
    assert calendar.fiscal_year(evening) == 2027
    assert calendar.fiscal_year(evening - timedelta(hours=8)) == 2026


def test_a_moment_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        calendar.in_japan(datetime(2026, 11, 20, 12, 0))


def test_a_fiscal_year_runs_from_april_to_march_in_japan() -> None:
    first, after = calendar.fiscal_year_span(2026)
    assert (first, after) == (
        datetime(2026, 3, 31, 15, tzinfo=UTC),
        datetime(2027, 3, 31, 15, tzinfo=UTC),
    )


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.timezones()))
def test_every_moment_lies_in_the_span_of_its_own_fiscal_year(moment: datetime) -> None:
    first, after = calendar.fiscal_year_span(calendar.fiscal_year(moment))
    assert first <= moment < after


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 23), "勤労感謝の日"),
        (date(2026, 5, 6), "憲法記念日 振替休日"),
        (date(2026, 9, 22), "国民の休日"),
        (date(2026, 11, 24), None),
    ],
)
def test_public_holidays_are_known_by_name(day: date, name: str | None) -> None:
    assert calendar.holiday_name(day) == name
    assert calendar.is_business_day(day) is (name is None)


def test_ten_business_days_step_over_weekends_and_the_holiday() -> None:
    assert calendar.add_business_days(date(2026, 11, 10), 10) == date(2026, 11, 25)
    assert calendar.business_days_between(date(2026, 11, 20), date(2026, 11, 25)) == 2
    assert calendar.business_days_between(date(2026, 11, 20), date(2026, 11, 19)) == -1


def test_the_operators_closing_days_do_not_count() -> None:
    year_end = frozenset(date(2026, 12, day) for day in (29, 30, 31)) | {
        date(2027, 1, 2),
        date(2027, 1, 3),
    }
    assert calendar.add_business_days(date(2026, 12, 28), 1, year_end) == date(2027, 1, 4)
    assert calendar.add_business_days(date(2026, 12, 28), 1) == date(2026, 12, 29)
    assert not calendar.is_business_day(date(2026, 12, 29), year_end)


def test_same_day_means_the_next_business_day_when_the_window_is_closed() -> None:
    assert calendar.add_business_days(date(2026, 11, 20), 0) == date(2026, 11, 20)
    assert calendar.add_business_days(date(2026, 11, 21), 0) == date(2026, 11, 24)


def test_business_days_are_not_counted_backward() -> None:
    with pytest.raises(ValueError, match="forward"):
        calendar.add_business_days(date(2026, 11, 20), -1)


@given(DAYS, st.integers(0, 40), CLOSING)
def test_adding_lands_on_a_business_day_exactly_that_many_later(day: date, days: int, closing: frozenset[date]) -> None:
    end = calendar.add_business_days(day, days, closing)
    assert calendar.is_business_day(end, closing)
    assert end >= day
    if days or calendar.is_business_day(day, closing):
        assert calendar.business_days_between(day, end, closing) == days


@given(DAYS, DAYS, DAYS, CLOSING)
def test_business_days_between_three_days_add_up(a: date, b: date, c: date, closing: frozenset[date]) -> None:
    first, middle, last = sorted((a, b, c))
    between = calendar.business_days_between
    assert between(first, last, closing) == between(first, middle, closing) + between(middle, last, closing)
    assert between(first, last, closing) == -between(last, first, closing)


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 20), "令和8年"),
        (date(2019, 5, 1), "令和元年"),
        (date(2019, 4, 30), "平成31年"),
        (date(1989, 1, 8), "平成元年"),
        (date(1989, 1, 7), "昭和64年"),
    ],
)
def test_years_are_written_by_the_era(day: date, written: str) -> None:
    assert calendar.era_year(day) == written


def test_a_day_before_the_known_eras_is_refused() -> None:
    with pytest.raises(ValueError, match="before the eras"):
        calendar.era_year(date(1926, 12, 24))


@pytest.mark.parametrize(
    ("year", "written"),
    [
        (2028, "令和10年度"),
        (2026, "令和8年度"),
        (2019, "令和元年度"),
        (2018, "平成30年度"),
    ],
)
def test_fiscal_years_are_written_by_the_era(year: int, written: str) -> None:
    assert calendar.era_fiscal_year(year) == written


def test_the_operator_writes_its_closing_days_for_every_year_or_once() -> None:
    closed = calendar.closing_days("12-29, 2027-05-02")
    assert date(2026, 12, 29) in closed
    assert date(2031, 12, 29) in closed
    assert date(2027, 5, 2) in closed
    assert date(2028, 5, 2) not in closed
    assert "2027-05-02" not in closed
    assert not calendar.is_business_day(date(2026, 12, 29), closed)


@pytest.mark.parametrize("written", ["12-32", "2027-02-29", "tomorrow", "13-01"])
def test_a_closing_day_that_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        calendar.closing_days(written)
