"""A real Chromium against the real service on a database of its own."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from app.settings import Settings
from tests.browser.chromium import executable, flags
from tests.browser.served import Served, load_demonstration, serving
from tests.databases import Server
from tests.pages.runs import some_runs


def a_free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def served(
    server: Server,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    """The service with the demonstration loaded; pages only read from it."""
    name = f"browser_{getattr(request.config, 'workerinput', {}).get('workerid', 'alone')}"
    server.copy(name)
    port = a_free_port()
    settings = Settings(
        _env_file=None,
        environment="test",
        database_url=server.url(name, "service"),
        owner_database_url=server.url(name, "owner"),
        public_url=f"http://127.0.0.1:{port}",
        port=port,
        mail_catcher_dir=_an_inbox(tmp_path_factory.mktemp("mail")),
        ctgov_url="http://registry.invalid/api/v2",
    )
    with serving(settings) as service:
        starts = service.ask(lambda session: load_demonstration(session, settings))
        yield replace(service, starts=(*starts, *service.ask(some_runs)))
    server.drop(name)


def _an_inbox(folder: Path) -> Path:
    from tests.ground.test_inbox import caught

    caught(folder / "caught", "サインイン用のリンク", 1)
    return folder / "caught"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium for all tests of this process."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(playwright), args=flags())
        yield browser
        await browser.close()
