"""What is worked out of trials once they are stored: links to institutions first, then the search index.

A change only notes in its own transaction which trials it touched; following them up comes after, in the background,
and may be broken off and repeated at any moment: it starts anew from what is stored.
"""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.trials.actions.indexing import index_trials
from app.trials.actions.linking import link_trials
from app.trials.models import TrialTouched

BATCH = 500
# Two followers must not write an older state over a newer one; the number is this product's own.
FOLLOWING_LOCK = 1_518_221_105

Follower = Callable[[AsyncSession, Sequence[UUID]], Awaitable[None]]
FOLLOWERS: tuple[Follower, ...] = (link_trials, index_trials)


async def follow(session: AsyncSession, *, most: int = BATCH) -> int:
    """Follow up the trials that have waited longest; return how many were taken, 0 where none waits."""
    await take_turn(session)
    waiting = list(await session.scalars(select(TrialTouched).order_by(TrialTouched.id).limit(most)))
    trials = list(dict.fromkeys(row.trial_id for row in waiting))
    for follower in FOLLOWERS:
        await follower(session, trials)
    await session.execute(delete(TrialTouched).where(TrialTouched.id.in_([row.id for row in waiting])))
    return len(trials)


async def take_turn(session: AsyncSession) -> None:
    """Wait until nobody else follows trials up, and keep the turn until the caller's transaction ends."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": FOLLOWING_LOCK})
