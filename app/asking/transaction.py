"""One request, one transaction, committed before the answer leaves."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.settings import Settings


async def one_transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """Commit when the handler returns, roll back when it raises."""
    sessions: async_sessionmaker[AsyncSession] = request.app.state.sessions
    async with sessions.begin() as session:
        yield session


# scope="function": the commit happens before the response leaves, so a failed commit is an error page and never a
# false "saved".
Transaction = Annotated[AsyncSession, Depends(one_transaction, scope="function")]


def all_sessions(request: Request) -> async_sessionmaker[AsyncSession]:
    """Return the maker of sessions, for what must commit although the request is refused."""
    sessions: async_sessionmaker[AsyncSession] = request.app.state.sessions
    return sessions


Sessions = Annotated[async_sessionmaker[AsyncSession], Depends(all_sessions)]


def moment_of_asking() -> datetime:
    """Return now; tests put another moment in its place."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(moment_of_asking)]


def settings_of(request: Request) -> Settings:
    """Return the settings that the service was started with."""
    settings: Settings = request.app.state.settings
    return settings


InSettings = Annotated[Settings, Depends(settings_of)]
