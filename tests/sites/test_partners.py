"""Whom a hub works with: read by everybody, marked as the hub's word, and never a site of its own in the match."""

import re
from datetime import date

import httpx
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.ground.paging import Paging
from app.identity.rules import VISITOR
from app.matching import queries as matching
from app.matching import rules as matching_rules
from app.sites.models import Institution
from app.sites.queries.directory import Filters, directory
from app.sites.queries.gathering import facts_for_matching
from app.sites.queries.partners import Partners, connections, partners_of
from app.sites.rules import FactState, InstitutionKind
from tests import make as people
from tests.conftest import NOW
from tests.sites import make
from tests.sites.make import counted_queries
from tests.sites.test_pages import JAPANESE, words


@pytest.fixture
async def hub(session: AsyncSession) -> Institution:
    """A fictional hub; another one has a partner too, in the same prefecture and able to do the same."""
    other = await make.an_institution(session, name_en="Other Hospital", name_ja="別の病院")
    noise = await make.a_partner(session, other, name_en="Noise Clinic", name_ja="雑音医院")
    await make.a_word_of_the_hub(session, other, noise)
    return await make.an_institution(session, name_en="Hub Hospital", name_ja="拠点病院", code="TEST-HUB")


async def listed(session: AsyncSession, hub: Institution, **filters: str) -> Partners:
    return await partners_of(session, hub, Filters.asked(**filters), Paging(), reader=VISITOR, now=NOW)


def codes(found: Partners) -> set[str]:
    return {row.institution.code for row in found.rows.rows}


async def test_a_hub_lists_its_own_partners_by_kind_and_prefecture(session: AsyncSession, hub: Institution) -> None:
    clinic = await make.a_partner(session, hub)
    nurses = await make.a_partner(session, hub, kind=InstitutionKind.NURSE_STATION, prefecture_code="pref.47")
    await make.a_partner(session, hub, ended_on=date(2026, 10, 1))
    await make.a_partner(session, hub, superseded_at=NOW)
    found = await listed(session, hub)
    assert codes(found) == {clinic.code, nurses.code}
    assert found.by_kind == {InstitutionKind.PARTNER_CLINIC: 1, InstitutionKind.NURSE_STATION: 1}
    assert found.totals == {"pref.14": 1, "pref.47": 1}


async def test_partners_are_narrowed_by_name_place_kind_and_what_they_can_do(
    session: AsyncSession, hub: Institution
) -> None:
    able = await make.a_partner(session, hub, name_en="Home Clinic", name_ja="在宅医院")
    await make.a_word_of_the_hub(session, hub, able, state=FactState.PARTLY)
    unable = await make.a_partner(session, hub, prefecture_code="pref.01", kind=InstitutionKind.SATELLITE)
    await make.a_word_of_the_hub(session, hub, unable, state=FactState.NO)
    for filters, expected in (
        ({"capability": "dct.telemedicine"}, able),
        ({"name": "在宅"}, able),
        ({"name": " HOME "}, able),
        ({"prefecture": "pref.01"}, unable),
        ({"kind": "satellite"}, unable),
    ):
        assert codes(await listed(session, hub, **filters)) == {expected.code}, filters
    for filters in ({"kind": "fictional"}, {"kind": "x"}, {"capability": "x\0"}, {"name": "%"}):
        assert codes(await listed(session, hub, **filters)) == set(), filters
    (row,) = (await listed(session, hub, name="在宅")).rows.rows
    assert [(fact.capability_code, fact.state) for fact in row.facts] == [("dct.telemedicine", FactState.PARTLY)]


async def test_a_long_list_asks_as_often_as_a_short_one(
    session: AsyncSession, connection: AsyncConnection, hub: Institution
) -> None:
    await make.a_partner(session, hub)
    async with counted_queries(connection) as few:
        await listed(session, hub)
    for _ in range(4):
        await make.a_word_of_the_hub(session, hub, await make.a_partner(session, hub))
    session.expire_all()
    await session.refresh(hub)
    async with counted_queries(connection) as many:
        found = await listed(session, hub)
    assert found.rows.total == 5
    assert len(many) == len(few) <= 4


async def test_partners_are_no_institutions_of_the_directory_and_no_sites_of_the_match(
    session: AsyncSession, hub: Institution
) -> None:
    partner = await make.a_partner(session, hub)
    await make.a_word_of_the_hub(session, hub, partner)
    found = await directory(session, Filters(), Paging(), reader=VISITOR, now=NOW)
    assert partner.code not in {row.institution.code for row in found.rows.rows}
    assert found.partners == {InstitutionKind.PARTNER_CLINIC: 2}
    asked = await directory(session, Filters(kind="partner_clinic"), Paging(), reader=VISITOR, now=NOW)
    assert (asked.rows.total, asked.real, asked.fictional) == (2, 0, 2)

    sites = await matching.sites_for(session, matching_rules.Request(dct=("dct.telemedicine",)), now=NOW)
    assert hub.code in {site.place.code for site in sites}
    assert partner.code not in {site.place.code for site in sites}
    assert partner.id not in await facts_for_matching(session, now=NOW)


def test_the_word_of_a_hub_is_unconfirmed_to_the_match_and_not_for_sponsors_before_release() -> None:
    word = matching_rules.Fact("ct.cpc", FactState.NO, matching_rules.SourceKind("hub"))
    place = matching_rules.Place("1", "P-1", "Clinic", "医院", "partner", "pref.13", "region.kanto")
    request = matching_rules.Request(needs=("ct.cpc",))
    site = matching_rules.site_with(place, [word])
    (row,) = matching_rules.rank(request, [site]).rows
    assert {one.verdict for one in row.judged if one.criterion == "ct.cpc"} == {matching_rules.Verdict.UNKNOWN}
    assert not word.is_public


async def test_nobody_confirms_for_another_and_no_real_name_is_called_fictional(
    session: AsyncSession, hub: Institution
) -> None:
    partner = await make.a_partner(session, hub)
    coordinator = await people.a_coordinator(session, hub)
    for given in ({"confirmed_by_id": coordinator.id, "confirmed_at": NOW}, {"hub_id": None}):
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await make.a_word_of_the_hub(session, hub, partner, **given)
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            await make.an_institution(session, kind=InstitutionKind.FICTIONAL, demo=False)


async def test_a_network_names_its_members_and_a_member_its_networks(session: AsyncSession, hub: Institution) -> None:
    network = await make.an_institution(session, kind=InstitutionKind.NETWORK, demo=True)
    await make.a_membership(session, network, hub)
    await make.a_membership(session, network, await make.an_institution(session), superseded_at=NOW)
    await make.a_membership(session, await make.an_institution(session, kind=InstitutionKind.NETWORK, demo=True),
                            await make.an_institution(session))  # fmt: skip
    assert [row.institution.code for row in (await connections(session, network, reader=VISITOR)).members] == [
        "TEST-HUB"
    ]
    assert [row.network.code for row in (await connections(session, hub, reader=VISITOR)).networks] == [network.code]


async def test_everybody_reads_the_partners_with_map_table_and_whose_word_it_is(
    session: AsyncSession, hub: Institution, client: httpx.AsyncClient
) -> None:
    partner = await make.a_partner(session, hub, name_en="Home Clinic", name_ja="在宅医院", code="TEST-P1")
    await make.a_word_of_the_hub(session, hub, partner)
    html = (await client.get("/sites/TEST-HUB/partners")).text
    said = words(html)
    assert "1 partner for decentralised trials. It covers 1 prefecture." in said
    assert "Home Clinic Fictional 在宅医院 Partner clinic Kanagawa Telemedicine Available Stated by the hub" in said
    assert "Noise Clinic" not in said
    assert '<title lang="en" translate="no">Kanagawa: 1</title>' in html
    assert "@svg-maps/japan" in html
    assert re.search(r"Kanagawa 1 Partner clinic: 1", said)
    assert "パートナー医療機関" in words((await client.get("/sites/TEST-HUB/partners", headers=JAPANESE)).text)
    assert "1 partner, with what it can do" in words((await client.get("/sites/TEST-HUB")).text)
    assert (await client.get("/sites/NONE/partners")).status_code == 404


async def test_a_name_that_is_japanese_alone_is_marked_as_japanese(
    session: AsyncSession, hub: Institution, client: httpx.AsyncClient
) -> None:
    await make.a_partner(session, hub, name_en="在宅医院", name_ja="在宅医院")
    html = (await client.get("/sites/TEST-HUB/partners")).text
    assert html.count('<span lang="ja" translate="no">在宅医院</span>') == 1
    assert '<span lang="en" translate="no">在宅医院</span>' not in html


async def test_the_profile_of_a_partner_names_its_hubs_and_does_not_speak_for_it(
    session: AsyncSession, hub: Institution, client: httpx.AsyncClient
) -> None:
    partner = await make.a_partner(session, hub, code="TEST-P1", since=date(2025, 4, 1))
    await make.a_partnership(session, await make.an_institution(session, name_en="Second Hub"), partner)
    await make.a_partnership(session, await make.an_institution(session, name_en="Hub of Old"), partner,
                             ended_on=date(2026, 1, 1))  # fmt: skip
    await make.a_word_of_the_hub(session, hub, partner)
    said = words((await client.get("/sites/TEST-P1")).text).replace(" ,", ",")
    assert "Hub Hospital Fictional since 1 Apr 2025" in said
    assert "Second Hub" in said
    assert "Hub of Old" not in said
    assert "Stated by the hub Hub Hospital, as of 20 Nov 2026, unconfirmed by the partner" in said
    assert "Confirmed by the site" not in said


@pytest.mark.parametrize(
    "query", ["?page=x", "?page=-1", "?page=99", "?kind=%00&name=%25", "?name=%3Cscript%3Ealert(1)"]
)
async def test_an_odd_address_gets_a_list(hub: Institution, client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/sites/TEST-HUB/partners{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


async def test_partners_as_json(session: AsyncSession, hub: Institution, client: httpx.AsyncClient) -> None:
    partner = await make.a_partner(session, hub, code="TEST-P1", source_url="https://hub.example/partners")
    await make.a_partner(session, hub, kind=InstitutionKind.SATELLITE, prefecture_code="pref.47")
    await make.a_word_of_the_hub(session, hub, partner)
    told = (await client.get("/api/v1/sites/TEST-HUB/partners", params={"rows": 1})).json()
    assert (told["hub"], told["total"], told["pages"], told["by_prefecture"]) == (
        "TEST-HUB",
        2,
        2,
        {"pref.14": 1, "pref.47": 1},
    )
    (row,) = told["partners"]
    assert (row["code"], row["kind"], row["demo"], row["source"]) == (
        "TEST-P1",
        "partner_clinic",
        True,
        "https://hub.example/partners",
    )
    assert row["abilities"] == [
        {"capability": "dct.telemedicine", "state": "yes", "source_kind": "hub", "source": None, "as_of": "2026-11-20",
         "confirmed": False}
    ]  # fmt: skip
    assert (await client.get("/api/v1/sites/NONE/partners")).status_code == 404
