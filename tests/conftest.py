"""One PostgreSQL a run, one migrated and seeded template, a copy per worker, a rolled-back transaction per test."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import httpx
import hypothesis
import pytest
from coverage import Coverage
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.asking.cookies import session_cookie
from app.asking.transaction import moment_of_asking
from app.ground import mail
from app.ground.db import SERVICE_ROLE, asyncpg_url
from app.identity.actions import start_session
from app.identity.models import Person
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.jobs.registry import Work
from app.main import create_app
from app.settings import Settings
from tests.databases import Server, TestServer
from tests.desk import JobDesk
from tests.rendered import hand_over, note_what_is_rendered, take_over

# A busy machine is not a slow rule.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # Friday 12:00 in Japan
SERVER = pytest.StashKey[TestServer]()
WALKS = {"browser", "pages"}


def pytest_configure(config: pytest.Config) -> None:
    """Start the server of the run once, in the process that hands out the tests."""
    note_what_is_rendered()
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.stash[SERVER] = TestServer(Path(tempfile.mkdtemp(prefix="madoguchi-test-")))


def pytest_configure_node(node: object) -> None:
    """Tell a worker where the server is."""
    node.workerinput["server"] = node.config.stash[SERVER].server.told()  # type: ignore[attr-defined]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Measure no coverage while every page is walked: that a page was opened does not show that it was tested.

    Counting lines doubles the time of a test, and these take most of a run.
    """
    stopped: list[Coverage] = []
    # A worker may be measured by two, of which the second goes on as soon as the first stops.
    while item.path.parent.name in WALKS and (measuring := Coverage.current()):
        measuring.stop()
        stopped.append(measuring)
    try:
        return (yield)
    finally:
        for measuring in reversed(stopped):
            measuring.start()


def pytest_testnodedown(node: object) -> None:
    """Take what a worker noted."""
    take_over(getattr(node, "workeroutput", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a whole run that left a template unrendered."""
    hand_over(session)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server of the run."""
    if SERVER in config.stash:
        config.stash[SERVER].stop()
        shutil.rmtree(config.stash[SERVER].folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Server:
    """The PostgreSQL of this run, with its template ready to be copied."""
    told = getattr(request.config, "workerinput", {}).get("server")
    return Server.heard(told) if told else request.config.stash[SERVER].server


@pytest.fixture(scope="session")
def database(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of this worker's own copy of the template."""
    name = f"test_{getattr(request.config, 'workerinput', {}).get('workerid', 'alone')}"
    server.copy(name)
    yield name
    server.drop(name)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real records and facts beside the checkout; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("MADOGUCHI_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: it holds the real records that this test reads")
    return folder


@pytest.fixture
def settings(server: Server, database: str) -> Settings:
    """Settings of a test: a test environment on this worker's database."""
    return Settings(
        _env_file=None,
        environment="test",
        database_url=server.url(database, "service"),
        owner_database_url=server.url(database, "owner"),
        public_url="http://testserver",
        ctgov_url="http://registry.invalid/api/v2",
    )


@pytest.fixture
async def connection(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """A connection as the service's role, inside a transaction that is rolled back after the test."""
    engine = create_async_engine(
        asyncpg_url(settings.database_url),
        poolclass=NullPool,
        connect_args={"server_settings": {"role": SERVICE_ROLE, "jit": "off"}},
    )
    async with engine.connect() as connection:
        outer = await connection.begin()
        yield connection
        await outer.rollback()
    await engine.dispose()


@pytest.fixture
def sessions(connection: AsyncConnection) -> async_sessionmaker[AsyncSession]:
    """Sessions whose commits are real to the code under test and gone after the test."""
    return async_sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


@pytest.fixture
async def session(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """A session that acts as the service itself."""
    async with sessions() as session:
        await stand_as(session, SERVICE)
        yield session


@dataclass
class Clock:
    """The time that the service believes it is."""

    now: datetime = NOW

    def forward(self, by: timedelta) -> datetime:
        """Let time pass."""
        self.now += by
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of the application under test."""
    return Clock()


@pytest.fixture
def application(
    settings: Settings, sessions: async_sessionmaker[AsyncSession], session: AsyncSession, clock: Clock
) -> FastAPI:
    """The service, whose transactions all live in the test's own."""
    application = create_app(settings)
    application.state.sessions = sessions
    application.dependency_overrides[moment_of_asking] = lambda: clock.now
    return application


def a_browser(application: FastAPI, **headers: str) -> httpx.AsyncClient:
    """Return a client that says, as browsers do, that its forms come from our own pages."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=application),
        base_url="http://testserver",
        headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en", **headers},
    )


@pytest.fixture
async def client(application: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor's browser."""
    async with a_browser(application) as browser:
        yield browser


SignIn = Callable[[Person], "object"]


@pytest.fixture
async def browser_of(
    application: FastAPI, session: AsyncSession, settings: Settings, clock: Clock
) -> AsyncIterator[SignIn]:
    """A function that returns the browser of a person who has signed in: `await browser_of(person)`."""
    opened: list[httpx.AsyncClient] = []

    async def signed_in(person: Person) -> httpx.AsyncClient:
        token = await start_session(session, person, browser="test", lifetime=timedelta(days=1), now=clock.now)
        await session.commit()
        browser = a_browser(application)
        browser.cookies.set(session_cookie(settings), token)
        browser.cookies.set("language", person.language)
        opened.append(browser)
        return browser

    yield signed_in
    for browser in opened:
        await browser.aclose()


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    """The mails that were handed to the mail server."""
    sent: list[EmailMessage] = []

    async def deliver(message: EmailMessage, postage: mail.Postage) -> None:
        sent.append(message)

    monkeypatch.setattr(mail, "deliver", deliver)
    return sent


@pytest.fixture
def desk(
    sessions: async_sessionmaker[AsyncSession], settings: Settings, outbox: list[EmailMessage], clock: Clock
) -> JobDesk:
    """The jobs that are waiting, to be looked at or done: `await desk.work()`."""
    return JobDesk(Work(sessions, settings), outbox)


@pytest.fixture
def own_database(server: Server, database: str) -> Iterator[str]:
    """The name of a database of this test alone, for what really commits."""
    name = f"{database}_own"
    server.copy(name)
    yield name
    server.drop(name)
