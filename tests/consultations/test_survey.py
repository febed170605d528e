"""The survey carries a case along: nobody is forgotten, and no stage is passed in silence."""

from hypothesis import given
from hypothesis import strategies as st

from app.consultations.rules.outcomes import Answer, Outcome, is_final, outcomes_for
from app.consultations.rules.stages import Stage, may_move
from app.consultations.rules.survey import Standing, stages_after


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """A site as it can really stand."""
    answer = draw(st.sampled_from([None, *Answer]))
    return Standing(answer, draw(st.sampled_from([None, *outcomes_for(answer)])))


STAGES = st.sampled_from(Stage)
SITES = st.lists(standings(), max_size=6)
SILENT = Standing(None, None)
WILLING = Standing(Answer.INTERESTED, None)
CHOSEN = Standing(Answer.INTERESTED, Outcome.SELECTED)
HELD = Standing(Answer.INTERESTED, Outcome.ON_HOLD)
REFUSED = Standing(Answer.NO, Outcome.DECLINED)


def test_the_survey_goes_on_while_one_site_is_silent() -> None:
    assert stages_after(Stage.INTEREST, [WILLING, SILENT]) == ()
    assert stages_after(Stage.INTEREST, [CHOSEN, SILENT]) == ()


def test_the_last_answer_ends_the_survey() -> None:
    assert stages_after(Stage.INTEREST, [WILLING, REFUSED]) == (Stage.CONFIDENTIALITY,)


def test_the_first_decision_opens_the_outcomes() -> None:
    assert stages_after(Stage.CONFIDENTIALITY, [HELD, WILLING]) == (Stage.OUTCOME,)
    assert stages_after(Stage.OUTCOME, [HELD, CHOSEN]) == ()


def test_the_last_outcome_leads_to_the_hand_over_where_a_site_was_selected() -> None:
    assert stages_after(Stage.INTEREST, [CHOSEN, REFUSED]) == (Stage.OUTCOME, Stage.HAND_OVER)
    assert stages_after(Stage.OUTCOME, [REFUSED]) == (Stage.FOLLOW_UP,)


@given(STAGES, SITES)
def test_a_case_moves_only_where_the_path_allows(stage: Stage, sites: list[Standing]) -> None:
    for to in stages_after(stage, sites):
        assert may_move(stage, to)
        stage = to


@given(STAGES, SITES)
def test_the_outcomes_are_left_only_when_every_site_has_a_final_one(stage: Stage, sites: list[Standing]) -> None:
    after = stages_after(stage, sites)
    if after and after[-1] > Stage.OUTCOME:
        assert all(is_final(site.outcome) for site in sites)


@given(STAGES, SITES)
def test_carrying_on_twice_changes_nothing_more(stage: Stage, sites: list[Standing]) -> None:
    after = stages_after(stage, sites)
    assert stages_after(after[-1] if after else stage, sites) == ()
