"""Which trials a change touched, noted in its own transaction; they are followed up once it is committed."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.queue import enqueue
from app.trials.actions.copying import copy


async def note_touched(session: AsyncSession, trials: Iterable[UUID]) -> None:
    """Have some trials followed up once the caller's transaction is committed."""
    if rows := [(trial,) for trial in sorted(set(trials), key=lambda trial: trial.int)]:
        await enqueue(session, "follow_trials")
        await copy(session, "trial_touched", ("trial_id",), rows)
