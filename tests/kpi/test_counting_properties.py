"""What holds of every count, whatever the cases are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.kpi import rules
from app.kpi.rules import (
    Case,
    Choice,
    Company,
    CompanyKind,
    Decision,
    Ending,
    Event,
    Meeting,
    Merge,
    Rule,
    TurnedAway,
)

from .cases import ACCEPTED, MET

MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2028, 1, 31), timezones=st.just(UTC))
YEARS = st.sampled_from([2025, 2026, 2027])
RULES = st.sampled_from([ACCEPTED, MET])
MAYBE = st.sampled_from([True, True, False, None])
COMPANIES = st.builds(
    Company,
    st.sampled_from(["Northwind Bio", "northwind  bio", "Fjord", None]),
    st.sampled_from(["US", "US", "NO", "JP", None]),
    st.sampled_from([*CompanyKind, None]),
)
MEETINGS = st.builds(Meeting, MOMENTS, MOMENTS)


@st.composite
def a_record(draw: st.DrawFn) -> list[Case]:
    """Up to eight cases on few products, so that matters meet; some merged into another one."""
    size = draw(st.integers(0, 8))
    names = [f"2026-{n:04}" for n in range(size)]
    return [draw(_cases(name, names)) for name in names]


def _cases(name: str, names: list[str]) -> st.SearchStrategy[Case]:
    others = st.sampled_from([*(n for n in names if n != name), None])
    return st.builds(
        Case,
        number=st.just(name),
        received_at=MOMENTS,
        requester=COMPANIES,
        behind_the_cro=st.none() | COMPANIES,
        base_in_japan=MAYBE,
        is_mrct=MAYBE,
        product=st.sampled_from(["A-1", "a 1", "B-2", None]),
        indication=st.sampled_from(["asthma", "asthma", "nsclc"]),
        accepted_at=st.none() | MOMENTS,
        ending=st.none() | st.builds(Ending, st.sampled_from(TurnedAway), MOMENTS),
        meetings=st.lists(MEETINGS, max_size=3).map(tuple),
        decisions=st.lists(
            st.builds(Decision, st.sampled_from(Choice), st.just("Why."), MOMENTS),
            max_size=1,
        ).map(tuple),
        merges=st.lists(st.builds(Merge, others, MOMENTS), max_size=1).map(tuple),
        demo=st.booleans(),
    )


def numbers(standings: tuple[rules.Standing, ...]) -> set[str]:
    return {standing.case.number for standing in standings}


@given(a_record(), RULES, YEARS, MOMENTS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_cases_changes_nothing(
    cases: list[Case], rule: Rule, year: int, at: datetime, random: Random
) -> None:
    shuffled = random.sample(cases, len(cases))
    assert rules.count(cases, rule, year=year, at=at) == rules.count(shuffled, rule, year=year, at=at)


@given(a_record(), RULES, YEARS, MOMENTS, st.booleans())
@settings(deadline=None)
def test_every_counted_case_is_one_whose_event_falls_in_the_year(
    cases: list[Case], rule: Rule, year: int, at: datetime, with_demo: bool
) -> None:
    result = rules.count(cases, rule, year=year, at=at, with_demo=with_demo)
    assert numbers(result.counted) <= numbers(result.of(rule.event))
    assert numbers(result.counted) | numbers(result.left_out) == numbers(result.of(rule.event))
    if rule.event is Event.ACCEPTED:
        assert len(result.counted) <= len(result.accepted) <= len(result.received)


@given(a_record(), RULES, YEARS, MOMENTS)
@settings(deadline=None)
def test_no_matter_is_counted_twice_unless_staff_decided_so(
    cases: list[Case], rule: Rule, year: int, at: datetime
) -> None:
    by_the_rule = [
        s.case.matter
        for s in rules.count(cases, rule, year=year, at=at).counted
        if s.reason is rules.Reason.MEETS_THE_RULE
    ]
    assert len(by_the_rule) == len(set(by_the_rule))


@given(a_record(), RULES, YEARS, MOMENTS, MOMENTS, st.integers(0, 7))
@settings(deadline=None)
def test_a_later_meeting_never_changes_the_cases(
    cases: list[Case], rule: Rule, year: int, at: datetime, held: datetime, which: int
) -> None:
    accepted_only = rule.event is Event.ACCEPTED
    more = [
        replace(case, meetings=(*case.meetings, Meeting(max([held, *_held(case)]), held)))
        if number == which and (accepted_only or _known_meeting(case, at))
        else case
        for number, case in enumerate(cases)
    ]
    before, after = (rules.count(some, rule, year=year, at=at) for some in (cases, more))
    assert numbers(before.counted) == numbers(after.counted)
    assert 0 <= len(after.contacts) - len(before.contacts) <= 1


def _held(case: Case) -> list[datetime]:
    return [meeting.held_at for meeting in case.meetings]


def _known_meeting(case: Case, at: datetime) -> bool:
    known = rules.as_known_at(case, at)
    return known is not None and known.met_at is not None


@given(a_record(), RULES, MOMENTS)
@settings(deadline=None)
def test_every_accepted_case_that_is_not_merged_belongs_to_exactly_one_year(
    cases: list[Case], rule: Rule, at: datetime
) -> None:
    years = [rules.count(cases, rule, year=year, at=at) for year in range(2024, 2030)]
    found = [standing.case.number for year in years for standing in year.accepted]
    assert len(found) == len(set(found))
    contacts = sum(len(year.contacts) for year in years)
    known = [rules.as_known_at(case, at) for case in cases if not case.demo]
    assert contacts == sum(len(case.contacts) for case in known if case)


@given(a_record(), RULES, YEARS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=400)))
@settings(deadline=None)
def test_what_happens_later_does_not_change_a_past_count(
    cases: list[Case], rule: Rule, year: int, at: datetime, later: timedelta
) -> None:
    known = [known for case in cases if (known := rules.as_known_at(case, at + later))]
    assert rules.count(cases, rule, year=year, at=at) == rules.count(known, rule, year=year, at=at)
