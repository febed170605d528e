"""Pages at full size: server time of each, against a page with nothing on it, all in one run on one machine.

The time is that of the service alone: the request is handed to it in this process, without a network.
"""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import asyncpg
import httpx
import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.asking.cookies import session_cookie
from app.ground import schema
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.embedded import start
from app.identity.actions import start_session
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.main import create_app
from app.seeding import seed_official
from app.settings import Settings
from bench.scale import add_consultations, add_institutions, an_officer

# Twice: a tenth of the full size, then the full size (product.md, scale to design for).
INSTITUTIONS = (200, 2_000)
CONSULTATIONS = (60, 600)
REPEATS = 15
TRIVIAL = "/sign-in"
PAGES = (
    "/",
    "/sites",
    "/sites?kind=partner",
    "/sites?kind=partner&page=4",
    "/sites?kind=partner&name=0004",
    "/sites?kind=partner&capability=fih.unit",
    "/consultations",
    "/consultations?show=ended",
    "/figures",
    "/figures/cases?figure=received",
    "/figures/cases.csv",
    "/how-we-count",
    "/api/v1/figures",
)


@contextmanager
def a_server() -> Iterator[Settings]:
    """An embedded PostgreSQL of its own for the run."""
    with tempfile.TemporaryDirectory(prefix="madoguchi-bench-") as folder:
        running = start(Path(folder) / "postgres", durable=False)
        try:
            yield Settings(
                _env_file=None,
                environment="test",
                database_url=running.service_url,
                owner_database_url=running.owner_url,
                public_url="http://testserver",
            )
        finally:
            running.stop()


@asynccontextmanager
async def a_browser(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, async_sessionmaker[AsyncSession]]]:
    """An officer's browser on the service, with the service's sessions."""
    await schema.migrate(settings.owner_database_url or settings.database_url)
    engine = engine_for(settings.database_url, role=SERVICE_ROLE)
    sessions, now = sessions_for(engine), datetime.now(UTC)
    async with sessions.begin() as session:
        await stand_as(session, SERVICE)
        async for _said in seed_official(session, settings, now=now):
            pass
        officer = await an_officer(session, now=now)
        token = await start_session(session, officer, browser="bench", lifetime=timedelta(days=1), now=now)
    application = create_app(settings)
    application.state.sessions = sessions
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        browser.cookies.set(session_cookie(settings), token)
        yield browser, sessions
    await engine.dispose()


async def grow(sessions: async_sessionmaker[AsyncSession], institutions: int, consultations: int) -> None:
    """Add so many of each."""
    now = datetime.now(UTC)
    async with sessions.begin() as session:
        await stand_as(session, SERVICE)
        await add_institutions(session, institutions, now=now)
        await add_consultations(session, consultations, now=now)


async def analyse(settings: Settings) -> None:
    """Let PostgreSQL count what it holds, as its autovacuum would within a minute."""
    connection = await asyncpg.connect(settings.owner_database_url)
    await connection.execute("ANALYZE")
    await connection.close()


async def milliseconds(browser: httpx.AsyncClient, path: str) -> tuple[float, float]:
    """Return the shortest of several answers of a page, and of the trivial page asked in between.

    Taking turns, both meet the same disturbance by other programs; the shortest meet the least.
    """
    turns = [(await asked(browser, path), await asked(browser, TRIVIAL)) for _ in range(REPEATS)]
    return min(page for page, _trivial in turns), min(trivial for _page, trivial in turns)


async def asked(browser: httpx.AsyncClient, path: str) -> float:
    """Return the milliseconds of one answer. Raises RuntimeError for a refusal."""
    begun = perf_counter()
    answer = await browser.get(path)
    if answer.status_code != httpx.codes.OK:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return (perf_counter() - begun) * 1000


async def measure(settings: Settings) -> None:
    """Print each page's time at both sizes, its ratio to the trivial page, and how that ratio grew."""
    smaller: dict[str, float] = {}
    async with a_browser(settings) as (browser, sessions):
        for step, (institutions, consultations) in enumerate(zip(INSTITUTIONS, CONSULTATIONS, strict=True)):
            await grow(sessions, institutions - INSTITUTIONS[0] * step, consultations - CONSULTATIONS[0] * step)
            await analyse(settings)
            print(f"\n{institutions:,} institutions, {consultations} consultations")
            for path in PAGES:
                page, trivial = await milliseconds(browser, path)
                ratio = page / trivial
                grown = (
                    f"; {ratio / smaller[path]:.1f} times its ratio at a tenth of the size" if path in smaller else ""
                )
                print(f"  {path}: {page:.1f} ms, {ratio:.1f} times {TRIVIAL} ({trivial:.1f} ms){grown}")
                smaller.setdefault(path, ratio)


def main() -> None:
    """Measure with a server of its own."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with a_server() as settings:
        asyncio.run(measure(settings))


if __name__ == "__main__":
    main()
