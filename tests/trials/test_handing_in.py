"""Files that are handed in and single records that are asked for, from the form to the run's page."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import main
from app.asking import limits
from app.settings import Settings
from app.trials.actions import dropping
from app.trials.models import RegistryTurn, SyncChunk, SyncRun, TrialRecord
from app.trials.queries.runs import get_run
from tests.conftest import NOW, SignIn
from tests.desk import JobDesk
from tests.make import a_sponsor, an_officer, saved
from tests.trials.pages import a_csv

TWO = a_csv({}, {"TrialID": "JPRN-jRCT9999999902", "Public title": "Second"}).encode()
BROKEN = a_csv({"TrialID": ""}, {"Contact Email": "hanako@kakuu.example", "TrialID": ""}).encode()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A registry that answers nobody."""
    return settings.model_copy(update={"jrct_url": "http://registry.invalid"})


@pytest.fixture
async def officer(session: AsyncSession, browser_of: SignIn) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(await an_officer(session))  # type: ignore[misc]
    return browser


async def handed_in(browser: httpx.AsyncClient, content: bytes, name: str = "jprn.csv") -> httpx.Response:
    return await browser.post("/registries/files", files={"file": (name, content)})


async def test_a_file_is_read_its_records_are_listed_and_the_same_file_changes_nothing(
    session: AsyncSession, officer: httpx.AsyncClient, desk: JobDesk
) -> None:
    answer = await handed_in(officer, TWO)
    here = answer.headers["location"]
    assert "順番を待っています" in (await officer.get(here)).text
    await desk.work()
    page = (await officer.get(here)).text
    assert "完了しました。新規または変更2件。" in page
    assert "jprn.csv" in page
    listed = (await officer.get(f"{here}/records?what=new")).text
    assert [number in listed for number in ("jRCT9999999901", "jRCT9999999902")] == [True, True]
    assert "この読取りで書き込まれた情報はありません。" in (await officer.get(f"{here}/records?what=changed")).text

    again = (await handed_in(officer, TWO)).headers["location"]
    await desk.work()
    assert again != here
    assert "完了しました。変更はありません。" in (await officer.get(again)).text
    changed = (await handed_in(officer, TWO.replace(b"Second", b"Third"))).headers["location"]
    await desk.work()
    assert "第2版：変更点" in (await officer.get(f"{changed}/records?what=changed")).text
    assert await session.scalar(select(func.count()).select_from(SyncChunk)) == 0, "a file that was read is forgotten"


async def test_a_file_with_bad_records_names_each_without_anybodys_contact_details(
    session: AsyncSession, officer: httpx.AsyncClient, desk: JobDesk
) -> None:
    here = (await handed_in(officer, BROKEN, "bad.csv")).headers["location"]
    await desk.work()
    page = (await officer.get(here)).text
    run = await get_run(session, UUID(here.rpartition("/")[2]))
    assert run.refused == 2
    assert page.count('class="raw"') == 2
    assert "hanako@kakuu.example" not in page
    assert "03-9999-0001" not in page


@pytest.mark.parametrize("files", [{}, {"file": ("", b"")}, {"other": ("x.csv", b"x")}])
async def test_no_file_and_an_empty_one_are_refused_beside_the_field(
    session: AsyncSession, officer: httpx.AsyncClient, files: dict[str, tuple[str, bytes]]
) -> None:
    answer = await officer.post("/registries/files", files=files)
    assert answer.status_code == 422
    assert "ファイルを選んでください" in answer.text.partition('id="field-file-error"')[2]
    empty = await handed_in(officer, b"")
    assert empty.status_code == 422
    assert "ファイルが空です" in empty.text.partition('id="field-file-error"')[2]
    assert await session.scalar(select(func.count()).select_from(SyncRun)) == 0


async def test_a_file_that_is_too_large_is_refused_in_words_wherever_that_is_noticed(
    session: AsyncSession, officer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropping, "LARGEST_FILE", 1024**2)
    answer = await handed_in(officer, b"x" * (1024**2 + 1))
    assert answer.status_code == 413
    assert "1 MB" in answer.text.partition('id="field-file-error"')[2]
    assert await session.scalar(select(func.count()).select_from(SyncRun)) == 0


async def a_flood(sent: list[int], most: int) -> AsyncIterator[bytes]:
    """Send a form without an end."""
    yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'
    while sum(sent) < most:
        sent.append(1024**2)
        yield b"x" * 1024**2


async def test_a_strangers_file_is_not_read_at_all_and_an_officers_no_further_than_the_limit(
    client: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    sent: list[int] = []
    answer = await client.post("/registries/files", content=a_flood(sent, 3 * 1024**2), headers=form)
    assert answer.headers["location"].startswith("/sign-in")
    larger = main.LARGER_BODIES["/registries/files"]
    answer = await officer.post("/registries/files", content=a_flood([], larger + 2 * 1024**2), headers=form)
    assert answer.status_code == 413
    assert "200 MB" in answer.text


async def test_a_number_that_is_asked_for_leads_to_one_run_for_everybody_who_asks(
    session: AsyncSession, officer: httpx.AsyncClient, browser_of: SignIn
) -> None:
    sponsor: httpx.AsyncClient = await browser_of(await a_sponsor(session))  # type: ignore[misc]
    first = await sponsor.post("/registries/records", data={"number": " nct99990001 "})
    assert first.status_code == 303
    again = await officer.post("/registries/records", data={"number": "NCT99990001"})
    assert again.headers["location"] == first.headers["location"]
    assert "NCT99990001" in (await sponsor.get(first.headers["location"])).text
    assert "NCT99990002" in (await sponsor.get("/registries/records?number=NCT99990002")).text


@pytest.mark.parametrize("number", ["", "x", "jRCT1", "UMIN000012345", "<b>\x00", "NCT99990001 NCT99990002"])
async def test_what_is_no_number_is_refused_beside_the_field_and_stays_typed(
    session: AsyncSession, officer: httpx.AsyncClient, number: str
) -> None:
    answer = await officer.post("/registries/records", data={"number": number})
    assert answer.status_code == 422
    assert "jRCT番号" in answer.text.partition('id="field-number-error"')[2]
    assert "<b>" not in answer.text.partition("<main")[2].partition('id="field-number"')[2]
    assert await session.scalar(select(func.count()).select_from(SyncRun)) == 0


async def test_a_registry_that_refused_us_is_not_asked_and_nobody_asks_without_end(
    session: AsyncSession, officer: httpx.AsyncClient, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await saved(session, RegistryTurn(source="jrct", free_at=NOW, blocked_at=NOW, blocked_why="HTTP 403"))
    await session.commit()
    answer = await officer.post("/registries/records", data={"number": "jRCT2999990001"})
    assert answer.status_code == 409
    assert "拒否" in answer.text.partition('id="field-number-error"')[2]
    monkeypatch.setattr(limits, "RECORDS_PER_PERSON", 2)
    assert (await officer.post("/registries/records", data={"number": "NCT99990001"})).status_code == 303
    answer = await officer.post("/registries/records", data={"number": "NCT99990002"})
    assert answer.status_code == 429
    assert "分後" in answer.text.partition('id="field-number-error"')[2]
    stranger = await client.post("/registries/records", data={"number": "NCT99990001"})
    assert stranger.headers["location"].startswith("/sign-in")


async def test_the_real_export_is_read_whole(
    session: AsyncSession, officer: httpx.AsyncClient, desk: JobDesk, shared: Path
) -> None:
    await handed_in(officer, (shared / "data/ictrp/jprn.csv").read_bytes())
    await desk.work()
    assert await session.scalar(select(func.count()).select_from(TrialRecord)) == 25
