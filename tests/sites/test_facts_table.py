"""A coordinator edits many facts in one table and loses nothing."""

import html as entities
import re
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.identity.models import Person
from app.sites.models import Fact, Institution
from app.sites.rules import FactState, SourceKind
from tests import make as people
from tests.conftest import NOW, SignIn
from tests.sites import make
from tests.sites.make import counted_queries
from tests.sites.test_pages import words

OLD = NOW - timedelta(days=800)


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    await make.a_fact(session, await make.an_institution(session), capability_code="ct.cpc", state=FactState.NO)
    return await make.an_institution(session, name_en="Sample Hospital", name_ja="見本病院")


@pytest.fixture
async def coordinator(session: AsyncSession, place: Institution) -> Person:
    return await people.a_coordinator(session, place)


@pytest.fixture
async def desk(browser_of: SignIn, coordinator: Person) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(coordinator)
    return browser


def fields(html: str) -> dict[str, str | list[str]]:
    """Return what a browser would send of the form of the table, untouched."""
    form = html.partition("<form ")[2]
    form = html[html.index("data-facts-table") :].partition("</form>")[0]
    sent: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if told.get("type") != "checkbox":
            sent[told["name"]] = entities.unescape(told["value"])
    for tag in re.findall(r"<input[^>]*type=\"checkbox\"[^>]* checked[^>]*>", form):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        before = sent.get(told["name"], [])
        sent[told["name"]] = [*([before] if isinstance(before, str) else before), told["value"]]
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, flags=re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n(.*?)</textarea>', form, flags=re.S):
        sent[name] = entities.unescape(text)
    return sent


async def facts_of(session: AsyncSession, place: Institution) -> dict[str, Fact]:
    rows = select(Fact).where(Fact.institution_id == place.id, Fact.superseded_at.is_(None))
    own = await session.scalars(rows.where(Fact.source_kind == SourceKind.SITE))
    return {fact.capability_code: fact for fact in own}


async def test_the_table_holds_all_that_a_hospital_can_state_and_nothing_else(
    desk: httpx.AsyncClient, place: Institution
) -> None:
    html = (await desk.get(f"/desk/{place.code}/facts")).text
    rows = re.findall(r'id="row-([^"]+)"', html)
    assert len(rows) == len(set(rows)) == 108
    assert not [code for code in rows if code.startswith(("status.", "capacity.", "site.iit"))]
    said = words(html)
    for label in ("第Ⅰ相試験用病床の登録内容", "遠隔同意（eConsent）の補足（日本語）"):
        assert label in html
    assert said.index("施設の概要") < said.index("実施体制") < said.index("審査・英語対応・契約")


async def test_an_untouched_table_writes_nothing(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    for code, value in (
        ("fih.beds", "12"),
        ("site.therapeutic_areas", "area.oncology|area.neurology"),
        ("irb.type", "own"),
        ("irb.next_meeting", "2026-12-09"),
    ):
        await make.a_fact(session, place, capability_code=code, value=value, confirmed_by=coordinator)
    await make.a_fact(session, place, capability_code="site.records", note_ja="一行目\n二行目", state=FactState.PARTLY)
    await make.a_fact(session, place, capability_code="ct.cpc", note_ja="あ" * 90, note_en='A "quoted" <note>')
    before = await session.scalar(select(func.count()).select_from(Fact))
    address = f"/desk/{place.code}/facts"
    answer = await desk.post(address, data=fields((await desk.get(address)).text))
    assert answer.status_code == 303, words(answer.text)
    assert await session.scalar(select(func.count()).select_from(Fact)) == before
    assert "保存するものはありませんでした" in words((await desk.get(answer.headers["location"])).text)


async def test_one_save_takes_what_was_changed_and_what_was_ticked(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    beds = await make.a_fact(
        session, place, capability_code="fih.beds", value="12", unit="beds", confirmed_by=coordinator,
        as_of=OLD.date(), confirmed_at=OLD, recorded_at=OLD,
    )  # fmt: skip
    page = await make.a_fact(session, place, capability_code="ct.cpc", note_en="Two rooms.")
    address = f"/desk/{place.code}/facts"
    form = fields((await desk.get(address)).text) | {
        "fih.beds:still": "yes",
        "ct.cpc:still": "yes",
        "fih.unit:state": "partly",
        "fih.unit:still": "yes",
        "irb.type:value": "central",
        "site.therapeutic_areas:value": ["", "area.oncology", "area.neurology"],
        "site.research_unit:note_ja": "見本臨床試験センター",
        "site.beds_total:value": "９００",
        "site.beds_total:as_of": "令和8年10月1日",
    }
    answer = await desk.post(f"{address}?show=stale", data=form)
    assert answer.status_code == 303, words(answer.text)
    assert answer.headers["location"] == f"{address}?show=stale&section=&saved=7"
    now = await facts_of(session, place)
    assert set(now) == {
        "fih.beds", "ct.cpc", "fih.unit", "irb.type", "site.therapeutic_areas", "site.research_unit", "site.beds_total",
    }  # fmt: skip
    assert (now["fih.beds"].value, now["fih.beds"].confirmed_at, now["fih.beds"].as_of) == ("12", NOW, NOW.date())
    assert (now["ct.cpc"].source_url, now["ct.cpc"].note_en) == (page.source_url, "Two rooms.")
    assert now["site.therapeutic_areas"].value == "area.oncology|area.neurology"
    assert (now["site.beds_total"].value, now["site.beds_total"].as_of) == ("900", date(2026, 10, 1))
    assert now["site.research_unit"].state is FactState.YES
    await session.refresh(beds)
    assert beds.superseded_at == NOW
    assert "7件を保存しました。" in words((await desk.get(answer.headers["location"])).text)


async def test_a_value_that_is_partly_so_stays_partly_so_when_its_note_changes(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    await make.a_fact(session, place, capability_code="fih.beds", value="12", state=FactState.PARTLY)
    address = f"/desk/{place.code}/facts"
    form = fields((await desk.get(address)).text) | {"fih.beds:note_ja": "共用"}
    await desk.post(address, data=form)
    assert (await facts_of(session, place))["fih.beds"].state is FactState.PARTLY
    form = fields((await desk.get(address)).text) | {"fih.beds:value": "14"}
    await desk.post(address, data=form)
    assert (await facts_of(session, place))["fih.beds"].state is FactState.YES


async def test_what_is_refused_stands_beside_its_field_and_nothing_typed_is_lost(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    address = f"/desk/{place.code}/facts"
    form = fields((await desk.get(address)).text) | {
        "fih.beds:value": "たくさん",
        "ct.cpc:page": "javascript:alert(1)",
        "irb.type:value": "nobody",
        "fih.unit:state": "partly",
        "fih.unit:note_ja": "<b>書きかけ</b>",
        "site.therapeutic_areas:value": ["", "area.none"],
    }
    answer = await desk.post(address, data=form)
    assert answer.status_code == 422
    for name in ("fih.beds:value", "ct.cpc:page", "irb.type:value", "site.therapeutic_areas:value"):
        assert f'href="#field-{name}"' in answer.text
        assert f'id="field-{name}' in answer.text
    assert 'value="たくさん"' in answer.text
    assert 'value="&lt;b&gt;書きかけ&lt;/b&gt;"' in answer.text
    assert fields(answer.text)["fih.unit:state"] == "partly"
    assert await facts_of(session, place) == {}


async def test_the_second_of_two_coordinators_is_told_what_stands_and_decides(
    desk: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, place: Institution
) -> None:
    second = await browser_of(await people.a_coordinator(session, place))
    await make.a_fact(session, place, capability_code="ct.apheresis")
    address = f"/desk/{place.code}/facts"
    shown = (await desk.get(address)).text
    await second.post(address, data=fields(shown) | {"fih.unit:state": "no", "fih.icu_backup:state": "yes"})
    mine = fields(shown) | {"fih.unit:state": "yes", "fih.unit:note_ja": "私の補足", "ct.apheresis:still": "yes"}
    answer = await desk.post(address, data=mine)
    assert answer.status_code == 409
    said = words(answer.text)
    assert "別の施設担当者が更新しました" in said
    again = fields(answer.text)
    assert (again["fih.unit:state"], again["fih.unit:note_ja"]) == ("yes", "私の補足")
    assert again["fih.icu_backup:state"] == "yes", "what nobody here touched stands as the other left it"
    assert "ct.apheresis" not in await facts_of(session, place), "nothing is written unless all of it is"
    saved = await desk.post(address, data=again)
    assert saved.status_code == 303, words(saved.text)
    now = await facts_of(session, place)
    assert (now["fih.unit"].state, now["fih.unit"].note_ja) == (FactState.YES, "私の補足")
    assert now["fih.icu_backup"].state is FactState.YES
    assert "ct.apheresis" in now


async def test_what_was_ticked_is_not_confirmed_when_it_has_changed(
    desk: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    second = await browser_of(await people.a_coordinator(session, place))
    await make.a_fact(session, place, confirmed_by=coordinator)
    address = f"/desk/{place.code}/facts"
    shown = fields((await desk.get(address)).text)
    await second.post(address, data=shown | {"fih.unit:state": "no"})
    answer = await desk.post(address, data=shown | {"fih.unit:still": "yes", "ct.cpc:state": "yes"})
    assert answer.status_code == 409
    again = fields(answer.text)
    assert again["fih.unit:state"] == "no"
    assert "fih.unit:still" not in again
    assert again["ct.cpc:state"] == "yes"
    assert "ct.cpc" not in await facts_of(session, place)


async def test_filters_leave_what_is_due_or_unknown_and_stay_after_saving(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    await make.a_fact(session, place, capability_code="fih.beds", value="12", as_of=OLD.date())
    await make.a_fact(session, place, capability_code="ct.cpc", confirmed_by=coordinator)
    address = f"/desk/{place.code}/facts"
    for query, codes in (
        ("?show=stale", ["fih.beds"]),
        ("?show=confirmed", ["ct.cpc"]),
        ("?show=unconfirmed", []),
        ("?show=stale&section=review", []),
    ):
        assert re.findall(r'id="row-([^"]+)"', (await desk.get(address + query)).text) == codes
    odd = await desk.get(address + "?show=%00&section=<b>")
    assert len(re.findall(r'id="row-', odd.text)) == 108
    assert len(re.findall(r'id="row-', (await desk.get(address + "?show=unknown")).text)) == 106


@pytest.mark.parametrize("capability", ["status.core_hospital", "site.iit_3y", "fih.magic", "fih\0unit"])
async def test_what_is_not_the_hospitals_to_state_is_refused(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution, capability: str
) -> None:
    answer = await desk.post(f"/desk/{place.code}/facts", data={f"{capability}:state": "yes"})
    assert answer.status_code == 404
    assert await facts_of(session, place) == {}


async def test_the_table_is_the_hospitals_own(
    client: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, place: Institution
) -> None:
    address = f"/desk/{place.code}/facts"
    stranger = await people.a_coordinator(session, await make.an_institution(session))
    for person in (stranger, await people.an_officer(session), await people.a_sponsor(session)):
        browser = await browser_of(person)
        assert (await browser.get(address)).status_code == 404
        assert (await browser.post(address, data={"fih.unit:state": "yes"})).status_code == 404
    assert (await client.get(address)).status_code == 303
    assert await facts_of(session, place) == {}


async def test_sources_that_disagree_are_named_with_their_links(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    await make.a_fact(session, place, state=FactState.NO, source_url="https://www.older.example/a", as_of=OLD.date())
    await make.a_fact(session, place, source_url="https://www.newer.example/b")
    html = (await desk.get(f"/desk/{place.code}/facts")).text
    row = html[html.index('id="row-fih.unit"') :].partition("</tr>")[0]
    assert 'href="https://www.older.example/a"' in row
    assert 'href="https://www.newer.example/b"' in row


async def test_the_whole_table_asks_the_database_a_fixed_number_of_times(
    desk: httpx.AsyncClient, session: AsyncSession, connection: AsyncConnection, place: Institution
) -> None:
    address = f"/desk/{place.code}/facts"
    async with counted_queries(connection) as few:
        html = (await desk.get(address)).text
    for code in re.findall(r'id="row-([^"]+)"', html):
        await make.a_fact(session, place, capability_code=code, note_ja="補足")
    async with counted_queries(connection) as many:
        await desk.get(address)
    assert len(many) <= len(few) + 1 <= 16
