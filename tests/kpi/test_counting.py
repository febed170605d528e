"""The counting rule, one sentence of product.md after the other."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.kpi import rules
from app.kpi.rules import (
    CompanyKind,
    Decision,
    Ending,
    Event,
    Merge,
    Rule,
    Status,
    TurnedAway,
    Version,
)

from .cases import (
    ACCEPTED,
    COUNTED_KINDS,
    LATER,
    MET,
    a_case,
    a_company,
    a_meeting,
    counted,
    on,
    the_reason,
)

IN_BOSTON_31_MARCH_18_00 = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
LAST_SECOND_OF_2025 = datetime(2026, 3, 31, 14, 59, 59, tzinfo=UTC)
FIRST_SECOND_OF_2026 = datetime(2026, 3, 31, 15, 0, 0, tzinfo=UTC)


def test_an_accepted_trial_of_an_overseas_company_counts() -> None:
    result = counted(a_case())
    assert [s.status for s in result.counted] == [Status.COUNTED]
    assert result.counted[0].dated == date(2026, 4, 14)


def test_the_evening_of_31_march_in_boston_is_the_next_fiscal_year_in_tokyo() -> None:
    case = a_case(received_at=IN_BOSTON_31_MARCH_18_00)
    assert len(counted(case, year=2026).counted) == 1
    assert len(counted(case, year=2025).counted) == 0


@pytest.mark.parametrize(("moment", "year"), [(LAST_SECOND_OF_2025, 2025), (FIRST_SECOND_OF_2026, 2026)])
def test_the_fiscal_year_turns_at_midnight_in_japan(moment: datetime, year: int) -> None:
    case = a_case(received_at=moment)
    assert [y for y in (2024, 2025, 2026, 2027) if counted(case, year=y).counted] == [year]


def test_an_acceptance_is_dated_by_its_receipt() -> None:
    case = a_case(received_at=LAST_SECOND_OF_2025, accepted_at=on(4, 2))
    assert counted(case, year=2025).counted[0].dated == date(2026, 3, 31)
    assert not counted(case, year=2026).counted


def test_before_its_acceptance_the_same_case_is_only_received() -> None:
    case = a_case(received_at=on(4, 14), accepted_at=on(4, 16))
    before, after = counted(case, at=on(4, 15)), counted(case, at=on(4, 16))
    assert (len(before.received), len(before.accepted), len(before.counted)) == (
        1,
        0,
        0,
    )
    assert (len(after.received), len(after.accepted), len(after.counted)) == (1, 1, 1)


def test_the_second_rule_counts_the_intake_meeting_and_dates_it_by_the_meeting() -> None:
    case = a_case(received_at=on(3, 20), meetings=(a_meeting(on(4, 2)),))
    assert counted(case, rule=ACCEPTED, year=2025).counted
    assert counted(case, rule=MET, year=2026).counted[0].dated == date(2026, 4, 2)
    assert not counted(case, rule=MET, year=2025).counted


def test_received_accepted_and_met_stand_side_by_side() -> None:
    waiting = a_case(accepted_at=None)
    accepted = a_case()
    met = a_case(meetings=(a_meeting(on(5, 1)),))
    result = counted(waiting, accepted, met)
    assert [len(result.of(event)) for event in Event] == [3, 2, 1]


@pytest.mark.parametrize(
    ("given", "reason", "status"),
    [
        ({"requester": a_company(country="JP")}, "domestic", Status.NOT_COUNTED),
        (
            {"requester": a_company(country=None)},
            "country_unknown",
            Status.NOT_YET_KNOWN,
        ),
        ({"requester": a_company(kind="academia")}, "other_kind", Status.NOT_COUNTED),
        ({"requester": a_company(kind=None)}, "kind_unknown", Status.NOT_YET_KNOWN),
        ({"requester": a_company(kind="start_up")}, "meets_the_rule", Status.COUNTED),
        ({"requester": a_company(kind="pharma")}, "meets_the_rule", Status.COUNTED),
        ({"requester": a_company(kind="cro")}, "company_unknown", Status.NOT_YET_KNOWN),
        ({"is_mrct": False}, "not_mrct", Status.NOT_COUNTED),
        ({"is_mrct": None}, "mrct_unknown", Status.NOT_YET_KNOWN),
        ({"product": None}, "matter_unknown", Status.NOT_YET_KNOWN),
        ({"indication": " "}, "matter_unknown", Status.NOT_YET_KNOWN),
        ({"base_in_japan": True}, "meets_the_rule", Status.COUNTED),
        ({"base_in_japan": None}, "meets_the_rule", Status.COUNTED),
    ],
)
def test_who_counts_and_what_counts(given: dict[str, object], reason: str, status: Status) -> None:
    case = a_case(**given)
    standing = counted(case).accepted[0]
    assert (standing.reason, standing.status) == (reason, status)


def test_unknown_is_not_no() -> None:
    japan_only, unknown = a_case(is_mrct=False), a_case(is_mrct=None)
    result = counted(japan_only, unknown)
    assert [s.case.number for s in result.waiting] == [unknown.number]
    assert result.accepted[0].sentence.in_("en") != result.accepted[1].sentence.in_("en")


def test_for_a_cro_the_company_behind_it_is_the_one_that_counts() -> None:
    cro = a_company("Trial Runners", country="JP", kind="cro")
    overseas = a_case(requester=cro, behind_the_cro=a_company("Fjord Pharma", "NO", "pharma"))
    domestic = a_case(requester=cro, behind_the_cro=a_company("Yamato", "JP", "pharma"))
    academic = a_case(requester=cro, behind_the_cro=a_company("A College", "GB", "academia"))
    assert the_reason(overseas) == "meets_the_rule"
    assert the_reason(domestic) == "domestic"
    assert the_reason(academic) == "other_kind"


def test_a_company_behind_someone_who_is_no_cro_is_not_looked_at() -> None:
    case = a_case(behind_the_cro=a_company("Yamato", "JP", "pharma"))
    assert the_reason(case) == "meets_the_rule"


def test_a_version_may_leave_out_companies_with_a_base_in_japan() -> None:
    strict = Rule(
        "accepted",
        Event.ACCEPTED,
        (Version(2, COUNTED_KINDS, date(2025, 4, 1), None, True),),
    )
    assert the_reason(a_case(base_in_japan=True), rule=strict) == "base_in_japan"
    assert the_reason(a_case(base_in_japan=None), rule=strict) == "base_unknown"
    assert the_reason(a_case(base_in_japan=False), rule=strict) == "meets_the_rule"


def test_once_per_sponsor_product_and_indication_in_a_fiscal_year() -> None:
    first = a_case(product="ABC-101", received_at=on(4, 14))
    again = a_case(product="ａｂｃ 101", received_at=on(6, 1))
    result = counted(again, first)
    assert [s.case.number for s in result.counted] == [first.number]
    assert (result.left_out[0].reason, result.left_out[0].other) == (
        "same_matter",
        first.number,
    )


def test_another_product_indication_or_sponsor_is_another_case() -> None:
    first = a_case(product="ABC-101")
    others = [
        a_case(product="ABC-102"),
        a_case(product="ABC-101", indication="crohn_disease"),
        a_case(product="ABC-101", requester=a_company("Southwind Bio")),
    ]
    assert len(counted(first, *others).counted) == 4


def test_the_same_matter_counts_again_in_the_next_fiscal_year() -> None:
    first = a_case(product="ABC-101", received_at=on(4, 14))
    next_year = a_case(product="ABC-101", received_at=on(4, 14, year=2027))
    at = on(5, 1, year=2027)
    assert [len(counted(first, next_year, year=y, at=at).counted) for y in (2026, 2027)] == [1, 1]


def test_the_same_company_directly_and_through_a_cro_is_one_sponsor() -> None:
    direct = a_case(product="ABC-101")
    cro = a_company("Trial Runners", "GB", "cro")
    through = a_case(
        product="ABC-101",
        requester=cro,
        behind_the_cro=a_company("NORTHWIND BIO"),
        received_at=on(5, 1),
    )
    assert the_reason(through, direct) == "same_matter"


def test_a_case_that_does_not_count_leaves_its_matter_free() -> None:
    japan_only = a_case(product="ABC-101", is_mrct=False)
    later = a_case(product="ABC-101", received_at=on(6, 1))
    assert the_reason(later, japan_only) == "meets_the_rule"


def test_later_meetings_add_to_contacts_and_never_to_cases() -> None:
    case = a_case(meetings=(a_meeting(on(5, 1)),))
    more = replace(case, meetings=(*case.meetings, a_meeting(on(6, 1)), a_meeting(on(7, 1))))
    for rule in (ACCEPTED, MET):
        assert len(counted(case, rule=rule).counted) == len(counted(more, rule=rule).counted) == 1
    assert (len(counted(case).contacts), len(counted(more).contacts)) == (2, 4)


def test_a_contact_belongs_to_the_year_in_which_it_happened() -> None:
    case = a_case(received_at=on(3, 20), meetings=(a_meeting(on(4, 2)), a_meeting(on(5, 2))))
    assert [len(counted(case, year=year).contacts) for year in (2025, 2026)] == [1, 2]


def test_merged_cases_count_once() -> None:
    kept = a_case(product="ABC-101")
    merged = a_case(product="ABC-102", merges=(Merge(kept.number, on(5, 1)),))
    result = counted(kept, merged)
    assert [len(result.of(event)) for event in (Event.RECEIVED, Event.ACCEPTED)] == [
        2,
        1,
    ]
    assert [s.case.number for s in result.counted] == [kept.number]
    assert (result.received[1].reason, result.received[1].other) == (
        "merged",
        kept.number,
    )


def test_a_merge_taken_back_counts_again() -> None:
    kept = a_case(product="ABC-101")
    merges = (Merge(kept.number, on(5, 1)), Merge(None, on(6, 1)))
    merged = a_case(product="ABC-102", merges=merges)
    assert [len(counted(kept, merged, at=on(month, 15)).counted) for month in (4, 5, 6)] == [2, 1, 2]


def test_staff_include_and_exclude_with_a_reason_on_record() -> None:
    included = a_case(
        is_mrct=False,
        decisions=(Decision(rules.Choice.INCLUDE, "Joined by Korea.", on(5, 1)),),
    )
    excluded = a_case(decisions=(Decision(rules.Choice.EXCLUDE, "A rehearsal.", on(5, 1)),))
    result = counted(included, excluded)
    assert [(s.reason.value, s.by_hand) for s in result.accepted] == [
        ("included_by_hand", "Joined by Korea."),
        ("excluded_by_hand", "A rehearsal."),
    ]
    assert [s.case.number for s in result.counted] == [included.number]


def test_the_latest_decision_stands() -> None:
    decisions = (
        Decision(rules.Choice.EXCLUDE, "Doubtful.", on(5, 1)),
        Decision(rules.Choice.INCLUDE, "Cleared up.", on(6, 1)),
    )
    case = a_case(decisions=decisions)
    assert [the_reason(case, at=on(month, 15)) for month in (4, 5, 6)] == [
        "meets_the_rule",
        "excluded_by_hand",
        "included_by_hand",
    ]


def test_a_decision_taken_back_leaves_the_case_to_the_rule() -> None:
    exclude, back = Decision(rules.Choice.EXCLUDE, "Doubtful.", on(5, 1)), Decision(None, "Cleared up.", on(6, 1))
    case = a_case(decisions=(exclude, back))
    assert [the_reason(case, at=on(month, 15)) for month in (5, 6)] == ["excluded_by_hand", "meets_the_rule"]


def test_no_decision_counts_a_case_that_was_never_accepted() -> None:
    include = Decision(rules.Choice.INCLUDE, "Important.", on(5, 1))
    case = a_case(accepted_at=None, decisions=(include,))
    assert not counted(case).counted
    assert the_reason(case) == "in_triage"


def test_an_excluded_case_leaves_its_matter_to_the_next_one() -> None:
    exclude = Decision(rules.Choice.EXCLUDE, "A rehearsal.", on(5, 1))
    first = a_case(product="ABC-101", decisions=(exclude,))
    second = a_case(product="ABC-101", received_at=on(6, 1))
    assert the_reason(second, first) == "meets_the_rule"


@pytest.mark.parametrize("how", TurnedAway)
def test_a_case_that_left_before_acceptance_says_how(how: TurnedAway) -> None:
    case = a_case(accepted_at=None, ending=Ending(how, on(4, 20)))
    assert the_reason(case) == how.value
    assert the_reason(case, at=on(4, 19)) == "in_triage"


def test_an_accepted_case_withdrawn_later_still_counts() -> None:
    assert the_reason(a_case(ending=Ending(TurnedAway.WITHDRAWN, on(8, 1)))) == "meets_the_rule"


def test_under_the_second_rule_a_case_without_a_meeting_says_so() -> None:
    assert the_reason(a_case(), rule=MET) == "not_met"
    assert the_reason(a_case(accepted_at=None), rule=MET) == "in_triage"


def test_a_case_met_in_another_year_says_so() -> None:
    case = a_case(received_at=on(3, 20), meetings=(a_meeting(on(4, 2)),))
    assert the_reason(case, rule=MET, year=2025) == "other_year"


def test_each_version_holds_for_its_own_days() -> None:
    first = Version(1, COUNTED_KINDS, date(2026, 4, 1), date(2026, 9, 30))
    second = Version(2, COUNTED_KINDS | {CompanyKind.ACADEMIA}, date(2026, 10, 1))
    rule = Rule("accepted", Event.ACCEPTED, (second, first))
    academic = a_company(kind="academia")
    early = a_case(requester=academic, received_at=on(9, 30))
    late = a_case(requester=academic, received_at=on(10, 1))
    result = counted(early, late, rule=rule)
    assert [(s.reason.value, s.version) for s in result.accepted] == [
        ("other_kind", 1),
        ("meets_the_rule", 2),
    ]


def test_before_the_first_version_nothing_counts() -> None:
    case = a_case(received_at=on(4, 14, year=2024))
    assert the_reason(case, year=2024) == "no_rule"


def test_a_past_day_can_be_recomputed() -> None:
    case = a_case(
        meetings=(a_meeting(on(5, 1), recorded_at=on(5, 8)),),
        decisions=(Decision(rules.Choice.EXCLUDE, "A rehearsal.", on(6, 1)),),
    )
    seen = [counted(case, at=on(*day)) for day in ((4, 13), (4, 14), (4, 20), (5, 7), (5, 8), (6, 1))]
    assert [len(c.received) for c in seen] == [0, 1, 1, 1, 1, 1]
    assert [len(c.accepted) for c in seen] == [0, 0, 1, 1, 1, 1]
    assert [len(c.met) for c in seen] == [0, 0, 0, 0, 1, 1]
    assert [len(c.counted) for c in seen] == [0, 0, 1, 1, 1, 0]


def test_demonstration_cases_are_left_out_unless_asked_for() -> None:
    real, invented = a_case(), a_case(demo=True)
    assert len(rules.count([real, invented], ACCEPTED, year=2026, at=LATER).received) == 1
    everything = rules.count([real, invented], ACCEPTED, year=2026, at=LATER, with_demo=True)
    assert len(everything.received) == 2


def test_every_reason_has_its_own_whole_sentence() -> None:
    sentences = [rules.SENTENCES[reason].msgid for reason in rules.Reason]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith(".") for sentence in sentences)


def test_only_a_reason_that_points_to_another_case_names_one() -> None:
    kept = a_case()
    merged = a_case(merges=(Merge(kept.number, on(5, 1)),))
    sentences = [s.sentence.in_("en") for s in counted(kept, merged).received]
    assert [kept.number in sentence for sentence in sentences] == [False, True]
