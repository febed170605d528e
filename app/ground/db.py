"""PostgreSQL through SQLAlchemy: the base of every table, the engine and the sessions."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from sqlalchemy import DateTime, Enum, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, mapped_column

# The role that the service runs as: it owns nothing and row-level security holds for it.
SERVICE_ROLE = "madoguchi_service"


def choice(kind: type[StrEnum], name: str | None = None) -> Enum:
    """Return the column type of a StrEnum: its values as text, guarded by a CHECK.

    The CHECK carries the name of the kind; where a table has two columns of one kind, each gives its own `name`.

    SQLAlchemy would store member names, and make no CHECK, unless told otherwise.
    """
    values: Callable[[type[StrEnum]], list[str]] = lambda members: [member.value for member in members]  # noqa: E731
    named = name or kind.__name__
    return Enum(kind, native_enum=False, create_constraint=True, values_callable=values, length=40, name=named)


class Base(DeclarativeBase):
    """The base of every table: named constraints, moments with their zone, objects as JSONB."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        str: String,
    }


Key = Annotated[UUID, mapped_column(primary_key=True, default=uuid4)]


def asyncpg_url(url: str) -> str:
    """Return a PostgreSQL address in the spelling that SQLAlchemy needs for asyncpg."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+asyncpg://{rest}" if scheme in {"postgres", "postgresql"} else url


def engine_for(url: str, *, role: str | None = None, pool_size: int = 10) -> AsyncEngine:
    """Return an engine; with `role`, each connection starts (and resets) as that database role."""
    server_settings = {"application_name": "madoguchi", "jit": "off"}
    if role is not None:
        server_settings["role"] = role
    return create_async_engine(
        asyncpg_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        # The text of an error reaches the log; what somebody typed into a confidential field must not.
        hide_parameters=True,
        connect_args={"server_settings": server_settings, "timeout": 10},
    )


def sessions_for(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Return the maker of sessions: objects stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


def stable_id(kind: str, code: str) -> UUID:
    """Return the id of a thing that the product itself ships, the same in every database: seeds stay idempotent."""
    return uuid5(NAMESPACE_URL, f"madoguchi:{kind}:{code}")
