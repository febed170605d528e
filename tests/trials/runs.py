"""What tests of runs share: a service on a database of its own beside the practice registry, in no hurry to be polite."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, text

from app.identity.rules import SERVICE
from app.jobs.registry import Work
from app.trials.actions import running
from app.trials.actions.dropping import drop_file
from app.trials.models import Source, SourceState, SyncRefusal, SyncRun, TrialRecord
from app.trials.sync.running import do_run

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@dataclass
class Runs:
    """Ask for runs as the operator and do them at once, as a worker would."""

    work: Work

    async def sync(self, source: Source = Source.CTGOV) -> SyncRun:
        async with self.work.transaction() as session:
            run = await running.ask_sync(session, source, settings=self.work.settings, by=SERVICE, now=NOW)
        return await self.do(run.id)

    async def record(self, number: str, *, english: bool = False) -> SyncRun:
        async with self.work.transaction() as session:
            run = await running.ask_record(
                session, number, settings=self.work.settings, by=SERVICE, now=NOW, english=english
            )
        return await self.do(run.id)

    async def file(self, content: bytes, name: str = "export.csv", *, piece: int = 1000) -> SyncRun:
        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(content), piece):
                yield content[start : start + piece]

        async with self.work.transaction() as session:
            run = await drop_file(session, name, pieces(), by=SERVICE, now=NOW)
        return await self.do(run.id)

    async def do(self, run_id: UUID) -> SyncRun:
        await do_run(self.work.transaction, self.work.settings, run_id, clock=lambda: NOW)
        return await self.get(run_id)

    async def get(self, run_id: UUID) -> SyncRun:
        async with self.work.transaction() as session:
            return (await session.scalars(select(SyncRun).where(SyncRun.id == run_id))).one()

    async def state(self, source: Source = Source.CTGOV) -> SourceState:
        async with self.work.transaction() as session:
            return (await session.scalars(select(SourceState).where(SourceState.source == source))).one()

    async def refusals(self, run: SyncRun) -> list[SyncRefusal]:
        async with self.work.transaction() as session:
            wanted = select(SyncRefusal).where(SyncRefusal.run_id == run.id).order_by(SyncRefusal.position)
            return list(await session.scalars(wanted))

    async def numbers(self, source: Source = Source.CTGOV) -> dict[str, TrialRecord]:
        async with self.work.transaction() as session:
            found = await session.scalars(select(TrialRecord).where(TrialRecord.source == source))
            return {record.number: record for record in found}

    async def later(self) -> None:
        """Let the time pass that a registry has asked for, and the day for which a page is kept."""
        async with self.work.transaction() as session:
            await session.execute(text("UPDATE registry_turn SET free_at = clock_timestamp()"))
            await session.execute(text("UPDATE registry_page SET read_at = read_at - interval '2 days'"))

    async def rows(self, table: str) -> int:
        async with self.work.transaction() as session:
            return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


def counted(run: SyncRun) -> tuple[int, int, int, int, int]:
    """New, changed, same, older, refused."""
    return run.new, run.changed, run.same, run.older, run.refused
