"""The queue as a test sees it: what waits, and doing it in the test's own transaction."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import orjson
from sqlalchemy import text

from app.jobs.registry import Work, load_every_job

MOST_ROUNDS = 50


@dataclass
class JobDesk:
    """Jobs wait in PostgreSQL; a test looks at them or lets them be done."""

    given: Work
    outbox: list[EmailMessage]

    async def waiting(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the name and the arguments of each waiting job, oldest first."""
        async with self.given.sessions() as session:
            rows = await session.execute(text("SELECT entrypoint, payload FROM pgqueuer ORDER BY id"))
            return [(row.entrypoint, orjson.loads(row.payload)) for row in rows]

    async def work(self) -> list[str]:
        """Do what waits, and what that asks for, until nothing waits; return the names in order."""
        done: list[str] = []
        for _round in range(MOST_ROUNDS):
            jobs = await self.waiting()
            if not jobs:
                return done
            async with self.given.sessions.begin() as session:
                await session.execute(text("DELETE FROM pgqueuer"))
            for name, arguments in jobs:
                await load_every_job()[name](self.given, **arguments)
                done.append(name)
        raise AssertionError(f"jobs ask for each other without an end: {done[-10:]}")
