"""A job commits or vanishes with the change that asked for it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.ground.db import asyncpg_url, sessions_for
from app.ground.queue import enqueue
from app.settings import Settings

WAITING = text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'probe'")
CLEAR = text("DELETE FROM pgqueuer WHERE entrypoint = 'probe'")


async def test_a_job_asked_for_first_thing_in_a_fresh_session_vanishes_with_the_rollback(settings: Settings) -> None:
    engine = create_async_engine(asyncpg_url(settings.database_url), poolclass=NullPool)
    sessions = sessions_for(engine)
    async with sessions() as session:
        await enqueue(session, "probe", number="1")
        assert await session.scalar(WAITING) == 1
        await session.rollback()
    async with sessions() as session:
        assert await session.scalar(WAITING) == 0
    async with sessions.begin() as session:
        await enqueue(session, "probe", number="2")
    async with sessions.begin() as session:
        assert await session.scalar(WAITING) == 1
        await session.execute(CLEAR)
    await engine.dispose()
