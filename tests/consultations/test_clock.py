"""The clock counts business days in Japan, stands still while waiting, and says why."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consultations.rules import clock
from app.consultations.rules.clock import LogEntry, Tone, clock_of
from app.consultations.rules.stages import Stage, Waiting
from app.ground.calendar import JST, business_days_between, in_japan, is_business_day

LIMITED = st.sampled_from([stage for stage, days in clock.ALLOWANCES.items() if days is not None])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(tzinfo=JST))
CLOSING = st.frozensets(st.dates(date(2026, 1, 1), date(2029, 6, 30)), max_size=15)


def at(month: int, day: int, hour: int = 12, year: int = 2026) -> datetime:
    """A moment in Japan."""
    return datetime(year, month, day, hour, tzinfo=JST)


def entered(stage: Stage, when: datetime) -> LogEntry:
    """The log entry that starts a stage."""
    return LogEntry(when, entered=stage)


def test_the_survey_of_ten_days_steps_over_the_holiday_and_names_it() -> None:
    read = clock_of([entered(Stage.INTEREST, at(11, 10))], now=at(11, 20))
    assert (read.due, read.left, read.used, read.tone) == (date(2026, 11, 25), 2, 8, Tone.SOON)
    assert [off.label.msgid for off in read.days_off] == ["Labour Thanksgiving Day"]


def test_a_case_left_too_long_is_late_by_business_days() -> None:
    read = clock_of([entered(Stage.TRIAGE, at(11, 17))], now=at(11, 20))
    assert (read.due, read.left, read.tone) == (date(2026, 11, 19), -1, Tone.LATE)


@pytest.mark.parametrize(("now", "tone"), [(at(11, 17), Tone.OK), (at(11, 20), Tone.SOON), (at(11, 25), Tone.LATE)])
def test_a_clock_turns_from_calm_to_soon_to_late(now: datetime, tone: Tone) -> None:
    assert clock_of([entered(Stage.LONG_LIST, at(11, 16))], now=now).tone is tone


def test_the_evening_in_boston_counts_as_the_next_day_in_japan() -> None:
    evening = datetime.fromisoformat("2026-11-19T18:00:00-05:00")
    assert clock_of([entered(Stage.TRIAGE, evening)], now=evening).entered == date(2026, 11, 20)


def test_waiting_for_the_sponsor_stops_the_clock_and_says_so() -> None:
    log = [entered(Stage.SYNOPSIS, at(11, 16)), LogEntry(at(11, 17), waits_for=Waiting.SPONSOR)]
    read = clock_of(log, now=at(11, 20))
    assert (read.tone, read.left, read.due, read.used, read.waited) == (Tone.PAUSED, None, None, 1, 3)
    assert read.paused == clock.Pause(Waiting.SPONSOR, date(2026, 11, 17), None)
    again = clock_of([*log, LogEntry(at(11, 20), resumed=True)], now=at(11, 20))
    assert (again.used, again.left, again.due) == (1, 2, date(2026, 11, 25))


def test_waiting_for_a_site_after_the_sponsor_is_two_pauses() -> None:
    log = [
        entered(Stage.FEASIBILITY, at(11, 2)),
        LogEntry(at(11, 4), waits_for=Waiting.SPONSOR),
        LogEntry(at(11, 6), waits_for=Waiting.SITE),
    ]
    assert clock.pauses_in(log) == [
        clock.Pause(Waiting.SPONSOR, date(2026, 11, 4), date(2026, 11, 6)),
        clock.Pause(Waiting.SITE, date(2026, 11, 6), None),
    ]


def test_the_clock_restarts_with_the_stage_and_forgets_what_was_before() -> None:
    log = [
        entered(Stage.INTEREST, at(9, 1)),
        LogEntry(at(9, 3), waits_for=Waiting.SITE),
        entered(Stage.OUTCOME, at(9, 10)),
        entered(Stage.INTEREST, at(11, 19)),
    ]
    read = clock_of(log, now=at(11, 20))
    assert (read.stage, read.entered, read.used, read.waited, read.paused) == (
        Stage.INTEREST,
        date(2026, 11, 19),
        1,
        0,
        None,
    )


def test_the_operators_closing_days_move_the_end_and_are_named_as_its_own() -> None:
    closed = frozenset({date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)})
    read = clock_of([entered(Stage.TRIAGE, at(12, 28))], now=at(12, 28), closing_days=closed)
    assert read.due == date(2027, 1, 5)
    assert [off.label.msgid for off in read.days_off] == [
        *["a closing day of the window"] * 3,
        "New Year's Day",
    ]


def test_the_operators_own_allowances_rule() -> None:
    read = clock_of(
        [entered(Stage.TRIAGE, at(11, 16))], now=at(11, 16), allowances={**clock.ALLOWANCES, Stage.TRIAGE: 4}
    )
    assert (read.allowed, read.due) == (4, date(2026, 11, 20))


def test_a_stage_without_a_limit_has_no_due_day_and_no_tone() -> None:
    read = clock_of([entered(Stage.CONFIDENTIALITY, at(11, 2))], now=at(11, 20))
    assert (read.due, read.left, read.tone, read.used) == (None, None, None, 13)


@pytest.mark.parametrize(
    ("now", "check"),
    [
        (at(12, 1), date(2027, 2, 28)),
        (at(3, 1, year=2027), date(2027, 5, 30)),
        (at(11, 30, year=2027), date(2027, 11, 30)),
        (at(12, 1, year=2027), None),
    ],
)
def test_the_follow_up_asks_after_three_six_and_twelve_months(now: datetime, check: date | None) -> None:
    read = clock_of([entered(Stage.FOLLOW_UP, at(11, 30))], now=now)
    assert read.next_check == check
    assert read.tone is (Tone.OK if check else None)


def test_the_most_urgent_case_comes_first_and_the_waiting_last() -> None:
    late = clock_of([entered(Stage.TRIAGE, at(11, 2))], now=at(11, 20))
    soon = clock_of([entered(Stage.INTEREST, at(11, 10))], now=at(11, 20))
    without = clock_of([entered(Stage.HAND_OVER, at(11, 10))], now=at(11, 20))
    waiting = clock_of([LogEntry(at(11, 2), Stage.TRIAGE, Waiting.SPONSOR)], now=at(11, 20))
    assert sorted([waiting, without, soon, late], key=lambda one: one.urgency) == [late, soon, without, waiting]


def test_a_log_that_enters_no_stage_has_no_clock() -> None:
    with pytest.raises(ValueError, match="enters no stage"):
        clock_of([LogEntry(at(11, 2), resumed=True)], now=at(11, 20))


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 5, 6), "a substitute public holiday"), (date(2026, 9, 22), "a substitute public holiday")],
)
def test_days_that_stand_in_for_a_holiday_are_called_so(day: date, name: str) -> None:
    assert clock.day_off_label(day).msgid == name


@given(LIMITED, MOMENTS, st.integers(0, 200), CLOSING)
def test_without_waiting_what_is_left_is_the_way_to_the_due_day(
    stage: Stage, start: datetime, later: int, closing: frozenset[date]
) -> None:
    now = start + timedelta(days=later)
    read = clock_of([entered(stage, start)], now=now, closing_days=closing)
    assert read.due is not None
    assert is_business_day(read.due, closing)
    assert read.left == business_days_between(in_japan(now), read.due, closing)
    assert read.waited == 0


@given(LIMITED, MOMENTS, st.lists(st.integers(0, 30), min_size=4, max_size=4), CLOSING)
def test_days_of_waiting_are_given_back_one_by_one(
    stage: Stage, start: datetime, gaps: list[int], closing: frozenset[date]
) -> None:
    first, second, third, now = (start + timedelta(days=sum(gaps[:n])) for n in range(1, 5))
    log = [entered(stage, start), LogEntry(first, waits_for=Waiting.SITE), LogEntry(second, resumed=True)]
    waiting = clock_of([*log, LogEntry(third, waits_for=Waiting.SPONSOR)], now=now, closing_days=closing)
    running = clock_of(log, now=third, closing_days=closing)
    assert waiting.used == running.used
    assert running.used + running.waited == business_days_between(in_japan(start), in_japan(third), closing)
    assert waiting.left is None


@given(LIMITED, MOMENTS, st.integers(1, 60))
def test_a_log_written_ahead_of_the_clock_counts_nothing(stage: Stage, start: datetime, ahead: int) -> None:
    read = clock_of([entered(stage, start)], now=start - timedelta(days=ahead))
    assert read.used == 0
