"""Migrations are numbered without gaps, equal to the models, and can be taken back."""

import asyncio
import re
from pathlib import Path

from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.ground import schema
from app.ground.db import asyncpg_url
from tests.databases import Server

VERSIONS = Path(__file__).parents[2] / "migrations/versions"


def test_numbers_have_no_gaps_and_no_twins() -> None:
    numbers = sorted(path.name[:4] for path in VERSIONS.glob("*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    for path in VERSIONS.glob("*.py"):
        assert re.search(rf'^revision = "{path.name[:4]}"$', path.read_text(), re.M), path.name


def test_migrations_import_nothing_of_ours() -> None:
    for path in VERSIONS.glob("*.py"):
        assert not re.search(r"^\s*(from|import) app\b", path.read_text(), re.M), path.name


async def test_the_schema_equals_the_models_and_goes_down_and_up_again(server: Server, database: str) -> None:
    name = f"{database}_migrations"
    await _in_thread(server.copy, name)
    engine = create_async_engine(asyncpg_url(server.url(name, "owner")), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            for step in (_check, _down, _up, _check):
                await connection.run_sync(step)
    finally:
        await engine.dispose()
        await _in_thread(server.drop, name)


async def _in_thread(function: object, *arguments: object) -> None:
    await asyncio.to_thread(function, *arguments)  # type: ignore[arg-type]


def _check(connection: object) -> None:
    command.check(schema.alembic_config(connection))  # type: ignore[arg-type]


def _down(connection: object) -> None:
    command.downgrade(schema.alembic_config(connection), "base")  # type: ignore[arg-type]


def _up(connection: object) -> None:
    command.upgrade(schema.alembic_config(connection), "head")  # type: ignore[arg-type]
