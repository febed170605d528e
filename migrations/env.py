"""Alembic runs as the owner of the tables; every model is imported, so that drift from the migrations shows."""

import asyncio
from importlib import import_module
from pathlib import Path

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.ground.db import Base, asyncpg_url

APP = Path(__file__).parents[1] / "app"


def import_every_model() -> None:
    """Import the modules that declare tables: each folder's models, and the ground's few."""
    for found in sorted(APP.glob("*/models*")):
        import_module(f"app.{found.parent.name}.{found.stem}")
    import_module("app.ground.audit")
    import_module("app.ground.mail")


def ours(_item: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Leave out PgQueuer's tables, which it installs and upgrades itself."""
    return not (kind == "table" and (name or "").startswith("pgqueuer"))


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=ours,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_at(url: str) -> None:
    """Connect as the owner and run the migrations."""
    engine = create_async_engine(asyncpg_url(url), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


import_every_model()
if (connection := context.config.attributes.get("connection")) is not None:
    migrate(connection)
else:
    asyncio.run(migrate_at(context.config.get_main_option("sqlalchemy.url") or ""))
