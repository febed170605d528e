"""2,000 partners in one file: every change is shown first, nothing is half written, and sending it again changes nothing."""

import csv
import io
import re

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.ground.audit import AuditEvent
from app.ground.calendar import in_japan
from app.ground.sheets import read_tables
from app.identity.rules import Actor
from app.sites import actions
from app.sites.errors import NoSuchInstitution, NoSuchPartnerImport
from app.sites.models import Fact, Institution, PartnerImport, Partnership
from app.sites.queries.partner_imports import Plan, plan_of
from app.sites.queries.partner_standing import known_partners
from app.sites.rules import FactState, InstitutionKind, SourceKind
from app.sites.rules.partners import fingerprint
from tests import make as people
from tests.conftest import NOW, SignIn
from tests.sites import make
from tests.sites.make import counted_queries
from tests.sites.test_pages import words

HEADS = ["日本語名", "英語名", "連携先の種別", "都道府県", "市区町村", "遠隔診療", "訪問看護", "時点"]
GOOD = ["在宅クリニック", "Home Clinic", "パートナー医療機関", "東京", "架空区", "○", "", "令和8年11月1日"]
NURSES = ["訪問看護架空", "", "訪問看護ステーション", "pref.14", "", "×", "対応可", "2026-11-01"]


def a_file(*rows: list[str], heads: list[str] = HEADS, encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([heads, *rows])
    return text.getvalue().encode(encoding)


@pytest.fixture
async def hub(session: AsyncSession) -> Institution:
    other = await make.an_institution(session, code="TEST-OTHER", name_ja="別の病院")
    noise = await make.a_partner(session, other, name_ja="在宅クリニック", prefecture_code="pref.13")
    await make.a_word_of_the_hub(session, other, noise)
    return await make.an_institution(session, code="TEST-HUB", name_ja="拠点病院", name_en="Hub Hospital")


@pytest.fixture
async def coordinator(session: AsyncSession, hub: Institution) -> Actor:
    return await people.acting(session, await people.a_coordinator(session, hub))


async def sent(session: AsyncSession, by: Actor, data: bytes, code: str | None = "TEST-HUB") -> PartnerImport:
    return await actions.send_partners(session, code, data, "連携先.csv", by=by, now=NOW)


async def plan(session: AsyncSession, hub: Institution | None, file: PartnerImport) -> Plan:
    return await plan_of(session, hub, file.content or {}, today=in_japan(NOW))


async def applied(session: AsyncSession, hub: Institution, by: Actor, data: bytes, part: str = "") -> PartnerImport:
    file = await sent(session, by, data)
    shown = fingerprint((await plan(session, hub, file)).changes)
    return await actions.apply_partners(
        session, hub.code, file.id, shown=shown, good_part=part == "good", by=by, now=NOW
    )


async def counts(session: AsyncSession) -> list[int]:
    tables = (Institution, Partnership, Fact)
    return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
async def test_a_file_in_any_encoding_is_read_and_nothing_is_written_before_it_is_applied(
    session: AsyncSession, hub: Institution, coordinator: Actor, encoding: str
) -> None:
    before = await counts(session)
    file = await sent(session, coordinator, a_file(GOOD, NURSES, encoding=encoding))
    found = await plan(session, hub, file)
    assert (found.number("new"), found.number("refused")) == (2, 0)
    assert await counts(session) == before


async def test_an_applied_file_writes_partners_facts_and_one_audit_row_and_again_changes_nothing(
    session: AsyncSession, hub: Institution, coordinator: Actor
) -> None:
    done = await applied(session, hub, coordinator, a_file(GOOD, NURSES))
    assert (done.added, done.changed, done.refused, done.content) == (2, 0, 0, None)
    clinic, nurses = sorted(await known_partners(session, hub), key=lambda one: one.code)
    assert (clinic.code, clinic.said.name_en, clinic.said.prefecture) == ("TEST-HUB-P001", "Home Clinic", "pref.13")
    assert clinic.said.states == {"dct.telemedicine": FactState.YES}
    assert (nurses.said.kind, nurses.said.name_en) == (InstitutionKind.NURSE_STATION, "訪問看護架空")
    assert nurses.said.states == {"dct.telemedicine": FactState.NO, "dct.home_nursing": FactState.YES}
    facts = await session.scalars(select(Fact).where(Fact.hub_id == hub.id))
    assert {(fact.source_kind, fact.confirmed_at) for fact in facts} == {(SourceKind.HUB, None)}
    (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.what == "partners.imported"))
    assert (event.subject_id, event.details) == (hub.id, {"added": 2, "changed": 0, "refused": 0})

    before = await counts(session)
    again = await plan(session, hub, await sent(session, coordinator, a_file(GOOD, NURSES)))
    assert again.number("unchanged") == 2
    assert await counts(session) == before


async def test_a_change_is_shown_before_and_after_and_keeps_what_stood(
    session: AsyncSession, hub: Institution, coordinator: Actor
) -> None:
    await applied(session, hub, coordinator, a_file(GOOD, NURSES))
    changed = [*GOOD[:4], "新しい区", "対応不可", "一部対応可", "2026-11-19"]
    file = await sent(session, coordinator, a_file(changed))
    (change,) = (await plan(session, hub, file)).changes
    details = {name: (before, after) for name, before, after in change.details}
    assert details["city"] == ("架空区", "新しい区")
    assert details["dct.telemedicine"] == (FactState.YES, FactState.NO)
    await applied(session, hub, coordinator, a_file(changed))
    said = {one.said.name_ja: one.said for one in await known_partners(session, hub)}
    assert said["在宅クリニック"].states == {
        "dct.telemedicine": FactState.NO, "dct.home_nursing": FactState.PARTLY
    }  # fmt: skip
    assert said["在宅クリニック"].city == "新しい区"
    assert len(said) == 2  # a row that is left out changes nothing
    old = select(func.count()).where(Fact.hub_id == hub.id, Fact.superseded_at.is_not(None))
    assert await session.scalar(old) == 1
    older = await plan(session, hub, await sent(session, coordinator, a_file(GOOD)))
    assert older.number("refused") == 1


async def test_rows_that_cannot_be_taken_are_named_and_the_good_part_waits_for_a_yes(
    session: AsyncSession, hub: Institution, coordinator: Actor
) -> None:
    wrong = ["", "", "病院", "架空県", "", "たぶん", "", "明日"]
    file = await sent(session, coordinator, a_file(GOOD, wrong, GOOD))
    found = await plan(session, hub, file)
    refused = {change.row: set(change.errors) for change in found.changes if change.what == "refused"}
    assert refused == {3: {"name_ja", "kind", "prefecture", "dct.telemedicine", "as_of"}, 4: {"name_ja"}}
    before = await counts(session)
    with pytest.raises(Exception, match="unacceptable"):
        await applied(session, hub, coordinator, a_file(GOOD, wrong))
    assert await counts(session) == before
    done = await applied(session, hub, coordinator, a_file(GOOD, wrong), part="good")
    assert (done.added, done.refused) == (1, 1)


async def test_two_thousand_partners_are_written_in_a_handful_of_statements(
    session: AsyncSession, connection: AsyncConnection, hub: Institution, coordinator: Actor
) -> None:
    few = [[f"医院{n}", *GOOD[1:]] for n in range(3)]
    many = [[f"診療所{n}", *GOOD[1:]] for n in range(300)]
    async with counted_queries(connection) as for_few:
        await applied(session, hub, coordinator, a_file(*few))
    async with counted_queries(connection) as for_many:
        await applied(session, hub, coordinator, a_file(*many))
    assert len(for_many) <= len(for_few) + 4
    assert len(await known_partners(session, hub)) == 303


async def test_an_officers_file_names_the_hub_of_each_row(session: AsyncSession, hub: Institution) -> None:
    officer = await people.acting(session, await people.an_officer(session))
    heads = ["拠点（コードまたは名称）", *HEADS]
    data = a_file(["TEST-HUB", *GOOD], ["別の病院", *NURSES], ["どこか", *GOOD], ["NET-01", *GOOD], heads=heads)
    file = await sent(session, officer, data, None)
    found = await plan(session, None, file)
    assert (found.number("new"), found.number("refused")) == (2, 2)
    shown = fingerprint(found.changes)
    await actions.apply_partners(session, None, file.id, shown=shown, good_part=True, by=officer, now=NOW)
    assert [one.said.name_ja for one in await known_partners(session, hub)] == ["在宅クリニック"]


async def test_files_are_for_their_own_hub_alone(
    session: AsyncSession, hub: Institution, coordinator: Actor, browser_of: SignIn
) -> None:
    file = await sent(session, coordinator, a_file(GOOD))
    other = await make.an_institution(session, code="TEST-THIRD")
    stranger = await people.a_coordinator(session, other)
    by = await people.acting(session, stranger)
    for code, refusal in (
        ("TEST-HUB", NoSuchInstitution),
        ("TEST-THIRD", NoSuchPartnerImport),
        (None, NoSuchPartnerImport),
    ):
        with pytest.raises(refusal):
            await actions.apply_partners(session, code, file.id, shown="", good_part=False, by=by, now=NOW)
    browser = await browser_of(stranger)
    for address in (
        "/desk/TEST-HUB/partners/import", f"/desk/TEST-HUB/partners/import/{file.id}",
        f"/desk/TEST-THIRD/partners/import/{file.id}", "/desk/TEST-HUB/partners/workbook.xlsx", "/partners/import",
        f"/partners/import/{file.id}", "/partners/workbook.xlsx",
    ):  # fmt: skip
        assert (await browser.get(address)).status_code == 404, address
    officer = await browser_of(await people.an_officer(session))
    assert (await officer.get(f"/partners/import/{file.id}")).status_code == 404


async def test_a_coordinator_imports_at_the_desk(session: AsyncSession, hub: Institution, browser_of: SignIn) -> None:
    desk: httpx.AsyncClient = await browser_of(await people.a_coordinator(session, hub))
    base = "/desk/TEST-HUB/partners"
    assert "連携先を取り込む" in words((await desk.get(f"{base}/import")).text)
    nothing = await desk.post(f"{base}/import", files={"file": ("", b"")})
    assert nothing.status_code == 422
    no_table = await desk.post(f"{base}/import", files={"file": ("x.csv", "名前\nあ\n".encode())})
    assert no_table.status_code == 422

    wrong = ["x", "", "病院", "東京", "", "", "", "2026-11-01"]
    answer = await desk.post(f"{base}/import", files={"file": ("表.csv", a_file(GOOD, wrong))})
    preview = answer.headers["location"]
    html = (await desk.get(preview)).text
    said = words(html)
    assert "新しい連携先：1件" in said
    assert re.search(r"3 x 受付不可 連携先の種別 ：", said)
    shown = re.search(r'name="shown" value="([0-9a-f]+)"', html)[1]  # type: ignore[index]
    whole = await desk.post(preview, data={"shown": shown})
    assert whole.status_code == 422
    stale = await desk.post(preview, data={"shown": "0", "part": "good"})
    assert stale.status_code == 409
    assert (await desk.post(preview, data={"shown": shown, "part": "good"})).status_code == 303
    assert "反映しました" in words((await desk.get(preview)).text)
    assert (await desk.post(preview, data={"shown": shown, "part": "good"})).status_code == 409

    (table,) = read_tables((await desk.get(f"{base}/workbook.xlsx")).content)
    assert (table.lines[0].texts["日本語名"], table.lines[0].texts["遠隔診療"]) == ("在宅クリニック", "対応可")
    book = (await desk.get(f"{base}/workbook.xlsx")).content
    again = await desk.post(f"{base}/import", files={"file": ("表.xlsx", book)})
    assert "この表による変更はありません" in words((await desk.get(again.headers["location"])).text)


async def test_an_officer_imports_for_hubs(session: AsyncSession, hub: Institution, browser_of: SignIn) -> None:
    officer: httpx.AsyncClient = await browser_of(await people.an_officer(session))
    assert (await officer.get("/partners/import")).status_code == 200
    (table,) = read_tables((await officer.get("/partners/workbook.xlsx")).content)
    assert table.columns[0] == "拠点（コードまたは名称）"
    data = a_file(["TEST-HUB", *GOOD], heads=["hub", *HEADS])
    answer = await officer.post("/partners/import", files={"file": ("x.csv", data)})
    html = (await officer.get(answer.headers["location"])).text
    shown = re.search(r'name="shown" value="([0-9a-f]+)"', html)[1]  # type: ignore[index]
    assert (await officer.post(answer.headers["location"], data={"shown": shown})).status_code == 303
    assert len(await known_partners(session, hub)) == 1
