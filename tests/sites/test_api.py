"""The institutions as JSON say what the pages say, and no more."""

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from app.sites.rules import SourceKind
from tests import make as people
from tests.conftest import SignIn
from tests.sites import make


async def test_the_list_is_that_of_the_directory(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/sites", params={"rows": 5, "page": 2})
    found = answer.json()
    assert (found["total"], found["page"], found["pages"], found["shown"]) == (20, 2, 4, "fih.unit")
    assert len(found["sites"]) == 5
    first = (await client.get("/api/v1/sites", params={"rows": 1})).json()["sites"][0]
    assert first == {
        "code": "CCRH-12",
        "kind": "core_hospital",
        "name_en": "Hokkaido University Hospital",
        "name_ja": "北海道大学病院",
        "prefecture": "pref.01",
        "city_en": "Sapporo",
        "city_ja": "札幌市",
        "website": "https://huhp.hokudai.ac.jp",
        "demo": False,
        "kinds": ["core_hospital"],
        "state": "unknown",
    }


async def test_the_list_takes_the_same_filters(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/sites", params={"capability": "dct.trials_run", "prefecture": "pref.26"})
    assert [(site["code"], site["state"]) for site in answer.json()["sites"]] == [("CCRH-10", "partly")]


async def test_a_page_that_is_none_is_refused(client: httpx.AsyncClient) -> None:
    for params in ({"page": "0"}, {"rows": "1000"}, {"rows": "x"}):
        assert (await client.get("/api/v1/sites", params=params)).status_code == 422


async def test_a_profile_lists_its_facts_with_their_sources(client: httpx.AsyncClient) -> None:
    facts = {fact["capability"]: fact for fact in (await client.get("/api/v1/sites/CCRH-10")).json()["facts"]}
    assert facts["fih.beds"] == {
        "capability": "fih.beds",
        "state": "yes",
        "value": "30",
        "unit": "beds",
        "note_en": "Opened with 15 beds; planned or expanded to 30.",
        "note_ja": "15床で開設し、30床への拡大を計画または実施。",
        "source_kind": "public_page",
        "sources": ["https://www.kuhp.kyoto-u.ac.jp/press/20200406.html", "https://www.yakuji.co.jp/entry78905.html"],
        "as_of": "2020-04-06",
        "dated": "day",
        "confirmed": False,
        "stale": True,
        "disagreeing": 0,
    }
    assert facts["ri.handling"]["state"] == "unknown"
    assert facts["ri.handling"]["sources"] == []


async def test_capacity_and_what_nobody_confirmed_are_not_in_the_json(
    client: httpx.AsyncClient, session: AsyncSession, browser_of: SignIn
) -> None:
    place = await make.an_institution(session)
    await make.some_room(session, place, note_en="room for two")
    await make.a_fact(session, place, source_kind=SourceKind.SITE, source_url=None, note_en="typed by somebody")
    said = (await client.get(f"/api/v1/sites/{place.code}")).text
    assert "room for two" not in said
    assert "typed by somebody" not in said
    own = await browser_of(await people.a_coordinator(session, place))
    assert "typed by somebody" in (await own.get(f"/api/v1/sites/{place.code}")).text
