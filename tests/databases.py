"""The PostgreSQL of a test run: the embedded one, or another: TEST_SERVER_URL names it for an owner who may
create databases, TEST_SERVICE_URL for the service (the same login, unless given)."""

import asyncio
import contextlib
import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.ground import schema
from app.ground.db import asyncpg_url, sessions_for
from app.ground.embedded import Running, start
from app.seeding import seed_official
from app.settings import Settings

TEMPLATE = "madoguchi_template"


@dataclass(frozen=True)
class Server:
    """Where the run's server is, for the owner of tables and for the service."""

    owner: str
    service: str

    def url(self, database: str, role: Literal["owner", "service"]) -> str:
        """Return the address of a database for a role."""
        parts = urlsplit(self.owner if role == "owner" else self.service)
        return urlunsplit(parts._replace(path=f"/{database}"))

    def copy(self, name: str) -> None:
        """Make a copy of the template."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')

    def drop(self, name: str) -> None:
        """Drop a copy; a connection of the service, which the owner may not end, is given a moment to close."""
        for _moment in range(50):
            with contextlib.suppress(asyncpg.InsufficientPrivilegeError):
                return self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            time.sleep(0.1)
        raise AssertionError(f"the service's connections to {name} do not close")

    def _run(self, *statements: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self.owner)
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run(run())

    def make_template(self) -> None:
        """Migrate the template and load what every window knows at the start."""
        self._run(f'DROP DATABASE IF EXISTS "{TEMPLATE}" WITH (FORCE)', f'CREATE DATABASE "{TEMPLATE}"')
        asyncio.run(self._fill())

    async def _fill(self) -> None:
        url = self.url(TEMPLATE, "owner")
        await schema.migrate(url)
        engine = create_async_engine(asyncpg_url(url), poolclass=NullPool)
        settings = Settings(_env_file=None, environment="test", database_url=url)
        async with sessions_for(engine).begin() as session:
            async for _said in seed_official(session, settings, now=datetime(2026, 11, 20, tzinfo=UTC)):
                pass
        await engine.dispose()

    def told(self) -> str:
        """Return this server as text, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def heard(cls, text: str) -> "Server":
        """Return the server that another process told of."""
        return cls(**json.loads(text))


class TestServer:
    """The server while the run lasts."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: Running | None = None
        given = os.environ.get("TEST_SERVER_URL")
        if given is None:
            self.running = start(folder / "postgres", durable=False)
            self.server = Server(self.running.owner_url, self.running.service_url)
        else:
            self.server = Server(given, os.environ.get("TEST_SERVICE_URL", given))
        self.server.make_template()

    def stop(self) -> None:
        """Stop what this run started."""
        if self.running is not None:
            self.running.stop()
