"""Everything linked anew, after institutions or their names have changed; harmless to repeat or to break off."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import InstrumentedAttribute

from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.trials.actions.following import take_turn
from app.trials.actions.linking import judge_again, relink_trials
from app.trials.actions.noting import note_touched
from app.trials.models import Facility, SiteLink, Trial, TrialRecord

TEXTS = 2_000
TRIALS = 500
FIRST = UUID(int=0)


@dataclass(frozen=True)
class SoFar:
    """How much of a step is done, out of how much, and how many texts or records are linked otherwise than before."""

    done: int = 0
    total: int = 0
    changed: int = 0

    def after(self, done: int, changed: int) -> "SoFar":
        """Return the counts after one more batch."""
        return SoFar(self.done + done, max(self.total, self.done + done), self.changed + changed)


async def judge_all(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[SoFar]:
    """Ask the rule again about every stored text, a transaction for each batch; yields the counts after each."""
    so_far, last = SoFar(total=await _count(sessions, Facility.id)), FIRST
    while True:
        async with sessions.begin() as session:
            await _begin(session)
            batch = select(Facility).where(Facility.id > last).order_by(Facility.id).limit(TEXTS)
            texts = list(await session.scalars(batch.with_for_update()))
            if not texts:
                return
            changed = await judge_again(session, texts)
            await session.flush()
            await note_touched(session, await _trials_with(session, SiteLink.facility_id, changed))
        last, so_far = texts[-1].id, so_far.after(len(texts), len(changed))
        yield so_far


async def link_all(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[SoFar]:
    """Lead the places of every trial to their texts again, a transaction for each batch; yields the counts after each."""
    so_far, last = SoFar(total=await _count(sessions, Trial.id)), FIRST
    while True:
        async with sessions.begin() as session:
            await _begin(session)
            trials = list(
                await session.scalars(select(Trial.id).where(Trial.id > last).order_by(Trial.id).limit(TRIALS))
            )
            if not trials:
                return
            changed = await relink_trials(session, trials)
            await note_touched(session, await _trials_with(session, TrialRecord.id, changed))
        last, so_far = trials[-1], so_far.after(len(trials), len(changed))
        yield so_far


async def _begin(session: AsyncSession) -> None:
    await stand_as(session, SERVICE)
    await take_turn(session)


async def _count(sessions: async_sessionmaker[AsyncSession], column: InstrumentedAttribute[UUID]) -> int:
    async with sessions() as session:
        return await session.scalar(select(func.count(column))) or 0


async def _trials_with(
    session: AsyncSession, column: InstrumentedAttribute[UUID], found: Collection[UUID]
) -> list[UUID]:
    """Return the trials of some texts or records; gone places count too, since their record is still there."""
    if not found:
        return []
    trials = select(TrialRecord.trial_id).outerjoin(SiteLink, SiteLink.record_id == TrialRecord.id)
    return list(await session.scalars(trials.where(column.in_(found)).distinct()))
