"""Reads of runs: how each source stands, the runs of a source, one run, and what it refused."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.ground.paging import Paged, Paging
from app.settings import Settings
from app.trials.errors import NoSuchRun
from app.trials.models import (
    RegistryTurn,
    RunKind,
    RunState,
    Source,
    SourceState,
    SyncRefusal,
    SyncRun,
    TrialRecord,
)

# A run that has not moved for this long has lost whoever did it; longer than any wait for a registry's turn.
STANDS_STILL = timedelta(minutes=5)


@dataclass(frozen=True)
class Standing:
    """How a source stands: its state, since when it refuses us, its records, its newest run, and the one that is open.

    `last` is the newest run of any kind, `unfinished` the sync that goes on when it is asked for. `can_sync` is False
    for a source of files, and for jRCT without the operator's permission or address.
    """

    source: Source
    state: SourceState
    records: int
    last: SyncRun | None = None
    unfinished: SyncRun | None = None
    blocked_at: datetime | None = None
    can_sync: bool = True

    @property
    def is_stopped(self) -> bool:
        """Whether somebody has to resume it before a sync can run: paused, refused by the registry, or laid out anew."""
        return bool(self.state.paused_at or self.state.layout_changed_at or self.blocked_at)

    @property
    def is_running(self) -> bool:
        """Whether a sync waits for a worker or is under way."""
        return self.unfinished is not None and self.unfinished.state in (RunState.WAITING, RunState.RUNNING)


async def states_of_sources(session: AsyncSession, settings: Settings) -> list[Standing]:
    """Return how every source stands, in the order of their rank."""
    states = {state.source: state for state in await session.scalars(select(SourceState))}
    counted = select(TrialRecord.source, func.count().label("records")).group_by(TrialRecord.source)
    records = {row.source: row.records for row in await session.execute(counted)}
    blocked = select(RegistryTurn.source, RegistryTurn.blocked_at).where(RegistryTurn.blocked_at.is_not(None))
    since = {row.source: row.blocked_at for row in await session.execute(blocked)}
    shown = select(SyncRun).options(joinedload(SyncRun.asked_by)).order_by(SyncRun.asked_at.desc(), SyncRun.id)
    standing = []
    for source in Source:
        of_it = shown.where(SyncRun.source == source).limit(1)
        standing.append(
            Standing(
                source,
                states.get(source) or SourceState(source=source),
                records.get(source, 0),
                await session.scalar(of_it),
                await session.scalar(of_it.where(SyncRun.kind == RunKind.SYNC, SyncRun.state != RunState.DONE)),
                since.get(source.value),
                can_sync(source, settings),
            )
        )
    return standing


def can_sync(source: Source, settings: Settings) -> bool:
    """Say whether the settings allow a sync of a source at all."""
    if source is Source.JRCT:
        return settings.jrct_url != "off" and bool(settings.jrct_bulk_permission.strip())
    return source is not Source.ICTRP


async def get_run(session: AsyncSession, run_id: UUID) -> SyncRun:
    """Return a run with whoever asked for it. Raises NoSuchRun."""
    wanted = select(SyncRun).where(SyncRun.id == run_id).options(joinedload(SyncRun.asked_by))
    run = await session.scalar(wanted, execution_options={"populate_existing": True})
    if run is None:
        raise NoSuchRun
    return run


async def runs_of(
    session: AsyncSession, paging: Paging, *, source: Source | None = None, kind: RunKind | None = None
) -> Paged[SyncRun]:
    """Return a page of runs, the newest first; of one source or kind, or of all."""
    wanted = select(SyncRun)
    if source is not None:
        wanted = wanted.where(SyncRun.source == source)
    if kind is not None:
        wanted = wanted.where(SyncRun.kind == kind)
    total = await session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    newest = wanted.options(joinedload(SyncRun.asked_by)).order_by(SyncRun.asked_at.desc(), SyncRun.id)
    rows = list(await session.scalars(newest.limit(paging.size).offset(paging.offset)))
    return Paged(rows, total, paging)


async def refusals_of(session: AsyncSession, run: SyncRun, paging: Paging) -> Paged[SyncRefusal]:
    """Return a page of what a run refused, in the order in which it stood."""
    wanted = select(SyncRefusal).where(SyncRefusal.run_id == run.id).order_by(SyncRefusal.position)
    rows = list(await session.scalars(wanted.limit(paging.size).offset(paging.offset)))
    return Paged(rows, run.refused, paging)


async def standing_still(session: AsyncSession, *, now: datetime) -> list[UUID]:
    """Return the runs that wait or are under way and have not moved for STANDS_STILL: whoever did them is lost."""
    still = select(SyncRun.id).where(
        SyncRun.state.in_((RunState.WAITING, RunState.RUNNING)), SyncRun.moved_at < now - STANDS_STILL
    )
    return list(await session.scalars(still.order_by(SyncRun.moved_at)))
