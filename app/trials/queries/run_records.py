"""What stands behind the figures of runs: the records that one wrote, and the trials that wait to be followed up."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.paging import Paged, Paging
from app.trials.models import RecordVersion, RunKind, SyncRun, TrialRecord, TrialTouched


class Wrote(StrEnum):
    """What a run made of a record."""

    NEW = "new"
    CHANGED = "changed"


@dataclass(frozen=True)
class Written:
    """A record and the version of it that was written."""

    record: TrialRecord
    version: int


async def written_in(
    session: AsyncSession, run: SyncRun, what: Wrote, paging: Paging, *, now: datetime
) -> Paged[Written]:
    """Return a page of the records of a run's source that were written while it was under way, by number.

    What somebody asked for at the same time is among them.
    """
    if run.source is None or run.started_at is None:
        return Paged([], 0, paging)
    wanted = (
        select(TrialRecord, RecordVersion.version)
        .join(RecordVersion, RecordVersion.record_id == TrialRecord.id)
        .where(RecordVersion.read_at.between(run.started_at, run.ended_at or now), TrialRecord.source == run.source)
        .where(RecordVersion.version == 1 if what is Wrote.NEW else RecordVersion.version > 1)
    )
    if run.kind is RunKind.RECORD:
        wanted = wanted.where(TrialRecord.number == run.number)
    total = await session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    ordered = wanted.order_by(TrialRecord.number, RecordVersion.version)
    rows = await session.execute(ordered.limit(paging.size).offset(paging.offset))
    return Paged([Written(record, version) for record, version in rows], total, paging)


async def count_waiting(session: AsyncSession) -> int:
    """Return how many trials wait to be linked to institutions and made searchable."""
    return await session.scalar(_waiting(select(func.count(distinct(TrialTouched.trial_id))))) or 0


async def trials_waiting(session: AsyncSession, paging: Paging) -> Paged[TrialRecord]:
    """Return a page of the records that lead the trials that wait, by number."""
    waiting = select(TrialTouched.trial_id)
    leads = select(TrialRecord).where(TrialRecord.leads, TrialRecord.trial_id.in_(waiting))
    rows = await session.scalars(leads.order_by(TrialRecord.number).limit(paging.size).offset(paging.offset))
    return Paged(list(rows), await count_waiting(session), paging)


def _waiting(wanted: Select[int]) -> Select[int]:
    """Leave out trials that lost all their records to another: nobody can look at them."""
    led = (TrialRecord.trial_id == TrialTouched.trial_id) & TrialRecord.leads
    return wanted.select_from(TrialTouched).join(TrialRecord, led)
