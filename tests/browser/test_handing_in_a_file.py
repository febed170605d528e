"""An officer hands a file in and watches it being read, without reloading the page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.cookies import session_cookie
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.identity.actions import start_session
from app.jobs.registry import Work
from app.jobs.trials import run_sync
from app.settings import Settings
from app.trials.models import RunState
from app.trials.queries.runs import get_run
from tests.browser.conftest import a_free_port
from tests.browser.served import Served, serving
from tests.browser.visits import NARROW, violations
from tests.databases import Server
from tests.make import an_officer
from tests.trials.pages import a_csv

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
FILE = a_csv({}, {"TrialID": ""}, {"TrialID": "JPRN-jRCT9999999902"}).encode()


@pytest.fixture
def window(server: Server, own_database: str) -> Iterator[Served]:
    """A window of its own, in which nothing has been read."""
    port = a_free_port()
    settings = Settings(
        _env_file=None,
        environment="test",
        database_url=server.url(own_database, "service"),
        public_url=f"http://127.0.0.1:{port}",
        port=port,
    )
    with serving(settings) as served:
        yield served


async def token_of_an_officer(session: AsyncSession) -> str:
    officer = await an_officer(session)
    return await start_session(session, officer, browser="Chromium", lifetime=timedelta(days=1), now=datetime.now(UTC))


async def work(window: Served, run_id: UUID) -> None:
    """Do the run as a worker does."""
    engine = engine_for(window.settings.database_url, role=SERVICE_ROLE)
    try:
        await run_sync(Work(sessions_for(engine), window.settings), run_id=str(run_id))
    finally:
        await engine.dispose()


async def test_a_file_is_handed_in_and_its_progress_and_result_are_read_in_japanese(
    chromium: Browser, window: Served
) -> None:
    token = await window.asked(token_of_an_officer)
    context = await chromium.new_context(base_url=window.url, locale="ja")
    cookies = {session_cookie(window.settings): token, "language": "ja"}
    await context.add_cookies([{"name": name, "value": value, "url": window.url} for name, value in cookies.items()])  # type: ignore[misc]
    page = await context.new_page()
    await page.goto("/registries")
    await page.locator('input[type="file"]').set_input_files(
        files=[{"name": "見本.csv", "mimeType": "text/csv", "buffer": FILE}]
    )
    await page.get_by_role("button", name="このファイルを読み取る").click()
    await expect(page.get_by_role("status")).to_contain_text("順番を待っています")
    run_id = UUID(page.url.rpartition("/")[2])

    async def almost_half(session: AsyncSession) -> None:
        run = await get_run(session, run_id)
        run.state, run.started_at, run.passed = RunState.RUNNING, run.asked_at, (run.expected or 0) * 45 // 100 + 1

    await window.asked(almost_half)
    await expect(page.get_by_role("status")).to_contain_text("読み取っています：40%以上")
    await expect(page.get_by_role("progressbar")).to_have_attribute("value", "45")
    assert await violations(page) == []

    await work(window, run_id)
    await expect(page.get_by_role("status")).to_contain_text("新規または変更2件、取り込めなかったもの1件")
    await expect(page.get_by_role("progressbar")).to_have_count(0)
    assert await violations(page) == []
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    raw = page.locator("pre").first
    await raw.focus()
    assert await page.evaluate("document.activeElement.tagName") == "PRE"
    await page.locator("dt", has_text="新規").locator("xpath=..").get_by_role("link").click()
    await expect(page.locator("main")).to_contain_text("jRCT9999999902")
    await context.close()
