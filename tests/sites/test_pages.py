"""The directory, the profile and the desk as readers of every kind see them."""

import re
from datetime import date

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.identity.models import Person
from app.sites.models import Capacity, Institution
from app.sites.rules import CapacityState, FactState, SourceKind
from tests import make as people
from tests.conftest import SignIn
from tests.consultations.make import an_asked_case
from tests.sites import make
from tests.sites.make import counted_queries

JAPANESE = {"Accept-Language": "ja"}


def words(html: str) -> str:
    """Return what a page says, without its tags, with single spaces."""
    text = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def row_of(html: str, code: str) -> str:
    """Return the words of one institution's row in the directory."""
    found = re.search(rf'<tr[^>]*id="site-{code}">(.*?)</tr>', html, flags=re.S)
    assert found, code
    return words(found[1])


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    await make.some_room(session, await make.an_institution(session))
    return await make.an_institution(session, name_en="Sample Hospital", name_ja="見本病院")


@pytest.fixture
async def coordinator(session: AsyncSession, place: Institution) -> Person:
    return await people.a_coordinator(session, place)


@pytest.fixture
async def desk(browser_of: SignIn, coordinator: Person) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(coordinator)
    return browser


async def test_a_visitor_reads_the_directory(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sites")
    assert answer.status_code == 200
    said = words(answer.text)
    assert "20 institutions, with what public sources say of each." in said
    assert "fictional institution" not in said
    assert "Kyoto University Hospital" in row_of(answer.text, "CCRH-10")
    assert row_of(answer.text, "CCRH-01").endswith("Clinical research core hospital; National centre Available")
    assert row_of(answer.text, "CCRH-11").endswith("No information")
    assert "National Hospital Organization (NHO)" in said.partition("Networks and partners")[2]


async def test_the_directory_speaks_japanese(client: httpx.AsyncClient) -> None:
    said = words((await client.get("/sites", headers=JAPANESE)).text)
    assert "20施設について、公開資料に基づく情報を掲載しています。" in said
    assert "国立高度専門医療研究センター（ナショナルセンター）" in said
    assert "京都大学医学部附属病院" in said


async def test_the_map_carries_the_same_figures_as_the_list_and_its_makers_name(client: httpx.AsyncClient) -> None:
    html = (await client.get("/sites")).text
    marks = re.findall(r'<a href="#site-([^"]+)">.*?<title[^>]*>([^<]*)</title>', html, flags=re.S)
    assert len(marks) == 11
    assert {name: code for code, name in marks}["Tokyo: 7"] in {"CCRH-01", "JIHS-01", "CCRH-13"}
    assert all(f'id="site-{code}"' in html for code, _name in marks)
    assert html.count("data-has") == 11
    assert "adapted by Victor Cazanave (@svg-maps/japan), CC BY 4.0" in words(html).replace(" ,", ",")


async def test_filters_stand_in_the_address_and_stay_in_the_form(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sites", params={"prefecture": "pref.27", "capability": "ct.cpc", "name": "osaka"})
    said = words(answer.text)
    assert "1 institution matches what you chose." in said
    assert "Cell processing facility" in said
    assert 'value="pref.27" selected' in answer.text
    assert 'value="osaka"' in answer.text
    assert "Networks and partners" not in said


@pytest.mark.parametrize(
    "address",
    [
        "/sites?capability=no.such.code",
        "/sites?prefecture=pref.99&kind=x&area=%00",
        "/sites?name=%3Cscript%3Ealert(1)%3C/script%3E%00'%25",
        "/sites?page=0",
        "/sites?page=-1",
        "/sites?page=%F0%9F%98%80",
        "/sites?page=99999",
    ],
)
async def test_an_odd_address_gets_a_list_and_not_a_failure(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


async def test_nothing_found_says_why_and_what_to_do(client: httpx.AsyncClient) -> None:
    said = words((await client.get("/sites?name=Atlantis")).text)
    assert "0 institutions match what you chose." in said
    assert "No institution matches" in said
    assert "Show all institutions" in said


async def test_a_fictional_institution_is_marked_wherever_it_stands(
    client: httpx.AsyncClient, place: Institution
) -> None:
    html = (await client.get("/sites")).text
    assert "Sample Hospital Fictional" in row_of(html, place.code)
    assert "2 fictional institutions of the demonstration are marked and not counted." in words(html)
    assert "Kanto 9 institutions and 2 fictional" in words(html)
    assert html.count("data-has") == 11
    profile = words((await client.get(f"/sites/{place.code}")).text)
    assert "This institution is fictional." in profile


async def test_a_long_list_leads_on_with_its_filters(client: httpx.AsyncClient, session: AsyncSession) -> None:
    for _ in range(51):
        await make.an_institution(session, prefecture_code="pref.47", name_en="Island Clinic", name_ja="離島診療所")
    first = await client.get("/sites", params={"name": "Island Clinic"})
    assert first.text.count('id="site-') == 50
    onward = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert onward
    second = await client.get(f"/sites{onward[1].replace('&amp;', '&')}")
    assert second.text.count('id="site-') == 1


async def test_a_visitor_reads_a_profile_with_sources_dates_and_doubt(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sites/CCRH-10")
    said = words(answer.text)
    assert "Early-phase ward Ki-CONNECT opened on 6 April 2020" in said
    assert 'href="https://www.kuhp.kyoto-u.ac.jp/press/20200406.html"' in answer.text
    assert "as of 6 Apr 2020 (to be renewed), unconfirmed" in said
    assert "Approved 23 Mar 2017" in said
    assert "30 beds" in said
    assert "IRB review of English documents No information No public source found read 20 Nov 2026" in said
    assert "Not public Capacity stands here only where the institution chose to publish it." in said


async def test_a_profile_speaks_japanese(client: httpx.AsyncClient) -> None:
    said = words((await client.get("/sites/CCRH-10", headers=JAPANESE)).text)
    assert "早期臨床試験専用病棟Ki-CONNECTを2020年4月6日に開設。" in said
    assert "2017年3月23日 承認" in said
    assert "30床" in said
    assert "公開資料に記載なし" in said
    assert "未確認" in said


async def test_a_source_without_an_address_is_words_and_no_link(client: httpx.AsyncClient) -> None:
    html = (await client.get("/sites/CCRH-12")).text
    assert "hokudai.ac.jp pr-archive 2009 (exact address not kept)" in html
    assert 'href="hokudai' not in html
    assert "as of November 2008" in words(html)


@pytest.mark.parametrize("code", ["CCRH-07", "CCRH-15", "CCRH-03"])
async def test_a_curators_doubts_never_reach_a_public_page(
    client: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, code: str
) -> None:
    sponsor = await browser_of(await people.a_sponsor(session))
    for reader in (client, sponsor):
        for address in (f"/sites/{code}", f"/api/v1/sites/{code}"):
            said = (await reader.get(address)).text
            assert "status_note" not in said
            assert "requirements" not in said
            assert "memory" not in said
            assert "confidence" not in said


async def test_staff_read_the_curators_notes_and_the_open_questions(browser_of: SignIn, session: AsyncSession) -> None:
    officer = await browser_of(await people.an_officer(session, language="en"))
    said = words((await officer.get("/sites/CCRH-07")).text)
    assert "status_note one of 3 hospitals reported as below requirements in 2023" in said
    assert "How many beds does your hospital have?" in said


async def test_what_was_read_in_a_month_year_or_fiscal_year_says_so(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    place = await make.an_institution(session)
    for capability, exact in (
        ("fih.beds", "month"),
        ("ct.cpc", "year"),
        ("ri.handling", "fiscal_year"),
        ("fih.unit", "read"),
    ):
        await make.a_fact(session, place, capability_code=capability, dated=exact, as_of=date(2026, 3, 1))
    english = words((await client.get(f"/sites/{place.code}")).text)
    japanese = words((await client.get(f"/sites/{place.code}", headers=JAPANESE)).text)
    for said in ("as of March 2026", "as of 2026 ,", "as of FY2025", "read 1 Mar 2026"):
        assert said in english
    for said in ("2026年3月 時点", "2026年 時点", "2025年度（令和7年度） 時点", "2026年3月1日 閲覧"):
        assert said in japanese


async def test_a_profile_says_that_sources_disagree(client: httpx.AsyncClient, session: AsyncSession) -> None:
    place = await make.an_institution(session)
    await make.a_fact(session, place, state=FactState.NO, as_of=date(2026, 1, 1))
    await make.a_fact(session, place, further_sources=["https://www.other.example/b"])
    said = words((await client.get(f"/sites/{place.code}")).text)
    assert "1 other source says differently." in said
    assert "Also: other.example" in said


async def test_a_confirmed_fact_shows_who_vouches_and_a_stale_one_that_it_is_due(
    client: httpx.AsyncClient, session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    await make.a_fact(session, place, confirmed_by=coordinator)
    old = date(2025, 3, 1)
    await make.a_fact(session, place, capability_code="ct.cpc", state=FactState.NO, as_of=old, source_kind=SourceKind.SITE,
                      confirmed_by=coordinator, confirmed_at=people.NOW.replace(year=2023))  # fmt: skip
    said = words((await client.get(f"/sites/{place.code}")).text)
    assert "Confirmed by the site, 20 Nov 2026" in said
    assert "to be renewed (36 months ago)" in said


@pytest.mark.parametrize("address", ["/sites/NONE", "/sites/%00", "/api/v1/sites/NONE"])
async def test_an_unknown_institution_is_not_there(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address)
    assert answer.status_code == 404
    assert "There is no such institution that you can see." in answer.text


async def test_capacity_is_read_by_its_own_hospital_and_staff_only(
    client: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, place: Institution, desk: httpx.AsyncClient
) -> None:
    await make.some_room(session, place, note_ja="要相談です")
    stranger = await browser_of(await people.a_coordinator(session, await make.an_institution(session)))
    officer = await browser_of(await people.an_officer(session))
    for reader, sees in ((client, False), (stranger, False), (desk, True), (officer, True)):
        assert ("要相談です" in (await reader.get(f"/sites/{place.code}")).text) is sees


async def test_the_desk_is_the_coordinators_own(
    client: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, place: Institution, desk: httpx.AsyncClient
) -> None:
    other = await make.an_institution(session)
    assert (await desk.get("/desk")).status_code == 200
    assert (await desk.get(f"/desk?at={other.code}")).status_code == 404
    assert (await client.get("/desk")).status_code == 303
    for person in (await people.an_officer(session), await people.a_sponsor(session)):
        assert (await (await browser_of(person)).get("/desk")).status_code == 404
    alone = await browser_of(await people.a_person(session))
    assert (await alone.get("/desk")).status_code == 404


async def test_a_coordinator_of_two_hospitals_goes_from_one_desk_to_the_other(
    session: AsyncSession, place: Institution, coordinator: Person, browser_of: SignIn
) -> None:
    from app.identity.models import Membership, Organisation
    from app.identity.rules import Role

    second = await make.an_institution(session, name_ja="第二見本病院")
    organisation = await session.get_one(Organisation, second.id)
    session.add(
        Membership(
            person_id=coordinator.id, organisation_id=organisation.id, role=Role.COORDINATOR, created_at=people.NOW
        )
    )
    browser = await browser_of(coordinator)
    first = await browser.get("/desk")
    assert f'href="/desk?at={second.code}"' in first.text
    assert "第二見本病院" in words((await browser.get(f"/desk?at={second.code}")).text).partition("本文")[2]


def a_row(**changes: str) -> dict[str, str]:
    row = {"area": "area.oncology", "phase": "phase.1", "state": "open", "trials": "2", "from_day": "令和9年1月"}
    return row | {"as_of": "2026年11月20日", "note": "", "seen": ""} | changes


async def test_a_coordinator_sets_a_row_of_capacity_and_sees_it(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    answer = await desk.post(f"/desk/{place.code}/capacity", data=a_row(note="第Ⅰ相のみ"))
    assert answer.status_code == 303
    said = words((await desk.get(answer.headers["location"])).text)
    assert "保存しました。" in said
    assert "第Ⅰ相 受入れ可 第Ⅰ相のみ 2 2027年1月 2026年11月20日" in said
    row = (await session.scalars(select(Capacity).where(Capacity.institution_id == place.id))).one()
    assert (row.state, row.trials_can_start, row.from_day) == (CapacityState.OPEN, 2, date(2027, 1, 1))


async def test_a_row_to_change_stands_in_the_form_as_it_would_be_typed(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    row = await make.some_room(session, place, from_day=date(2027, 4, 1), note_ja="要相談", trials_can_start=3)
    html = (await desk.get("/desk", params={"at": place.code, "row": str(row.id)})).text
    assert "受入れ状況の変更" in html
    assert 'value="2027年4月1日"' in html
    assert f'name="seen" value="{row.id}"' in html
    form = a_row(seen=str(row.id), state="closed", trials="0")
    assert (await desk.post(f"/desk/{place.code}/capacity", data=form)).status_code == 303
    rows = list(await session.scalars(select(Capacity).where(Capacity.institution_id == place.id)))
    assert sorted((r.state, r.superseded_at is None) for r in rows) == [("closed", True), ("open", False)]


async def test_what_cannot_be_taken_is_said_beside_the_field_and_kept(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    form = a_row(trials="たくさん", from_day="2027年13月", note="<script>alert('‮😀')</script>", area="area.none")
    answer = await desk.post(f"/desk/{place.code}/capacity", data=form)
    assert answer.status_code == 422
    for field in ("trials", "from_day", "area"):
        assert f'id="field-{field}-error"' in answer.text
    assert "「たくさん」は試験数として読み取れません。" in answer.text
    assert 'value="たくさん"' in answer.text
    assert 'value="2027年13月"' in answer.text
    assert "&lt;script&gt;alert(&#39;‮😀&#39;)&lt;/script&gt;" in answer.text
    assert not list(await session.scalars(select(Capacity).where(Capacity.institution_id == place.id)))


async def test_hostile_text_is_stored_and_shown_as_text(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    note = "<b>x</b> ' OR 1=1; -- ‮😀 \x00\x1b"
    assert (await desk.post(f"/desk/{place.code}/capacity", data=a_row(note=note))).status_code == 303
    assert "&lt;b&gt;x&lt;/b&gt; &#39; OR 1=1; -- ‮😀" in (await desk.get("/desk")).text


async def test_the_second_of_two_coordinators_is_told_and_loses_nothing(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    standing = await make.some_room(session, place, trials_can_start=5)
    form = a_row(seen="", trials="7", note="書きかけ")
    answer = await desk.post(f"/desk/{place.code}/capacity", data=form)
    assert answer.status_code == 409
    assert "別の施設担当者が更新しました" in answer.text
    assert "書きかけ" in answer.text
    assert f'name="seen" value="{standing.id}"' in answer.text
    again = await desk.post(f"/desk/{place.code}/capacity", data={**form, "seen": str(standing.id)})
    assert again.status_code == 303


async def test_a_double_click_sets_one_row(desk: httpx.AsyncClient, session: AsyncSession, place: Institution) -> None:
    answers = [await desk.post(f"/desk/{place.code}/capacity", data=a_row()) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert len(list(await session.scalars(select(Capacity).where(Capacity.institution_id == place.id)))) == 1


@pytest.mark.parametrize("code", ["CCRH-10", "NONE", "%00"])
async def test_a_coordinator_cannot_set_anothers_capacity(
    desk: httpx.AsyncClient, session: AsyncSession, code: str
) -> None:
    answer = await desk.post(f"/desk/{code}/capacity", data=a_row())
    assert answer.status_code == 404
    assert len(list(await session.scalars(select(Capacity)))) == 1


async def test_the_desk_shows_what_is_due_and_what_is_asked(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    await make.a_fact(session, place, capability_code="fih.beds", value="12", as_of=date(2024, 1, 1))
    await make.a_question(session, place, text_ja="病床数をお知らせください。", capability_code="site.beds_total")
    said = words((await desk.get("/desk")).text)
    renew = said.partition("要更新・情報なしの登録項目")[2]
    assert renew.index("第Ⅰ相試験用病床") < renew.index("細胞加工施設")
    assert "病床数をお知らせください。" in said
    assert "要更新 1" in said


async def test_pages_ask_the_database_as_often_for_many_as_for_few(
    client: httpx.AsyncClient, session: AsyncSession, connection: AsyncConnection
) -> None:
    async with counted_queries(connection) as few:
        await client.get("/sites")
        await client.get("/sites/CCRH-01")
    for _ in range(10):
        place = await make.an_institution(session)
        await make.a_fact(session, place)
    async with counted_queries(connection) as many:
        await client.get("/sites")
        await client.get("/sites/CCRH-01")
    assert len(many) == len(few) <= 24


async def test_a_request_stands_on_top_of_the_desk_of_the_hospital_that_was_asked_and_no_other(
    desk: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, place: Institution
) -> None:
    elsewhere = await make.an_institution(session)
    officer = await people.acting(session, await people.an_officer(session))
    case = await an_asked_case(session, officer, place)
    other = await an_asked_case(session, officer, elsewhere)
    html = (await desk.get("/desk")).text
    said = words(html)
    assert "回答をお待ちしている依頼は1件です。" in said
    assert said.index("貴施設への依頼") < said.index("新規受入れ状況")
    assert f'href="/desk/requests/{case.number}?institution={place.id}"' in html
    assert other.number not in html
    assert "SECRET-101" not in html


async def test_what_was_refused_keeps_the_requests_in_sight(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    officer = await people.acting(session, await people.an_officer(session))
    case = await an_asked_case(session, officer, place)
    answer = await desk.post(f"/desk/{place.code}/capacity", data=a_row(trials="x"))
    assert answer.status_code == 422
    assert case.number in answer.text
