"""The names of jobs and the functions that do them; a worker knows every module of this folder."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

import app.jobs
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.settings import Settings


@dataclass(frozen=True)
class Work:
    """What a job is given beside its arguments; it opens its own transactions, so that none spans an outgoing call."""

    sessions: async_sessionmaker[AsyncSession]
    settings: Settings

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that acts as the service itself; it commits at its end."""
        async with self.sessions.begin() as session:
            await stand_as(session, SERVICE)
            yield session

    @property
    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)


Job = Callable[..., Awaitable[None]]
JOBS: dict[str, Job] = {}


def job(function: Job) -> Job:
    """Register a job under its function's name: `async def name(work, *, argument: str)`. It may run twice."""
    if JOBS.setdefault(function.__name__, function) is not function:
        raise ValueError(f"two jobs are called {function.__name__}")
    return function


def load_every_job() -> dict[str, Job]:
    """Import the modules of this folder and return all jobs by name."""
    for found in sorted(iter_modules(app.jobs.__path__), key=lambda module: module.name):
        import_module(f"app.jobs.{found.name}")
    return JOBS
