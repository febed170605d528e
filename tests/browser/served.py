"""The service with the demonstration, served to a real browser from its own database."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import uvicorn
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.identity import queries
from app.identity.actions import start_session
from app.identity.rules import SERVICE, Role
from app.identity.standing import stand_as
from app.main import create_app
from app.seeding import seed_demonstration
from app.settings import Settings
from app.sites.seeding import demonstration_confirmations
from tests.pages.readings import VISITOR_TOKEN, some_readings

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Served:
    """Where the service answers, and a way into its database."""

    url: str
    settings: Settings
    starts: tuple[str, ...] = ()

    def ask(self, work: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
        """Do something in one transaction as the service itself, outside any event loop."""
        return asyncio.run(self.asked(work))

    async def asked(self, work: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
        """Do something in one transaction as the service itself."""
        engine = engine_for(self.settings.database_url, role=SERVICE_ROLE)
        try:
            async with sessions_for(engine).begin() as session:
                await stand_as(session, SERVICE)
                return await work(session)
        finally:
            await engine.dispose()

    async def token(self, role: Role) -> str:
        """Sign the first demonstration person of a role in, and return what their cookie holds."""

        async def signed(session: AsyncSession) -> str:
            people = await queries.demonstration_people(session)
            person = next(person for person, membership in people if membership.role is role)
            now = datetime.now(UTC)
            return await start_session(session, person, browser="Chromium", lifetime=timedelta(days=1), now=now)

        return await self.asked(signed)


async def load_demonstration(session: AsyncSession, settings: Settings) -> tuple[str, ...]:
    """Load the demonstration and a visitor's readings; return the addresses that no link leads to."""
    async for _said in seed_demonstration(session, settings, now=datetime.now(UTC)):
        pass
    secret = settings.secret_key.get_secret_value()
    confirmations = await demonstration_confirmations(session, secret=secret, now=datetime.now(UTC))
    mailed = [f"/confirm?token={token}" for _name, token in confirmations]
    return (*mailed, *await some_readings(session, VISITOR_TOKEN))


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """Serve in a thread of this process, so that what the browser asks for is measured too."""
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        ws="none",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    yield Served(settings.public_url, settings)
    server.should_exit = True
    thread.join(timeout=10)
