"""A visitor's readings of public records, in each state that one can be in."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries.models import ReadingState
from app.identity.rules import hashed
from tests.enquiries.make import a_reading

VISITOR_TOKEN = "visitor-of-the-pages"


async def some_readings(session: AsyncSession, token: str) -> list[str]:
    """Add a reading that waits, one that failed and one that is done, all of one visitor; return their addresses."""
    mine = {"visitor_hash": hashed(token)}
    readings = [
        await a_reading(session, **mine),
        await a_reading(session, **mine, state=ReadingState.WAITING, study=None, done_at=None),
        await a_reading(session, **mine, state=ReadingState.FAILED, study=None, failure="no_such_study"),
    ]
    return [f"/readings/{reading.id}" for reading in readings]
