"""Trials indexed anew where the vocabulary or the rules of the search have changed; harmless to repeat or to break off."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.trials.actions.following import take_turn
from app.trials.actions.indexing import index_trials
from app.trials.actions.relinking import FIRST, TRIALS, SoFar
from app.trials.models import TrialRecord, TrialSearch
from app.trials.queries.vocabulary import labels_now


async def index_all(sessions: async_sessionmaker[AsyncSession], *, anew: bool = False) -> AsyncIterator[SoFar]:
    """Index every trial that was never indexed or by another vocabulary or other rules; with `anew` all. Yields how far it is.

    Each portion is a transaction of its own, within the turn of those who follow up.
    """
    async with sessions.begin() as session:
        made_with = None if anew else (await labels_now(session)).digest
        total = await session.scalar(select(func.count()).select_from(_outdated(made_with).subquery())) or 0
    last, so_far = FIRST, SoFar(total=total)
    yield so_far
    while True:
        async with sessions.begin() as session:
            await stand_as(session, SERVICE)
            await take_turn(session)
            outdated = _outdated(made_with).where(TrialRecord.trial_id > last)
            trials = list(await session.scalars(outdated.order_by(TrialRecord.trial_id).limit(TRIALS)))
            if not trials:
                return
            await index_trials(session, trials)
        last = trials[-1]
        so_far = so_far.after(len(trials), len(trials))
        yield so_far


def _outdated(made_with: str | None) -> Select[UUID]:
    wanted = select(TrialRecord.trial_id).distinct()
    if made_with is None:
        return wanted
    wanted = wanted.outerjoin(TrialSearch, TrialSearch.trial_id == TrialRecord.trial_id)
    return wanted.where(or_(TrialSearch.trial_id.is_(None), TrialSearch.made_with != made_with))
