"""The schema is brought up to date by the owner of the tables: Alembic first, then PgQueuer's own tables."""

from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from pgqueuer.queries import Queries
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.ground.db import asyncpg_url

ROOT = Path(__file__).parents[2]
# Two machines that are deployed at once must not migrate at once; the number is this product's own.
MIGRATION_LOCK = 1_518_221_103


def alembic_config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, working on a given connection."""
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    config.attributes["connection"] = connection
    return config


async def migrate(owner_url: str) -> None:
    """Bring the database at this address to the newest schema; nothing happens where it is there already.

    Raises what asyncpg raises where the server does not answer or does not let the owner in.
    """
    engine = create_async_engine(asyncpg_url(owner_url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()
    await _queue_tables(owner_url)


def _upgrade(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), "head")


async def _queue_tables(owner_url: str) -> None:
    connection = await asyncpg.connect(owner_url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        queries = Queries.from_asyncpg_connection(connection)
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        if await queries.schema_is_installed():
            await queries.upgrade()
        else:
            await queries.install()
    finally:
        await connection.close()
