"""What happens when somebody arrives through sign-in: a page family may let what a visitor began follow them in."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.rules import Actor

# Returns where to go on, or None where it has nothing to say.
Arrival = Callable[[Request, AsyncSession, Actor, datetime], Awaitable[str | None]]
ARRIVALS: list[Arrival] = []


def arrival(function: Arrival) -> Arrival:
    """Register what a page family does when somebody signs in, in the transaction of the sign-in."""
    ARRIVALS.append(function)
    return function


async def on_arrival(request: Request, session: AsyncSession, actor: Actor, now: datetime) -> str | None:
    """Run every arrival and return the first place that one of them leads to."""
    places = [await welcome(request, session, actor, now) for welcome in ARRIVALS]
    return next((place for place in places if place), None)
