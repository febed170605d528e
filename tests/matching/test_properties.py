"""What holds for every request and every set of sites."""

import json
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.matching.rules import (
    LADDER,
    Band,
    Fact,
    Request,
    Rung,
    Site,
    SourceKind,
    State,
    Verdict,
    asked,
    canonical,
    digest,
    judge,
    offers,
    preliminary,
    rank,
    replay,
    request_json,
    request_of,
    result_json,
    site_with,
)
from app.matching.rules.ranking import Ranked, order
from tests.matching import generated

BANDS = list(Band)
# No deadline: how long an example takes depends on what else the machine does.
holds = settings(deadline=None, max_examples=60)


def ranked(request: Request, site: Site) -> Ranked:
    return rank(request, [site]).rows[0]


def said_of(site: Site) -> list[Fact]:
    return [fact for said in site.facts.values() for fact in said]


def with_facts(site: Site, *more: Fact) -> Site:
    return site_with(site.place, [*said_of(site), *more])


def silent_about(site: Site, capability: str) -> Site:
    return site_with(site.place, [fact for fact in said_of(site) if fact.capability != capability])


def stale(site: Site) -> Site:
    return site_with(site.place, [replace(fact, stale=True) for fact in said_of(site)])


@holds
@given(generated.requests, generated.sites, st.randoms())
def test_the_order_in_which_sites_and_facts_come_never_matters(request_, sites, chance):
    shuffled = []
    for site in sites:
        facts = said_of(site) * 2
        chance.shuffle(facts)
        shuffled.append(site_with(site.place, facts))
    chance.shuffle(shuffled)

    assert result_json(rank(request_, shuffled)) == result_json(rank(request_, sites))
    assert preliminary(request_, shuffled) == preliminary(request_, sites)


@holds
@given(generated.requests, st.randoms())
def test_the_order_and_repetition_of_lists_in_a_request_never_matter(request_, chance):
    mixed = {name: value for name, value in request_json(request_).items() if isinstance(value, list)}
    for value in mixed.values():
        value.extend(value[:2])
        chance.shuffle(value)

    assert replace(request_, **{name: tuple(value) for name, value in mixed.items()}) == request_


@holds
@given(generated.requests, generated.sites)
def test_a_stored_run_is_replayed_to_the_same_bytes(request_, sites):
    run = rank(request_, sites)
    request_stored, result_stored = (json.loads(canonical(part)) for part in (request_json(request_), result_json(run)))

    again = replay(request_stored, result_stored)

    assert canonical(result_json(again)) == canonical(result_json(run))
    assert digest(request_json(again.request), result_json(again)) == digest(request_stored, result_stored)
    assert request_of(request_stored) == request_


@holds
@given(generated.requests, generated.sites)
def test_the_parts_add_up_to_the_total(request_, sites):
    for row in rank(request_, sites).rows:
        parts = [one.weight * LADDER[one.rung].points for one in row.judged]
        assert row.total == sum(parts) == row.hard_points + row.soft_points <= row.out_of
        assert 0 <= row.confidence <= 100
        assert [one.criterion for one in row.judged] == [one.criterion.code for one in asked(request_)]


@holds
@given(generated.requests, generated.one_site(), st.sampled_from(generated.CAPABILITIES), st.data())
def test_a_fact_in_a_sites_favour_never_lowers_it(request_, site, capability, data):
    before = ranked(request_, site)
    after = ranked(request_, with_facts(site, replace(data.draw(generated.facts_about(capability)), state=State.YES)))

    assert order(after) <= order(before)
    assert after.total >= before.total


@holds
@given(generated.requests, generated.one_site(), st.sampled_from(generated.CAPABILITIES), st.data())
def test_part_of_a_capability_is_never_worse_than_silence(request_, site, capability, data):
    silent = silent_about(site, capability)
    partly = replace(data.draw(generated.facts_about(capability)), state=State.PARTLY)

    assert order(ranked(request_, with_facts(silent, partly))) <= order(ranked(request_, silent))


@holds
@given(generated.requests, generated.one_site(), st.sampled_from(generated.CAPABILITIES), st.data())
def test_unknown_lies_between_a_known_failure_and_a_known_success(request_, site, capability, data):
    no = Fact(capability, State.NO, SourceKind.SITE, confirmed=True, value="area.oncology|area.neurology")
    yes = replace(data.draw(generated.facts_about(capability)), state=State.YES, value=no.value)
    unknown = replace(data.draw(generated.facts_about(capability)), state=State.UNKNOWN)
    silent = silent_about(site, capability)

    worst, middle, best = (order(ranked(request_, with_facts(silent, fact)))[:2] for fact in (no, unknown, yes))

    assert worst >= middle >= best


@holds
@given(generated.requests, generated.one_site(), st.booleans())
def test_what_the_site_has_not_confirmed_never_fails_anything_but_an_address(request_, site, old):
    denied = [
        Fact(code, State.NO, SourceKind.PUBLIC_PAGE, stale=old, value="area.oncology", source_url="https://e.example")
        for code in generated.CAPABILITIES
    ]

    row = ranked(request_, site_with(site.place, denied))

    assert {one.criterion for one in row.judged if one.verdict is Verdict.FAILS} <= {"region"}
    assert row.band is not Band.NOT_NOW


@holds
@given(generated.requests, generated.one_site())
def test_what_the_site_said_long_ago_fails_nothing_either(request_, site):
    row = ranked(request_, stale(site))

    assert {one.criterion for one in row.judged if one.verdict is Verdict.FAILS} <= {"region"}
    assert row.band is not Band.READY


@holds
@given(generated.requests, generated.one_site(), st.sampled_from(generated.CAPABILITIES), st.data())
def test_a_stale_fact_counts_less_in_either_direction(request_, site, capability, data):
    fresh = replace(data.draw(generated.facts_about(capability)), stale=False)
    alone = silent_about(site, capability)
    before = ranked(request_, with_facts(alone, fresh)).judged
    after = ranked(request_, with_facts(alone, replace(fresh, stale=True))).judged

    silence = LADDER[Rung.SILENT].points
    for new, old in zip(before, after, strict=True):
        if capability in {fact.capability for fact in new.evidence} and len(new.evidence) == 1:
            assert abs(LADDER[old.rung].points - silence) <= abs(LADDER[new.rung].points - silence)


@holds
@given(generated.requests, generated.sites, st.data())
def test_dropping_a_required_criterion_never_takes_a_site_out(request_, sites, data):
    assume(request_.needs)
    dropped = data.draw(st.sampled_from(request_.needs))
    relaxed = replace(request_, needs=tuple(code for code in request_.needs if code != dropped))

    before = {seen.place.code for seen in preliminary(request_, sites).meets}
    after = {seen.place.code for seen in preliminary(relaxed, sites).meets}

    assert before <= after


@holds
@given(generated.requests, generated.sites)
def test_the_picture_holds_every_site_exactly_once_and_no_unknown_among_those_that_meet(request_, sites):
    picture = preliminary(request_, sites)
    groups = (picture.meets, picture.may, picture.silent, picture.fails)

    assert sorted(seen.place.code for group in groups for seen in group) == sorted(site.place.code for site in sites)
    assert not any(seen.unknown or seen.failed for seen in picture.meets)
    assert not any(seen.failed for seen in (*picture.may, *picture.silent))
    assert all(seen.failed for seen in picture.fails)


@holds
@given(generated.requests, generated.sites)
def test_the_picture_shows_neither_capacity_nor_what_has_no_public_source(request_, sites):
    picture = preliminary(request_, sites)

    for seen in (*picture.meets, *picture.may, *picture.silent, *picture.fails):
        for one in seen.judged:
            assert one.criterion != "capacity"
            assert all(fact.is_public for fact in one.evidence)
            assert not any(fact.capability.startswith("capacity/") for fact in one.evidence)


@holds
@given(generated.requests, generated.sites)
def test_each_relaxation_brings_exactly_the_sites_it_promises(request_, sites):
    picture = preliminary(request_, sites)
    meeting = {seen.place.code for seen in picture.meets}
    for relaxation in picture.relaxations:
        others = [one for one in picture.required if one.criterion.code != relaxation.criterion]
        again = {
            site.place.code
            for site in sites
            if all(one.verdict is Verdict.MEETS for one in judge(others, request_, site.public()))
        }
        assert meeting <= again
        assert len(again) - len(meeting) == relaxation.more > 0


@holds
@given(generated.requests, generated.sites)
def test_what_staff_may_release_keeps_the_band_and_drops_what_is_theirs_alone(request_, sites):
    run = rank(request_, sites)
    released = offers(run)

    assert [(offer.code, offer.band) for offer in released] == [(row.place.code, row.band) for row in run.rows]
    for offer in released:
        assert "capacity" not in {reason.criterion for reason in offer.reasons}
        for reason in offer.reasons:
            assert all(fact.is_public for fact in reason.evidence)


def test_the_ladder_goes_down_and_keeps_unknown_in_the_middle():
    points = [LADDER[rung].points for rung in Rung]
    verdicts = [LADDER[rung].verdict for rung in Rung]

    assert points == sorted(points, reverse=True)
    assert len(set(points)) == len(points)
    assert verdicts == sorted(verdicts, key=[Verdict.MEETS, Verdict.UNKNOWN, Verdict.FAILS].index)


def test_bands_stand_in_the_order_in_which_sponsors_read_them():
    assert [band.value for band in BANDS] == ["ready", "possible_ask", "not_now", "cannot"]
