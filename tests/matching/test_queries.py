"""What is gathered for a match, from whom, and in how many queries."""

from datetime import date

import pytest

from app.identity.rules import SERVICE, VISITOR
from app.matching import queries, rules
from app.sites.rules import CapacityState, FactState, InstitutionKind
from tests import make
from tests.conftest import NOW
from tests.sites import make as sites

REQUEST = rules.Request(first_in_human="yes", phase="phase.1", areas=("area.oncology",), needs=("ct.cpc",))


async def the_site(session, institution, request=REQUEST):
    found = await queries.sites_for(session, request, now=NOW)
    return next(site for site in found if site.place.id == str(institution.id))


async def test_a_request_takes_what_matching_reads_and_the_areas_of_its_condition(session):
    values = {
        "phase": "phase.1",
        "first_in_human": "yes",
        "modality": "modality.car_t",
        "condition": "cond.lung_cancer_nsclc",
        "needs": ["ct.cpc", "fih.unit"],
        "dct": ["dct.econsent"],
        "regions": ["region.kanto"],
        "product_code": "SECRET-101",
        "enrolment": 120,
    }

    request = await queries.request_from(session, values)

    assert request == rules.Request(
        first_in_human="yes",
        modality="modality.car_t",
        phase="phase.1",
        condition="cond.lung_cancer_nsclc",
        areas=("area.oncology", "area.respiratory"),
        needs=("ct.cpc", "fih.unit"),
        dct=("dct.econsent",),
        regions=("region.kanto",),
    )
    assert "SECRET" not in str(rules.request_json(request))


async def test_a_request_may_name_an_area_instead_of_a_condition_or_nothing_at_all(session):
    assert (await queries.request_from(session, {"condition": "area.neurology"})).areas == ("area.neurology",)
    assert await queries.request_from(session, {}) == rules.Request()
    assert (await queries.request_from(session, {"condition": "cond.no_such"})).areas == ()


@pytest.mark.parametrize("odd", [None, 7, ["phase.1"], {"a": 1}, ""])
async def test_values_of_another_shape_ask_for_nothing(session, odd):
    assert (
        await queries.request_from(session, {"phase": odd, "needs": "ct.cpc", "regions": odd or None})
    ).phase is None


async def test_a_site_comes_with_its_names_its_region_and_the_facts_that_the_request_asks_about(session):
    hospital = await sites.an_institution(session, name_en="Sample", name_ja="見本", prefecture_code="pref.27")
    await sites.a_fact(session, hospital, note_en="Ward", note_ja="病棟", as_of=date(2025, 1, 20))
    await sites.a_fact(session, hospital, capability_code="ri.handling")
    await sites.a_fact(session, await sites.an_institution(session))

    site = await the_site(session, hospital)

    place = site.place
    assert (place.name_en, place.name_ja, place.region, place.prefecture_ja) == (
        "Sample",
        "見本",
        "region.kinki",
        "大阪府",
    )
    assert place.demo
    assert list(site.facts) == ["fih.unit"]
    (fact,) = site.facts["fih.unit"]
    assert (fact.state, fact.confirmed, fact.note_ja) == (rules.State.YES, False, "病棟")
    assert (fact.source_url, fact.as_of) == ("https://hospital.example/page", date(2025, 1, 20))


async def test_what_was_superseded_is_not_read(session):
    hospital = await sites.an_institution(session)
    await sites.a_fact(session, hospital, superseded_at=NOW)
    await sites.some_room(session, hospital, superseded_at=NOW)

    assert (await the_site(session, hospital)).facts == {}


async def test_room_is_read_for_the_requests_areas_and_phase_and_ages_in_two_months(session):
    fresh, old = [await sites.an_institution(session) for _ in range(2)]
    await sites.some_room(session, fresh, state=CapacityState.CLOSED, trials_can_start=0, as_of=date(2026, 9, 21))
    await sites.some_room(session, fresh, area_code="area.neurology")
    await sites.some_room(session, fresh, phase_code="phase.3")
    await sites.some_room(session, old, as_of=date(2026, 9, 20))

    room = (await the_site(session, fresh)).facts
    old_room = (await the_site(session, old)).facts

    code = rules.capacity_code("area.oncology", "phase.1")
    assert list(room) == [code]
    assert (room[code][0].state, room[code][0].confirmed, room[code][0].stale) == (rules.State.NO, True, False)
    assert (old_room[code][0].state, old_room[code][0].stale) == (rules.State.YES, True)


async def test_a_confirmed_fact_is_the_sites_word_and_goes_stale_by_the_vocabularys_months(session):
    hospital = await sites.an_institution(session)
    coordinator = await make.a_coordinator(session, hospital)
    await sites.a_fact(session, hospital, confirmed_by=coordinator, state=FactState.NO)
    await sites.a_fact(session, hospital, capability_code="ct.cpc", confirmed_by=coordinator)

    verdicts = {
        one.criterion: one.rung for one in rules.rank(REQUEST, [await the_site(session, hospital)]).rows[0].judged
    }
    later = NOW.replace(year=2027, month=12)
    aged = await queries.sites_for(session, REQUEST, now=later)
    stale = {
        code: said[0].stale for site in aged if site.place.id == str(hospital.id) for code, said in site.facts.items()
    }

    assert verdicts["fih.unit"] is rules.Rung.CONFIRMED_NO
    assert stale == {"fih.unit": True, "ct.cpc": False}


async def test_a_network_is_no_site_and_an_institution_without_an_address_is_one(session):
    network = await sites.an_institution(session, kind=InstitutionKind.NETWORK)
    partner = await sites.an_institution(session, kind=InstitutionKind.PARTNER, prefecture_code=None)

    found = {site.place.id: site.place for site in await queries.sites_for(session, REQUEST, now=NOW)}

    assert str(network.id) not in found
    assert (found[str(partner.id)].region, found[str(partner.id)].region_order) == ("", queries.NOWHERE)


async def test_a_hundred_sites_more_cost_no_query_more(session, connection):
    async with sites.counted_queries(connection) as few:
        await queries.sites_for(session, REQUEST, now=NOW)
    for _ in range(20):
        hospital = await sites.an_institution(session)
        await sites.a_fact(session, hospital)
        await sites.some_room(session, hospital)
    session.expunge_all()
    async with sites.counted_queries(connection) as many:
        await queries.sites_for(session, REQUEST, now=NOW)

    assert len(few) == len(many) == 4


@pytest.mark.parametrize("reader", [VISITOR, make.somebody()])
async def test_nobody_but_officers_and_the_service_sees_a_run(session, reader):
    assert "false" in str(queries.visible_to(reader)).lower()
    assert "false" not in str(queries.visible_to(SERVICE)).lower()
