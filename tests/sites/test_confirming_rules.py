"""When institutions are asked and reminded: the first business day, office hours, New Year, and never too often."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ground.calendar import JST, closing_days, is_business_day
from app.sites.rules.confirming import (
    Asking,
    Heartbeat,
    Pace,
    asking_day,
    heartbeat,
    in_office_hours,
    joined_before,
    last_day,
    may_remind,
    month_to_ask,
    next_asking,
    reminder_due,
    runs_out,
    waited,
)

CLOSED = closing_days("12-29,12-30,12-31,01-02,01-03")
PACE = Pace(timedelta(days=30), (5, 10), CLOSED)


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), JST) + timedelta(hours=hour)


DECEMBER = Asking(date(2026, 12, 1), at("2026-12-01"), at("2026-12-31"))


@pytest.mark.parametrize(
    ("month", "day"),
    [
        ("2026-11-01", "2026-11-02"),  # 1 November is a Sunday
        ("2026-12-01", "2026-12-01"),
        ("2026-01-01", "2026-01-05"),  # New Year's Day, a closing day, a weekend
        ("2027-01-01", "2027-01-04"),
        ("2027-05-01", "2027-05-06"),  # a weekend and three holidays
        ("2028-01-01", "2028-01-04"),  # a weekend; the closing day is one of it
    ],
)
def test_a_month_is_asked_on_its_first_business_day(month: str, day: str) -> None:
    assert asking_day(date.fromisoformat(month), CLOSED) == date.fromisoformat(day)


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_the_asking_day_is_a_business_day_of_its_month_and_none_comes_before_it(day: date) -> None:
    found = asking_day(day, CLOSED)
    assert (found.year, found.month) == (day.year, day.month)
    assert is_business_day(found, CLOSED)
    assert not any(is_business_day(found.replace(day=n), CLOSED) for n in range(1, found.day))


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (at("2026-12-01", 9), date(2026, 12, 1)),
        (at("2026-12-01", 8), None),
        (at("2026-12-01", 18), None),
        (at("2026-12-05"), None),  # a Saturday
        (at("2026-12-29"), None),  # a closing day
        (at("2026-12-28"), date(2026, 12, 1)),  # made good where nothing ran before
        # 16:00 on 30 November in London is 1 December in Japan, but one o'clock at night.
        (datetime(2026, 11, 30, 16, tzinfo=UTC), None),
        (datetime(2026, 12, 1, 0, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_mail_goes_out_in_office_hours_in_japan(moment: datetime, month: date | None) -> None:
    assert month_to_ask(moment, CLOSED) == month
    assert in_office_hours(moment, CLOSED) is (month is not None)


def test_whoever_comes_after_the_asking_day_is_asked_next_month() -> None:
    assert joined_before(date(2026, 12, 1), CLOSED) == at("2026-12-02", 0)
    assert joined_before(date(2027, 1, 1), CLOSED) == at("2027-01-05", 0)


def test_reminders_go_after_five_and_ten_business_days_and_then_no_more() -> None:
    assert reminder_due(DECEMBER, at("2026-12-07"), PACE) is None
    assert reminder_due(DECEMBER, at("2026-12-08"), PACE) == 1
    once = replace(DECEMBER, reminded_on=(date(2026, 12, 8),))
    assert reminder_due(once, at("2026-12-08", 15), PACE) is None
    assert reminder_due(once, at("2026-12-14"), PACE) is None
    assert reminder_due(once, at("2026-12-15"), PACE) == 2
    twice = replace(once, reminded_on=(date(2026, 12, 8), date(2026, 12, 15)))
    assert reminder_due(twice, at("2026-12-28"), PACE) is None


def test_a_reminder_that_was_missed_is_made_good_but_not_on_a_day_off() -> None:
    assert reminder_due(DECEMBER, at("2026-12-12"), PACE) is None  # a Saturday
    assert reminder_due(DECEMBER, at("2026-12-14"), PACE) == 1
    new_year = Asking(date(2026, 12, 1), at("2026-12-24"), at("2027-01-23"))
    # 25 and 28 December, 4, 5 and 6 January: five business days over the closing days.
    assert [day for day in range(25, 32) if reminder_due(new_year, at(f"2026-12-{day}"), PACE)] == []
    assert reminder_due(new_year, at("2027-01-05"), PACE) is None
    assert reminder_due(new_year, at("2027-01-06"), PACE) == 1


def test_no_reminder_after_an_answer_or_once_the_links_have_run_out() -> None:
    assert reminder_due(replace(DECEMBER, answered_at=at("2026-12-02")), at("2026-12-08"), PACE) is None
    assert reminder_due(replace(DECEMBER, expires_at=at("2026-12-08", 9)), at("2026-12-08"), PACE) is None
    assert reminder_due(DECEMBER, at("2026-12-08"), Pace(reminders_after=())) is None


def test_staff_may_remind_earlier_but_not_on_a_day_with_a_mail_and_twice_in_all() -> None:
    assert not may_remind(DECEMBER, at("2026-12-01", 17))
    assert may_remind(DECEMBER, at("2026-12-02"))
    once = replace(DECEMBER, reminded_on=(date(2026, 12, 2),))
    assert not may_remind(once, at("2026-12-02", 17))
    assert may_remind(once, at("2026-12-03"))
    assert not may_remind(replace(once, reminded_on=(date(2026, 12, 2), date(2026, 12, 3))), at("2026-12-04"))
    assert reminder_due(once, at("2026-12-08"), PACE) is None, "the one by hand was the first"
    assert reminder_due(once, at("2026-12-15"), PACE) == 2


def test_a_link_works_until_the_end_of_its_last_day_in_japan() -> None:
    end = runs_out(datetime(2026, 11, 30, 16, tzinfo=UTC), timedelta(days=30))  # 1 December in Japan
    assert end == at("2027-01-01", 0)
    assert last_day(end) == date(2026, 12, 31)


def test_waiting_counts_business_days_without_the_first() -> None:
    assert waited(DECEMBER, at("2026-12-01", 17), CLOSED) == 0
    assert waited(DECEMBER, at("2026-12-07"), CLOSED) == 4


def test_the_next_asking_is_of_this_month_until_it_was_asked() -> None:
    assert next_asking(date(2026, 11, 20), [], CLOSED) == date(2026, 12, 1)
    assert next_asking(date(2027, 1, 3), [], CLOSED) == date(2027, 1, 4)
    assert next_asking(date(2027, 1, 3), [date(2027, 1, 1)], CLOSED) == date(2027, 2, 1)


def test_a_heartbeat_is_answered_until_the_next_asking_day() -> None:
    answered = replace(DECEMBER, answered_at=at("2026-12-02"))
    assert heartbeat(answered, 1, at("2027-01-03"), CLOSED) is Heartbeat.ANSWERED
    assert heartbeat(answered, 1, at("2027-01-04"), CLOSED) is Heartbeat.NOT_ASKED
    assert heartbeat(DECEMBER, 1, at("2026-12-20"), CLOSED) is Heartbeat.WAITING
    assert heartbeat(DECEMBER, 1, at("2027-01-04"), CLOSED) is Heartbeat.LAPSED
    assert heartbeat(None, 1, at("2026-12-20"), CLOSED) is Heartbeat.NOT_ASKED
    assert heartbeat(answered, 0, at("2026-12-20"), CLOSED) is Heartbeat.NOBODY
