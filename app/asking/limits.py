"""How often a stranger may try what costs us something; one place for the numbers."""

from datetime import datetime, timedelta

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.identity.actions import note_attempt

QUARTER = timedelta(minutes=15)
# Per address: a person mistypes or loses a mail a few times. Per network address: an office behind one address.
SIGN_IN_PER_ADDRESS = 5
SIGN_IN_PER_NETWORK = 30
LINK_USES_PER_NETWORK = 30
CONFIRMATIONS_PER_NETWORK = 30
READINGS_PER_NETWORK = 20
# Of visitors: a whole result may be a quarter of a million trials, which is minutes of work.
EXPORTS_PER_NETWORK = 120
# Of one person: everybody waits for the same turn at a registry.
RECORDS_PER_PERSON = 20


async def limit(sessions: async_sessionmaker[AsyncSession], kind: str, who: str, *, most: int, now: datetime) -> None:
    """Count an attempt within a quarter of an hour. Raises TooMany."""
    await note_attempt(sessions, kind, who, limit=most, within=QUARTER, now=now)


def network_of(request: Request) -> str:
    """Return the network address of whoever asks.

    Behind a balancer uvicorn puts the forwarded address here, from the proxies it is told to trust.
    """
    return request.client.host if request.client else "unknown"
