"""COPY within a session's transaction."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession


async def copy(session: AsyncSession, table: str, columns: tuple[str, ...], records: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows into a table; a statement must have begun the session's transaction before."""
    raw = await (await session.connection()).get_raw_connection()
    driver: Any = raw.driver_connection
    await driver.copy_records_to_table(table, records=records, columns=columns)
