"""What matching says of named cases, and in which words."""

from dataclasses import replace
from datetime import date

import pytest

from app.matching.rules import (
    CRITERIA,
    TRIGGERS,
    Band,
    Fact,
    Place,
    Request,
    Rung,
    SourceKind,
    State,
    Verdict,
    asked,
    by_region,
    capacity_code,
    offers,
    preliminary,
    rank,
    reasons_json,
    site_with,
    speak,
)

REQUEST = Request(
    first_in_human="yes",
    phase="phase.1",
    condition="cond.solid_tumour",
    areas=("area.oncology",),
    needs=("ct.cpc",),
    dct=("dct.econsent",),
)
ROOM = capacity_code("area.oncology", "phase.1")


def a_place(code="S-1", region="region.kanto", order=3, **given):
    return Place(f"id-{code}", code, given.pop("name_en", f"Hospital {code}"), f"病院{code}", "partner", "p", region,
                 order, **given)  # fmt: skip


def public(capability, state="yes", **given):
    given.setdefault("as_of", date(2025, 1, 20))
    return Fact(capability, State(state), source_url="https://hospital.example/phase1", **given)


def word(capability, state="yes", **given):
    """The site's own word."""
    return Fact(capability, State(state), SourceKind.SITE, confirmed=True, as_of=date(2026, 11, 2), **given)


def judged(row):
    return {one.criterion: one for one in row.judged}


def verdicts(*facts, request=REQUEST):
    row = rank(request, [site_with(a_place(), facts)]).rows[0]
    return {code: one.verdict.value for code, one in judged(row).items()}


def test_a_first_in_human_trial_asks_for_a_unit_and_wishes_for_what_the_rest_of_the_request_says():
    assert [(one.criterion.code, one.hard) for one in asked(REQUEST)] == [
        ("fih.unit", True),
        ("ct.cpc", True),
        ("capacity", False),
        ("areas", False),
        ("dct.experience", False),
        ("dct.econsent", False),
    ]


def test_a_phase_1_trial_of_which_nobody_says_that_it_is_first_in_human_only_wishes_for_the_unit():
    (unit,) = asked(Request(phase="phase.1"))

    assert (unit.criterion.code, unit.hard) == ("fih.unit", False)
    assert asked(Request(phase="phase.3", first_in_human="no")) == ()


@pytest.mark.parametrize(
    ("modality", "required"),
    [
        ("modality.small_molecule", ["fih.unit"]),
        ("modality.cell_therapy", ["fih.unit", "ct.cpc"]),
        ("modality.car_t", ["fih.unit", "ct.cpc"]),
        ("modality.gene_therapy_in_vivo", ["fih.unit", "gt.cartagena_type1"]),
        ("modality.oncolytic_virus", ["fih.unit", "gt.cartagena_type1"]),
        ("modality.radiopharmaceutical", ["fih.unit", "ri.handling"]),
        ("modality.device", ["dev.device_fih"]),
    ],
)
def test_a_modality_requires_what_it_cannot_be_given_without(modality, required):
    request = Request(first_in_human="yes", phase="phase.1", modality=modality)

    assert [one.criterion.code for one in asked(request) if one.hard] == required


def test_healthy_volunteers_need_a_unit_that_houses_them_only_early():
    early = Request(healthy_volunteers="yes", phase="phase.1", first_in_human="no")
    late = Request(healthy_volunteers="yes", phase="phase.3", first_in_human="no")

    assert [(one.criterion.code, one.hard) for one in asked(early)] == [("fih.healthy_volunteers", True)]
    assert asked(late) == ()


def test_what_is_required_and_wished_for_is_required():
    request = Request(needs=("ct.cpc",), wishes=("ct.cpc", "ct.apheresis"))

    assert [(one.criterion.code, one.hard) for one in asked(request)] == [("ct.cpc", True), ("ct.apheresis", False)]


def test_every_trigger_names_a_criterion_and_a_field_and_no_two_criteria_share_a_code():
    codes = [criterion.code for criterion in CRITERIA]

    assert len(set(codes)) == len(codes)
    assert {trigger.criterion for trigger in TRIGGERS} <= set(codes)
    assert all(Request().said(says.field) == () for trigger in TRIGGERS for says in (*trigger.when, *trigger.unless))
    assert all(criterion.weight > 0 for criterion in CRITERIA)


def test_a_capability_newer_than_the_rules_is_held_against_the_sites_all_the_same():
    assert verdicts(public("new.thing"), request=Request(needs=("new.thing",))) == {"new.thing": "meets"}


@pytest.mark.parametrize(
    ("fact", "rung"),
    [
        (word("ct.cpc"), Rung.CONFIRMED_YES),
        (public("ct.cpc"), Rung.PUBLIC_YES),
        (word("ct.cpc", stale=True), Rung.CONFIRMED_YES_STALE),
        (public("ct.cpc", stale=True), Rung.PUBLIC_YES_STALE),
        (public("ct.cpc", "partly", note_en="Of the university, not of the hospital."), Rung.PARTLY),
        (public("ct.cpc", "unknown", note_en="Being built."), Rung.SILENT),
        (public("ct.cpc", "no"), Rung.PUBLIC_NO),
        (word("ct.cpc", "no", stale=True), Rung.CONFIRMED_NO_STALE),
        (word("ct.cpc", "no"), Rung.CONFIRMED_NO),
    ],
)
def test_a_fact_stands_on_its_rung(fact, rung):
    row = rank(REQUEST, [site_with(a_place(), [fact])]).rows[0]

    assert judged(row)["ct.cpc"].rung is rung
    assert judged(row)["ct.cpc"].evidence == (fact,)


def test_only_the_sites_own_fresh_no_fails_a_required_criterion():
    assert verdicts(word("ct.cpc", "no"))["ct.cpc"] == "fails"
    assert verdicts(word("ct.cpc", "no", stale=True))["ct.cpc"] == "unknown"
    assert verdicts(public("ct.cpc", "no"))["ct.cpc"] == "unknown"
    assert verdicts()["ct.cpc"] == "unknown"


def test_the_sites_fresh_word_outweighs_a_newer_public_page():
    newer = public("ct.cpc", as_of=date(2026, 11, 19))

    assert verdicts(newer, word("ct.cpc", "no"))["ct.cpc"] == "fails"
    assert verdicts(newer, word("ct.cpc", "no", stale=True))["ct.cpc"] == "meets"


def test_a_source_that_found_nothing_is_silence_and_hides_no_other():
    nothing = public("ct.cpc", "unknown", as_of=date(2026, 11, 20))

    assert verdicts(public("ct.cpc", as_of=date(2019, 1, 1)), nothing)["ct.cpc"] == "meets"
    assert judged(rank(REQUEST, [site_with(a_place(), [nothing])]).rows[0])["ct.cpc"].evidence == ()


def test_one_of_several_ways_is_enough_and_a_no_to_one_leaves_the_others_open():
    request = Request(dct=("dct.econsent",))

    assert verdicts(public("dct.sop_available"), request=request)["dct.experience"] == "meets"
    assert verdicts(word("dct.sop_available", "no"), request=request)["dct.experience"] == "unknown"
    denied = [word(code, "no") for code in ("dct.sop_available", "dct.trials_run")]
    assert verdicts(*denied, request=request)["dct.experience"] == "fails"


def test_an_area_that_a_source_names_is_a_strength_and_one_it_does_not_name_is_unknown():
    heart = Request(areas=("area.cardiology",))
    named = public("site.therapeutic_areas", "partly", value="area.cardiology|area.neurology")

    assert verdicts(named, request=heart)["areas"] == "meets"
    assert verdicts(named, request=Request(areas=("area.oncology",)))["areas"] == "unknown"


def test_a_region_asked_for_is_required_and_an_address_answers_it():
    request = Request(regions=("region.kanto",))
    east, west = a_place("E"), a_place("W", region="region.kinki", prefecture_ja="大阪府", prefecture_en="Osaka")

    rows = rank(request, [site_with(west, []), site_with(east, [])]).rows

    assert [(row.place.code, row.band) for row in rows] == [("E", Band.POSSIBLE_ASK), ("W", Band.CANNOT)]
    assert judged(rows[1])["region"].evidence[0].note_ja == "大阪府"


@pytest.mark.parametrize(
    ("room", "band"),
    [
        (word(ROOM), Band.READY),
        (word(ROOM, "partly"), Band.POSSIBLE_ASK),
        (word(ROOM, "no"), Band.NOT_NOW),
        (word(ROOM, stale=True), Band.POSSIBLE_ASK),
        (word(ROOM, "no", stale=True), Band.POSSIBLE_ASK),
        (None, Band.POSSIBLE_ASK),
    ],
)
def test_room_for_new_trials_decides_between_ready_ask_and_not_now(room, band):
    facts = [public("fih.unit"), word("ct.cpc"), *([room] if room else [])]

    assert rank(REQUEST, [site_with(a_place(), facts)]).rows[0].band is band


def test_a_site_with_room_that_does_not_meet_what_is_required_cannot():
    facts = [public("fih.unit"), word("ct.cpc", "no"), word(ROOM)]

    assert rank(REQUEST, [site_with(a_place(), facts)]).rows[0].band is Band.CANNOT


def test_room_in_one_of_the_conditions_areas_is_room():
    request = replace(REQUEST, areas=("area.oncology", "area.haematology"))
    full = word(ROOM, "no")
    other = word(capacity_code("area.haematology", "phase.1"))

    assert verdicts(full, other, request=request)["capacity"] == "meets"
    assert verdicts(full, request=request)["capacity"] == "unknown"


def test_sites_stand_by_band_then_points_then_code():
    ready = site_with(a_place("R"), [word("fih.unit"), word("ct.cpc"), word(ROOM)])
    known = site_with(a_place("K"), [public("fih.unit"), public("ct.cpc")])
    tied = [site_with(a_place(code), []) for code in ("B", "A")]
    closed = site_with(a_place("N"), [word("fih.unit"), word("ct.cpc"), word(ROOM, "no")])
    failed = site_with(a_place("F"), [word("fih.unit"), word("ct.cpc", "no"), word(ROOM)])

    rows = rank(REQUEST, [failed, *tied, closed, known, ready]).rows

    assert [row.place.code for row in rows] == ["R", "K", "A", "B", "N", "F"]


def test_points_and_confidence_are_whole_numbers_that_can_be_reckoned_by_hand():
    request = Request(needs=("ct.cpc", "fih.unit"))  # weights 5 and 5
    row = rank(request, [site_with(a_place(), [public("ct.cpc")])]).rows[0]

    assert (row.total, row.out_of) == (5 * 90 + 5 * 50, 1000)
    assert row.confidence == (5 * 60 + 5 * 0) // 10
    assert rank(Request(), [site_with(a_place(), [])]).rows[0].confidence == 0


def the_picture():
    return preliminary(
        REQUEST,
        [
            site_with(a_place("C1", "region.kinki", 5, name_en="Osaka"), [public("fih.unit"), public("ct.cpc")]),
            site_with(a_place("C2", "region.kanto", 3, name_en="kashiwa"), [public("fih.unit"), public("ct.cpc")]),
            site_with(a_place("C3", "region.kanto", 3, name_en="Tokyo"), [public("fih.unit")]),
            site_with(a_place("C4", "region.kanto", 3, name_en="Keio"), [public("ct.cpc", "no"), word(ROOM)]),
            site_with(a_place("C5", "region.hokkaido", 1, name_en="Silent"), [public("dct.econsent")]),
            site_with(a_place("C6", "region.kanto", 3, name_en="Sample"), [public("fih.unit"), word("ct.cpc", "no")]),
        ],
    )


def test_the_picture_keeps_apart_who_meets_who_may_who_is_silent_and_who_does_not():
    picture = the_picture()

    assert [seen.place.name_en for seen in picture.meets] == ["kashiwa", "Osaka"]
    assert [seen.place.name_en for seen in picture.may] == ["Keio", "Tokyo"]
    assert [seen.place.name_en for seen in picture.silent] == ["Silent"]
    assert [seen.place.name_en for seen in picture.fails] == ["Sample"]
    assert [[one.criterion for one in seen.unknown] for seen in picture.may] == [["fih.unit", "ct.cpc"], ["ct.cpc"]]


def test_the_picture_goes_from_north_to_south_and_says_what_would_change_it():
    picture = the_picture()

    assert [(region, len(rows)) for region, rows in by_region(picture.meets)] == [
        ("region.kanto", 1),
        ("region.kinki", 1),
    ]
    assert [(one.criterion, one.more) for one in picture.relaxations] == [("ct.cpc", 2)]


def test_a_site_without_the_sites_word_or_a_source_is_not_in_the_picture_of_a_sponsor():
    hearsay = Fact("ct.cpc", State.YES, SourceKind.SITE)
    (seen,) = preliminary(REQUEST, [site_with(a_place(), [hearsay])]).silent

    assert all(one.verdict is Verdict.UNKNOWN for one in seen.judged)


def test_what_is_released_says_its_reasons_in_english_without_points_or_room():
    facts = [
        public("fih.unit", note_en="Phase 1 unit, 30 beds.", note_ja="第Ⅰ相病棟30床"),
        word("ct.cpc", stale=True, value="2", unit="室"),
        word(ROOM, "no"),
    ]
    (offer,) = offers(rank(REQUEST, [site_with(a_place(demo=True), facts)]))
    stored = reasons_json(offer.reasons)

    reasons = {reason.criterion: reason for reason in speak(stored, "en")}

    assert (offer.institution_id, offer.band, offer.demo) == ("id-S-1", Band.NOT_NOW, True)
    assert set(reasons) == {"fih.unit", "ct.cpc", "areas", "dct.experience", "dct.econsent"}
    assert {"points", "weight", "rung"}.isdisjoint(stored[0])
    unit = reasons["fih.unit"]
    assert (unit.label, unit.verdict_label, unit.hard) == ("First-in-human unit", "Meets", True)
    (evidence,) = unit.evidence
    assert (evidence.text, evidence.lang, evidence.confirmed) == ("Phase 1 unit, 30 beds.", "en", False)
    assert (evidence.source_url, evidence.as_of) == ("https://hospital.example/phase1", date(2025, 1, 20))
    assert (reasons["ct.cpc"].evidence[0].text, reasons["ct.cpc"].evidence[0].stale) == ("2 室", True)
    assert (reasons["areas"].verdict_label, reasons["areas"].evidence) == ("Unknown", ())


def test_a_note_in_one_language_is_shown_in_it_to_readers_of_the_other():
    (offer,) = offers(rank(REQUEST, [site_with(a_place(), [public("fih.unit", note_ja="第Ⅰ相病棟")])]))

    reason = next(one for one in speak(reasons_json(offer.reasons), "en") if one.criterion == "fih.unit")

    assert (reason.evidence[0].text, reason.evidence[0].lang) == ("第Ⅰ相病棟", "ja")
