"""How registries are read is seen and steered by those who look after records, in both languages; nobody else."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.ground.i18n import _, say
from app.settings import Settings
from app.trials.models import RegistryTurn, RunKind, RunState, Source
from app.trials.sync.running import UNEXPECTED
from tests.conftest import NOW, SignIn
from tests.make import a_sponsor, an_administrator, an_observer, an_officer, saved
from tests.trials.past_runs import LINE, a_refusal, a_run, a_source

NO_NUMBER = _("This row of the result list has no jRCT number.")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A registry that answers nobody: nothing here waits for one."""
    return settings.model_copy(update={"jrct_url": "http://registry.invalid"})


@pytest.fixture
async def officer(session: AsyncSession, browser_of: SignIn) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(await an_officer(session, language="en", name="Officer Sample"))  # type: ignore[misc]
    return browser


@pytest.fixture
async def administrator(session: AsyncSession, browser_of: SignIn) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(await an_administrator(session))  # type: ignore[misc]
    return browser


async def said(browser: httpx.AsyncClient, path: str, language: str = "en", status: int = 200) -> str:
    browser.cookies.set("language", language)
    answer = await browser.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.text


async def both(browser: httpx.AsyncClient, path: str) -> tuple[str, str]:
    japanese = await said(browser, path, "ja")
    return await said(browser, path), japanese


def part(page: str, source: str) -> str:
    """Return the section of one source."""
    return page.partition(f'id="of-{source}"')[2].partition("</section>")[0]


async def test_nobody_but_officers_and_administrators_sees_how_registries_are_read(
    session: AsyncSession, client: httpx.AsyncClient, browser_of: SignIn, administrator: httpx.AsyncClient
) -> None:
    run = await a_run(session)
    await session.commit()
    pages = ("/registries", "/registries/runs", "/registries/waiting", f"/registries/runs/{run.id}/records")
    for make in (a_sponsor, an_observer):
        browser: httpx.AsyncClient = await browser_of(await make(session))  # type: ignore[misc]
        for path in (*pages, f"/registries/runs/{run.id}"):
            await said(browser, path, status=404)
        for action in ("run", "pause", "resume"):
            assert (await browser.post(f"/registries/ctgov/{action}")).status_code == 404
        assert (await browser.post("/registries/files", files={"file": ("x.csv", b"x")})).status_code == 404
        assert "/registries" not in await said(browser, "/about")
    for path in pages:
        await said(administrator, path)
        assert (await client.get(path)).status_code == 303
    assert 'href="/registries"' in await said(administrator, "/about")
    assert (await administrator.get("/registries/runs/7f0a1c9e-0000-4000-8000-000000000000")).status_code == 404


async def test_a_window_that_has_read_nothing_says_so_of_each_registry(officer: httpx.AsyncClient) -> None:
    english, japanese = await both(officer, "/registries")
    assert "No run has asked ClinicalTrials.gov for what has changed yet." in part(english, "ctgov")
    assert "ClinicalTrials.govの更新分は、まだ一度も読み取っていません。" in part(japanese, "ctgov")
    assert "records are read one at a time" in part(english, "jrct"), "jRCT says why it is not read in bulk"
    assert "its records come as export files" in part(english, "ictrp")
    for source in ("jrct", "ictrp"):
        assert f'action="/registries/{source}/run"' not in english
    assert "Public Data License 1.0" in english
    assert "公共データ利用規約" in japanese
    assert "No registry is stopped." in english


STATES: list[tuple[dict[str, Any], str, str]] = [
    ({"state": RunState.WAITING}, "worker takes it up within a few seconds", "数秒以内に処理を始めます"),
    ({"state": RunState.RUNNING, "passed": 30, "expected": 120, "new": 30}, "30 of 120 records.", "120件のうち30件。"),
    ({"state": RunState.RUNNING, "new": 7}, "7 records read so far", "これまでに7件を読み取りました"),
    (
        {"state": RunState.FAILED, "why": UNEXPECTED, "code": "unexpected"},
        "Something went wrong in this window",
        "中断",
    ),
]


@pytest.mark.parametrize(("given", "english", "japanese"), STATES)
async def test_each_state_of_a_sync_is_said_on_both_pages(
    session: AsyncSession, officer: httpx.AsyncClient, given: dict[str, Any], english: str, japanese: str
) -> None:
    run = await a_run(session, **given)
    await session.commit()
    for path in ("/registries", f"/registries/runs/{run.id}"):
        assert english in await said(officer, path), path
        assert japanese in await said(officer, path, "ja"), path


async def test_what_was_read_last_is_told_with_its_figures_and_what_is_behind_each(
    session: AsyncSession, officer: httpx.AsyncClient
) -> None:
    run = await a_run(session, new=3, changed=2, same=1000, older=1)
    await a_refusal(session, run, NO_NUMBER)
    await a_source(session, Source.CTGOV, watermark="2026-11-19T09:00:05", succeeded_at=NOW)
    await a_source(session, Source.JRCT, watermark="2026-11-18")
    await session.commit()
    english, japanese = await both(officer, "/registries")
    here = f"/registries/runs/{run.id}"
    for link in (f"{here}/records?what=new", f"{here}/records?what=changed", f"{here}?page=1#refused"):
        assert f'href="{link}"' in part(english, "ctgov")
    assert "1,000" in part(english, "ctgov")
    assert "19 Nov 2026, 18:00 JST" in part(english, "ctgov")
    assert "2026年11月19日（木）18:00" in part(japanese, "ctgov")
    assert "18 Nov 2026" in part(english, "jrct")


async def test_a_stopped_source_says_why_and_only_an_administrator_resumes_it(
    session: AsyncSession, officer: httpx.AsyncClient, administrator: httpx.AsyncClient
) -> None:
    await saved(session, RegistryTurn(source="jrct", free_at=NOW, blocked_at=NOW, blocked_why="HTTP 403"))
    await a_source(session, Source.CTGOV, layout_changed_at=NOW, layout_item="status")
    await session.commit()
    english, japanese = await both(officer, "/registries")
    assert "2 registries wait for somebody" in english
    assert "jRCT refused our request on" in part(english, "jrct")
    assert "jRCTが問合せを拒否した" in part(japanese, "jrct")
    assert "“Recruitment status” was missing" in part(english, "ctgov")
    assert part(english, "ctgov").count("Only an administrator can resume this.") == 1
    refused = await officer.post("/registries/ctgov/resume")
    assert refused.status_code == 403
    assert 'role="alert"' in part(refused.text, "ctgov")
    for source in ("ctgov", "jrct"):
        assert f'action="/registries/{source}/resume"' in await said(administrator, "/registries")
        assert (await administrator.post(f"/registries/{source}/resume")).status_code == 303
    assert "No registry is stopped." in await said(administrator, "/registries?done=resumed")


async def test_an_officer_pauses_runs_and_resumes(session: AsyncSession, officer: httpx.AsyncClient) -> None:
    begun = await officer.post("/registries/ctgov/run")
    run = begun.headers["location"]
    assert "Waits for its turn" in await said(officer, "/registries")
    assert (await officer.post("/registries/ctgov/pause")).headers["location"] == "/registries?done=paused"
    english, japanese = await both(officer, "/registries?done=paused")
    assert "Officer Sample</span> paused ClinicalTrials.gov on" in part(english, "ctgov")
    assert "一時停止しました" in part(japanese, "ctgov")
    refused = await officer.post("/registries/ctgov/run")
    assert refused.status_code == 409
    assert "paused or stopped" in part(refused.text, "ctgov")
    assert (await officer.post("/registries/ctgov/resume")).status_code == 303
    assert (await officer.post("/registries/ctgov/run")).headers["location"] == run, "the same run goes on"
    assert (await officer.post("/registries/ctgov/resume")).status_code == 409
    assert (await officer.post("/registries/nowhere/run")).status_code == 404


@pytest.mark.parametrize(("source", "words"), [("jrct", "1.4"), ("ictrp", "Hand in a file instead")])
async def test_a_source_that_may_not_be_synced_says_why_beside_its_buttons(
    officer: httpx.AsyncClient, source: str, words: str
) -> None:
    answer = await officer.post(f"/registries/{source}/run")
    assert answer.status_code == 409
    assert words in part(answer.text, source).partition('role="alert"')[2].partition("</p>")[0]


async def test_a_run_polls_only_while_it_is_under_way_and_says_nothing_twice(
    session: AsyncSession, officer: httpx.AsyncClient
) -> None:
    run = await a_run(session, state=RunState.RUNNING, passed=45, expected=100, new=45)
    await a_refusal(session, run, NO_NUMBER)
    await session.commit()
    here = f"/registries/runs/{run.id}"
    page = await said(officer, here)
    assert f'hx-get="{here}?shown=running4"' in page
    assert '<progress id="bar" aria-labelledby="bar-said" max="100" value="45">' in page
    assert 'role="status" id="said"' in page
    assert 'id="said"' not in await said(officer, f"{here}?shown=running4"), "what was said is not said again"
    reading = await said(officer, f"{here}?page=1")
    assert "hx-get" not in reading, "a list that somebody reads stands still"
    assert "has no jRCT number" in reading
    run.state, run.ended_at = RunState.DONE, NOW + timedelta(hours=1)
    await session.commit()
    ended = await said(officer, here, "ja")
    assert "hx-get" not in ended
    assert "完了しました。新規または変更45件、取り込めなかったもの1件。" in ended


async def test_refused_records_stand_with_place_reason_and_their_text_unharmed_and_harmless(
    session: AsyncSession, officer: httpx.AsyncClient
) -> None:
    run = await a_run(session, kind=RunKind.FILE, source=Source.ICTRP, name="<b>jprn.csv")
    hostile = '<script>alert(1)</script>\n</pre>"NCT99999", 見本'
    for number in range(25):
        place = say(LINE, number=number + 2)
        await a_refusal(session, run, NO_NUMBER, hostile if number == 0 else "", place)
    await session.commit()
    english, japanese = await both(officer, f"/registries/runs/{run.id}")
    assert "<script>alert" not in english
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n&lt;/pre&gt;" in english
    assert '<pre class="raw" tabindex="0"' in english
    assert "line 2" in english
    assert "2行目" in japanese
    assert english.count('id="refused-') == 20
    second = await said(officer, f"/registries/runs/{run.id}?page=2")
    assert second.count('id="refused-') == 5
    assert "File <span" in english
    assert "<b>jprn" not in english


async def test_a_record_that_somebody_asked_for_is_shown_to_whoever_is_signed_in_without_names(
    session: AsyncSession, browser_of: SignIn, officer: httpx.AsyncClient
) -> None:
    asker = await an_officer(session, name="Officer Unseen")
    run = await a_run(
        session, kind=RunKind.RECORD, source=Source.CTGOV, number="NCT99990001", new=1, asked_by_id=asker.id
    )
    await session.commit()
    sponsor: httpx.AsyncClient = await browser_of(await a_sponsor(session))  # type: ignore[misc]
    english, japanese = await both(sponsor, f"/registries/runs/{run.id}")
    assert 'href="/trials/NCT99990001"' in english
    assert "Officer Unseen" not in english
    assert "情報を読み取りました" in japanese
    assert "Officer Unseen" in await said(officer, f"/registries/runs/{run.id}")


async def test_a_page_asks_the_database_as_often_for_many_as_for_few(
    session: AsyncSession, officer: httpx.AsyncClient, connection: AsyncConnection
) -> None:
    run = await a_run(session)
    await a_refusal(session, run, NO_NUMBER)
    await session.commit()
    paths = ("/registries", "/registries/runs", f"/registries/runs/{run.id}")
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    async def queries(path: str) -> int:
        asked.clear()
        await said(officer, path)
        return len([one for one in asked if one.startswith(("SELECT", "WITH"))])

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    few = [await queries(path) for path in paths]
    for number in range(30):
        await a_run(session, kind=RunKind.FILE, name=f"{number}.csv", asked_by_id=(await an_officer(session)).id)
        await a_refusal(session, run, NO_NUMBER, "x")
    await session.commit()
    assert [await queries(path) for path in paths] == few
