"""The path is complete, and a case moves along it only where it may."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consultations.rules import next_steps, numbers, outcomes, stages
from app.consultations.rules.meeting import Mode
from app.consultations.rules.outcomes import Answer, Outcome
from app.consultations.rules.stages import CaseState, Stage
from app.ground.calendar import JST, fiscal_year

STAGES = st.sampled_from(Stage)
ANSWERS = st.sampled_from([None, *Answer])
OUTCOMES = st.sampled_from([None, *Outcome])


def test_the_path_has_twelve_stages_numbered_from_0_to_11() -> None:
    assert [int(stage) for stage in Stage] == list(range(12))
    assert list(stages.PATH) == list(Stage)


def test_the_defaults_are_those_of_the_product() -> None:
    days = [step.days for step in stages.PATH.values()]
    assert days == [0, 2, 5, 3, 5, 10, None, 10, None, 10, None, None]


@given(STAGES, STAGES)
def test_a_case_goes_back_only_to_ask_a_further_round_of_sites(stage: Stage, to: Stage) -> None:
    if stages.may_move(stage, to):
        assert to > stage or (stage in (Stage.OUTCOME, Stage.FOLLOW_UP) and to is Stage.INTEREST)


@given(STAGES)
def test_every_stage_leads_to_the_follow_up(stage: Stage) -> None:
    reached, frontier = {stage}, {stage}
    while frontier:
        frontier = {to for here in frontier for to in stages.NEXT[here]} - reached
        reached |= frontier
    assert Stage.FOLLOW_UP in reached


def test_no_case_is_accepted_without_triage() -> None:
    assert [stage for stage in Stage if stages.may_move(stage, Stage.INTAKE)] == [Stage.TRIAGE]


@pytest.mark.parametrize("state", [CaseState.REFERRED, CaseState.OUT_OF_SCOPE])
def test_only_a_case_that_is_not_accepted_is_referred_or_out_of_scope(state: CaseState) -> None:
    assert [stage for stage in Stage if stages.may_end(stage, state)] == [0, 1]


@given(STAGES)
def test_an_enquiry_can_be_withdrawn_at_any_time_and_nothing_ends_in_open(stage: Stage) -> None:
    assert stages.may_end(stage, CaseState.WITHDRAWN)
    assert not stages.may_end(stage, CaseState.OPEN)


@given(STAGES)
def test_every_stage_stands_in_exactly_one_lane(stage: Stage) -> None:
    assert [lane for lane in stages.Lane if stage in lane.stages] == [stages.lane_of(stage)]


@pytest.mark.parametrize(
    ("answer", "possible"),
    [
        (None, {Outcome.NO_ANSWER, Outcome.DECLINED, Outcome.WITHDRAWN}),
        (Answer.NO, {Outcome.DECLINED}),
        (Answer.INTERESTED, set(Outcome) - {Outcome.NO_ANSWER}),
        (Answer.LATER, set(Outcome) - {Outcome.NO_ANSWER}),
    ],
)
def test_a_site_that_refused_is_never_not_selected(answer: Answer | None, possible: set[Outcome]) -> None:
    assert set(outcomes.outcomes_for(answer)) == possible


@given(st.lists(OUTCOMES))
def test_on_hold_keeps_a_case_open_and_final_outcomes_do_not(known: list[Outcome | None]) -> None:
    waiting = outcomes.without_final_outcome(known)
    assert waiting == sum(outcome in (None, Outcome.ON_HOLD) for outcome in known)


@given(STAGES, st.sampled_from(CaseState))
def test_every_reader_is_told_what_happens_next(stage: Stage, state: CaseState) -> None:
    assert next_steps.next_for_staff(stage, state).msgid.endswith(".")
    assert next_steps.next_for_sponsor(stage, state).msgid.endswith(".")


@given(ANSWERS, OUTCOMES)
def test_an_asked_hospital_is_told_what_happens_next(answer: Answer | None, outcome: Outcome | None) -> None:
    told = next_steps.next_for_coordinator(answer, outcome)
    assert (told == next_steps.ANSWER_NOW) is (answer is None and outcome in (None, Outcome.ON_HOLD))
    assert (told in (next_steps.COMPLETE, next_steps.COMPLETE_UNANSWERED)) is outcomes.is_final(outcome)


def test_every_label_is_marked_for_translation() -> None:
    labelled = [*Stage, *CaseState, *stages.Waiting, *stages.Lane, *stages.Ending, *Mode, *Answer, *Outcome]
    assert all(one.label.msgid for one in labelled)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1)), st.integers(1, 99_999))
def test_a_number_says_its_fiscal_year_and_its_place_in_it(received: datetime, running: int) -> None:
    number = numbers.number_for(received.replace(tzinfo=JST), running)
    assert numbers.parts_of(number) == (fiscal_year(received.replace(tzinfo=JST)), running)


def test_cases_are_numbered_from_one_and_other_texts_are_no_numbers() -> None:
    assert numbers.number_for(datetime(2027, 3, 31, 23, 59, tzinfo=JST), 21) == "2026-0021"
    assert numbers.number_for(datetime(2027, 4, 1, 0, 0, tzinfo=JST), 1) == "2027-0001"
    assert [numbers.parts_of(text) for text in ("2026-21", "2026-0021 ", "x", "２０２６-0021")] == [None] * 4
    with pytest.raises(ValueError, match="from 1"):
        numbers.number_for(datetime(2027, 4, 1, tzinfo=JST), 0)
