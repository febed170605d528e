"""The desk in Excel: what goes out comes back unchanged, every change is seen before it is written, none is doubled."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.ground.audit import AuditEvent
from app.identity.models import Person
from app.jobs.registry import Work
from app.jobs.sheets import forget_old_sheets
from app.settings import Settings
from app.sites import actions
from app.sites.models import Capacity, Fact, Institution, SheetImport
from app.sites.rules import CapacityState, FactState
from tests import make as people
from tests.conftest import Clock, SignIn
from tests.sites import make
from tests.sites.make import counted_queries
from tests.sites.test_pages import words

FACTS, ROOMS = "施設情報", "新規受入れ状況"
# The browser's requests have sessions of their own.
FRESH = {"populate_existing": True}


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    other = await make.an_institution(session)
    await make.some_room(session, other)
    await make.a_fact(session, other, capability_code="fih.beds", value="99")
    return await make.an_institution(session, name_en="Sample Hospital", name_ja="見本病院")


@pytest.fixture
async def coordinator(session: AsyncSession, place: Institution) -> Person:
    return await people.a_coordinator(session, place, name="見本 花子")


@pytest.fixture
async def desk(browser_of: SignIn, coordinator: Person) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(coordinator)
    return browser


@pytest.fixture
async def known(session: AsyncSession, place: Institution, coordinator: Person) -> dict[str, Fact]:
    said = {"confirmed_by": coordinator, "source_url": None}
    return {
        "fih.unit": await make.a_fact(session, place, note_ja="=1+1の備考", as_of=date(2026, 3, 1), **said),
        "fih.beds": await make.a_fact(session, place, capability_code="fih.beds", value="12", unit="beds", **said),
        "site.beds_total": await make.a_fact(session, place, capability_code="site.beds_total", value="約600"),
        "site.phases": await make.a_fact(
            session, place, capability_code="site.phases", value="phase.1|phase.2_3", **said
        ),
    }


@pytest.fixture
async def room(session: AsyncSession, place: Institution) -> Capacity:
    return await make.some_room(session, place, note_ja="木曜を除く", as_of=date(2026, 11, 2))


async def exported(desk: httpx.AsyncClient, place: Institution) -> openpyxl.Workbook:
    answer = await desk.get(f"/desk/{place.code}/sheets/workbook.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


async def sent(desk: httpx.AsyncClient, place: Institution, data: bytes, name: str = "編集.xlsx") -> httpx.Response:
    return await desk.post(f"/desk/{place.code}/sheets", files={"file": (name, data)}, follow_redirects=True)


def put(book: openpyxl.Workbook, sheet: str, key: str, **cells: object) -> None:
    """Type into the row whose first cell is the key; columns by their letters."""
    [row] = [row[0].row for row in book[sheet].iter_rows() if row[0].value == key]
    for column, value in cells.items():
        book[sheet][f"{column}{row}"] = value


async def apply(desk: httpx.AsyncClient, preview: httpx.Response, part: str = "whole") -> httpx.Response:
    [shown] = set(re.findall(r'name="shown" value="(\w+)"', preview.text)) or {""}
    data = {"shown": shown, "part": part}
    return await desk.post(preview.url.path, data=data, follow_redirects=True)


async def current(session: AsyncSession, place: Institution, code: str) -> list[Fact]:
    rows = select(Fact).where(Fact.institution_id == place.id, Fact.capability_code == code)
    return list(
        await session.scalars(
            rows.where(Fact.superseded_at.is_(None)).order_by(Fact.recorded_at), execution_options=FRESH
        )
    )


async def counts(session: AsyncSession, place: Institution) -> tuple[int, int]:
    facts = select(func.count()).select_from(Fact).where(Fact.institution_id == place.id)
    rooms = select(func.count()).select_from(Capacity).where(Capacity.institution_id == place.id)
    return (await session.scalar(facts)) or 0, (await session.scalar(rooms)) or 0


@pytest.mark.usefixtures("known", "room")
async def test_the_workbook_has_every_item_known_or_not(desk: httpx.AsyncClient, place: Institution) -> None:
    book = await exported(desk, place)
    assert book.sheetnames[:2] == [FACTS, ROOMS]
    rows = {row[0].value: [cell.value for cell in row] for row in book[FACTS].iter_rows(min_row=2)}
    assert len(rows) > 100
    assert rows["fih.beds"][1:5] == [rows["fih.beds"][1], "対応可", "12", "床"]
    assert rows["ct.cpc"][2] == "情報なし"
    assert rows["fih.unit"][5] == "=1+1の備考"
    assert rows["site.phases"][3] == "第Ⅰ相、第Ⅱ/Ⅲ相"
    assert [cell.value for cell in book[ROOMS][2]][:4] == ["腫瘍・がん領域", "第Ⅰ相", "受入れ可", "2"]
    assert book[FACTS].column_dimensions["L"].hidden


@pytest.mark.usefixtures("known", "room")
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("file", ["workbook.xlsx", "facts.csv", "capacity.csv"])
async def test_an_untouched_file_changes_nothing_in_whichever_language(
    desk: httpx.AsyncClient, place: Institution, language: str, file: str
) -> None:
    desk.cookies.set("language", language)
    data = (await desk.get(f"/desk/{place.code}/sheets/{file}")).content
    desk.cookies.set("language", "en")
    preview = await sent(desk, place, data, file)
    assert preview.status_code == 200, words(preview.text)
    said = words(preview.text)
    assert "This file changes nothing that could be applied." in said
    assert "Rows that cannot be taken 0" in said


async def test_changes_are_shown_and_then_written_once(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution, known: dict[str, Fact], room: Capacity
) -> None:
    book = await exported(desk, place)
    put(book, FACTS, "fih.unit", C="一部対応可")
    put(book, FACTS, "fih.beds", D=20, I="令和8年11月1日")
    put(book, FACTS, "ct.cpc", C="対応不可")
    put(book, FACTS, "site.phases", D="第Ⅱ相; phase 3")
    put(book, ROOMS, "腫瘍・がん領域", C="受入れ停止中", D=0, E=date(2027, 4, 1), H="はい")
    book[ROOMS].append(["循環器", "第Ⅲ相", "要相談", 1, "R9.1", None, "新規", None])
    preview = await sent(desk, place, saved(book))
    said = words(preview.text)
    assert "変更のある行 6" in said
    assert "対応可 一部対応可" in said
    assert await counts(session, place) == (4, 1)

    outcome = await apply(desk, preview)
    assert "このファイルを反映しました" in words(outcome.text)
    [unit] = await current(session, place, "fih.unit")
    assert (unit.state, unit.note_ja, unit.as_of) == (FactState.PARTLY, "=1+1の備考", make.TODAY)
    [beds] = await current(session, place, "fih.beds")
    assert (beds.value, beds.as_of) == ("20", date(2026, 11, 1))
    [phases] = await current(session, place, "site.phases")
    assert phases.value == "phase.2|phase.3"
    assert [fact.state for fact in await current(session, place, "ct.cpc")] == [FactState.NO]
    rooms = {r.area_code: r for r in await session.scalars(select(Capacity).where(
        Capacity.institution_id == place.id, Capacity.superseded_at.is_(None)), execution_options=FRESH)}  # fmt: skip
    closed, new = rooms["area.oncology"], rooms["area.cardiology"]
    assert (closed.state, closed.trials_can_start, closed.from_day) == (CapacityState.CLOSED, 0, date(2027, 4, 1))
    assert (closed.note_ja, closed.as_of, closed.public) == ("木曜を除く", make.TODAY, True)
    assert (new.phase_code, new.state, new.from_day, new.public) == ("phase.3", "limited", date(2027, 1, 1), False)
    written = await counts(session, place)
    assert written == (8, 3)

    again = await apply(desk, preview)
    assert again.status_code == 409
    assert "二重には反映していません" in words(again.text)
    assert await counts(session, place) == written
    audited = select(AuditEvent).where(AuditEvent.subject_id == place.id, AuditEvent.what == "sheet.applied")
    [event] = await session.scalars(audited)
    assert (event.details["facts"], event.details["rooms"], event.details["refused"]) == (4, 2, 0)
    [kept] = await session.scalars(select(SheetImport), execution_options=FRESH)
    assert kept.content is None


@pytest.mark.usefixtures("known", "room")
async def test_rows_that_cannot_be_taken_are_named_and_stop_the_rest_unless_the_coordinator_says_otherwise(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    desk.cookies.set("language", "en")
    book = await exported(desk, place)
    facts, rooms = book["Facts of the institution"], book["Capacity for new trials"]
    put(book, facts.title, "fih.unit", C="maybe")
    put(book, facts.title, "fih.beds", D="=6+6")
    put(book, facts.title, "ct.cpc", C="Available")
    facts.append(["no.such", None, "Available"])
    facts.append(["ct.cpc", None, "Available"])
    put(book, rooms.title, "Oncology", D=0)
    rooms.append(["Astrology", "Phase 1", "Limited: ask first", 1])
    rooms.append(["Cardiology", "Phase 1", "Limited: ask first", 1, None, None, None, "perhaps"])
    preview = await sent(desk, place, saved(book))
    said = words(preview.text)
    for sentence in (
        "“maybe” is not a state",
        "holds a formula",
        "“no.such” is not the code of an item",
        "same thing as row",
        "Open means that at least one trial can start",
        "“Astrology” is not a therapeutic area",
        "“perhaps” is neither yes nor no",
    ):
        assert sentence in said
    assert "Rows that change something 1" in said
    assert "Rows that cannot be taken 7" in said
    before = await counts(session, place)
    refused = await apply(desk, preview)
    assert refused.status_code == 422
    assert "apply only the rows that are right" in words(refused.text)
    assert await counts(session, place) == before
    outcome = await apply(desk, preview, "good")
    assert "Rows left out 7" in words(outcome.text)
    assert await counts(session, place) == (before[0] + 1, before[1])


async def test_a_row_that_somebody_else_changed_since_the_export_is_named_and_never_overwritten(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution, known: dict[str, Fact], room: Capacity
) -> None:
    untouched, touched = await exported(desk, place), await exported(desk, place)
    fact = known["fih.unit"]
    first = await exported(desk, place)
    put(first, FACTS, "fih.unit", C="対応不可")
    put(first, ROOMS, "腫瘍・がん領域", G="別の備考")
    preview = await sent(desk, place, saved(first))
    put(touched, FACTS, "fih.unit", F="私の備考")
    put(touched, ROOMS, "腫瘍・がん領域", G="私の備考")
    waiting = await sent(desk, place, saved(touched))
    assert "変更のある行 2" in words(waiting.text)
    await apply(desk, preview)
    late = await apply(desk, waiting)
    assert late.status_code == 409
    said = words(late.text)
    assert "何も反映していません" in said
    assert "ほかの方がこの行を変更しました" in said
    assert "現在の登録内容： 別の備考" in said.replace("：別", "： 別")
    old = await sent(desk, place, saved(untouched))
    assert "反映できる変更がありません" in words(old.text)
    assert "取り込めない行 0" in words(old.text)
    [now] = await current(session, place, "fih.unit")
    assert (now.state, now.note_ja, fact.id != now.id) == (FactState.NO, "=1+1の備考", True)


async def test_an_empty_state_keeps_what_stands_and_no_information_withdraws_it(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution, known: dict[str, Fact]
) -> None:
    book = await exported(desk, place)
    put(book, FACTS, "fih.unit", C=None, F=None)
    put(book, FACTS, "fih.beds", C="情報なし")
    put(book, FACTS, "site.phases", C=None, D=None, I=None)
    put(book, FACTS, "ct.cpc", D="30")
    put(book, FACTS, "site.beds_total", D=None)
    preview = await sent(desk, place, saved(book))
    said = words(preview.text)
    assert "取り込めない行 2" in said
    assert "値も入力するか" in said
    await apply(desk, preview, "good")
    [unit] = await current(session, place, "fih.unit")
    assert (unit.state, unit.note_ja) == (FactState.YES, None)
    [beds] = await current(session, place, "fih.beds")
    assert (beds.state, beds.value, beds.confirmed_at) == (FactState.UNKNOWN, None, None)
    assert len(await current(session, place, "site.phases")) == 1


async def test_what_a_public_page_says_stays_beside_the_hospitals_own_word(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution, known: dict[str, Fact]
) -> None:
    book = await exported(desk, place)
    put(book, FACTS, "site.beds_total", D="650")
    await apply(desk, await sent(desk, place, saved(book)))
    page, own = await current(session, place, "site.beds_total")
    assert (page.value, own.value, own.source_url) == ("約600", "650", page.source_url)


async def test_a_file_that_cannot_be_read_is_refused_beside_its_field(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    desk.cookies.set("language", "en")
    for data, sentence in (
        (b"", "The file is empty."),
        (b"Code,State\nfih.unit,Available\n", "The column “Version (do not change)” is missing."),
        (b"Name\nx\n", "The column “Code” is missing."),
        (b"Therapeutic area\nx\n", "The column “Phase” is missing."),
        (b"\x89PNG\0\0", "neither an Excel workbook"),
    ):
        answer = await sent(desk, place, data)
        assert answer.status_code == 422
        assert sentence in words(answer.text)
    assert (await desk.post(f"/desk/{place.code}/sheets")).status_code == 422
    book = await exported(desk, place)
    book["Facts of the institution"].title = "施設情報"
    book.create_sheet("Facts of the institution").append(["Code", "Version (do not change)"])
    assert "one sheet twice" in words((await sent(desk, place, saved(book))).text)
    for sheet in book.worksheets[1:]:
        book.remove(sheet)
    book.worksheets[0].title = "TEST-facts"
    assert (await sent(desk, place, saved(book))).status_code == 200
    book.worksheets[0]["A1"] = "Nothing of ours"
    assert "no sheet named" in words((await sent(desk, place, saved(book))).text)


@pytest.mark.usefixtures("known", "room")
async def test_versions_of_another_hospital_and_swapped_rows_are_refused(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution, known: dict[str, Fact]
) -> None:
    other = await make.a_fact(session, await make.an_institution(session))
    await session.commit()
    desk.cookies.set("language", "en")
    csv = f"code,state,seen\nfih.unit,No,{other.id}\nfih.beds,No,{known['fih.unit'].id}\nct.cpc,Not available,x\n"
    said = words((await sent(desk, place, csv.encode(), "x.csv")).text)
    assert said.count("The version in this row is not one of yours") == 2
    assert "This row was exported for something else" in said
    csv = "code,state,memo,seen\nfih.unit,Not available,m,\nct.cpc,Not available,,\n"
    said = words((await sent(desk, place, csv.encode(), "x.csv")).text)
    assert "Somebody else changed this row" in said
    assert "These columns are not read: memo" in said
    assert "Rows that change something 1" in said


async def test_a_file_waits_for_a_week(
    desk: httpx.AsyncClient,
    browser_of: SignIn,
    coordinator: Person,
    session: AsyncSession,
    place: Institution,
    clock: Clock,
) -> None:
    book = await exported(desk, place)
    put(book, FACTS, "ct.cpc", C="対応可")
    preview = await sent(desk, place, saved(book))
    clock.now += timedelta(days=8)
    desk = await browser_of(coordinator)  # type: ignore[assignment]
    await sent(desk, place, saved(book))
    assert (await apply(desk, preview)).status_code == 409
    listed = words((await desk.get(f"/desk/{place.code}/sheets")).text)
    assert "反映待ち" in listed
    assert "保存期間を過ぎたため破棄" in listed
    assert "保存期間は過ぎました" in words((await desk.get(preview.url.path)).text)
    await actions.forget_sheets(session, now=clock.now)
    kept = await session.scalars(select(SheetImport).order_by(SheetImport.uploaded_at), execution_options=FRESH)
    assert [one.content is not None for one in kept] == [False, True]


async def test_only_the_hospitals_own_coordinators_come_here(
    desk: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, place: Institution, client: httpx.AsyncClient
) -> None:
    preview = await sent(desk, place, saved(await exported(desk, place)))
    other = await make.an_institution(session)
    theirs: httpx.AsyncClient = await browser_of(await people.a_coordinator(session, other))  # type: ignore[assignment]
    sponsor: httpx.AsyncClient = await browser_of(await people.a_sponsor(session))  # type: ignore[assignment]
    base = f"/desk/{place.code}/sheets"
    addresses = [base, f"{base}/workbook.xlsx", f"{base}/facts.csv", f"{base}/capacity.csv", preview.url.path]
    for address in addresses:
        assert (await theirs.get(address)).status_code == 404
        assert (await sponsor.get(address)).status_code == 404
        assert (await client.get(address)).status_code == 303
    assert (await theirs.get(preview.url.path.replace(place.code, other.code))).status_code == 404
    for address in (base, preview.url.path):
        assert (await theirs.post(address, data={"shown": "x"})).status_code == 404


@pytest.mark.usefixtures("known", "room")
async def test_thousands_of_rows_take_no_more_queries_than_a_few(
    desk: httpx.AsyncClient, place: Institution, connection: AsyncConnection
) -> None:
    few = await sent(desk, place, b"code,state,seen\nct.cpc,no,\n", "few.csv")
    many_rows = "".join(f"no.such.{number},no,\n" for number in range(2_500))
    many = await sent(desk, place, f"code,state,seen\nct.cpc,no,\n{many_rows}".encode(), "many.csv")
    numbers = []
    for preview in (few, many):
        async with counted_queries(connection) as seen:
            assert (await desk.get(preview.url.path)).status_code == 200
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] < 25
    assert "2,500" in words(many.text)


async def test_old_files_are_forgotten_by_the_worker(
    session: AsyncSession, place: Institution, settings: Settings, sessions: Any
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=8)
    sender = await people.a_person(session)
    given = {"filename": "x", "uploaded_at": long_ago, "uploaded_by_id": sender.id, "content": {}}
    await people.saved(session, SheetImport(institution_id=place.id, **given))
    await session.commit()
    await forget_old_sheets(Work(sessions, settings))
    assert (await session.scalars(select(SheetImport.content))).all() == [None]


async def test_what_cannot_be_forgotten_now_does_not_stop_the_worker(settings: Settings) -> None:
    await forget_old_sheets(Work(None, settings))  # type: ignore[arg-type]
