"""Background work as PostgreSQL rows: a job commits or vanishes with the change that asked for it."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import orjson
from pgqueuer.db import Driver
from pgqueuer.queries import Queries
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

type_of_call = Callable[..., Awaitable[None]]


class InTransaction:
    """PgQueuer's driver over a SQLAlchemy connection, so that its statements join the caller's transaction.

    SQLAlchemy's asyncpg begins a transaction only at its first statement: a job put through the raw
    connection of a fresh session would survive the rollback.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def fetch(self, query: str, *arguments: object) -> list[dict[str, object]]:
        """Run a query and return its rows."""
        result = await self._connection.exec_driver_sql(query, cast(Any, arguments))
        return [dict(row._mapping) for row in result] if result.returns_rows else []

    async def execute(self, query: str, *arguments: object) -> str:
        """Run a statement."""
        await self._connection.exec_driver_sql(query, cast(Any, arguments))
        return ""


async def enqueue(session: AsyncSession, name: str, **arguments: str) -> None:
    """Ask for background work in the caller's own transaction.

    `name` is that of a function in app/jobs; arguments are ids and codes, never confidential words.
    """
    await session.flush()
    driver = cast(Driver, InTransaction(await session.connection()))
    await Queries(driver).enqueue(name, orjson.dumps(arguments))
