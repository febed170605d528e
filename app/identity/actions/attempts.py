"""Attempts at what is limited are noted in a transaction of their own: a refusal rolls the request's back."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground.errors import TooMany
from app.identity import queries
from app.identity.models import Attempt
from app.identity.rules import hashed

# Attempts older than this are of no use to any limit and are dropped as new ones come.
KEPT = timedelta(days=1)


async def note_attempt(
    sessions: async_sessionmaker[AsyncSession], kind: str, who: str, *, limit: int, within: timedelta, now: datetime
) -> None:
    """Count an attempt by `who` (an address, a network address). Raises TooMany above `limit` within that time."""
    async with sessions.begin() as session:
        already = await queries.attempts(session, kind, who, now=now, within=within)
        session.add(Attempt(kind=kind, who_hash=hashed(who), at=now))
        await session.execute(delete(Attempt).where(Attempt.at < now - KEPT))
    if already >= limit:
        raise TooMany(minutes=int(within.total_seconds() // 60))
