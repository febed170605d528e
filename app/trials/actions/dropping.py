"""A file that somebody hands in: kept in pieces until it has been read, then forgotten."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.errors import NotAllowed, Unacceptable
from app.ground.i18n import _
from app.ground.queue import enqueue
from app.identity.rules import Actor
from app.trials.actions.copying import copy
from app.trials.actions.running import may_run
from app.trials.errors import FileTooLarge
from app.trials.models import RunKind, RunState, SyncChunk, SyncRun

LARGEST_FILE = 200 * 1024 * 1024
LONGEST_NAME = 200
# A file that nobody could read is not kept for ever: it may hold names and addresses of people.
KEPT = timedelta(days=7)
EMPTY = _("The file is empty.")


async def drop_file(
    session: AsyncSession, name: str, pieces: AsyncIterator[bytes], *, by: Actor, now: datetime
) -> SyncRun:
    """Keep a file and have its records brought in; return the run.

    Raises NotAllowed, FileTooLarge before more than LARGEST_FILE bytes are kept, Unacceptable under `file` for an
    empty one. What is wrong within the file is said by the run.
    """
    if not may_run(by):
        raise NotAllowed
    shown = "".join(sign for sign in name if sign.isprintable())[:LONGEST_NAME] or "-"
    run = SyncRun(
        kind=RunKind.FILE, state=RunState.WAITING, name=shown, asked_at=now, asked_by_id=by.person_id, moved_at=now
    )
    session.add(run)
    await session.flush()
    run.expected = await _keep(session, run.id, pieces)
    audit.record(session, "file.handed_in", subject=run.id, by=by, now=now, bytes=run.expected)
    await enqueue(session, "run_sync", run_id=str(run.id))
    return run


async def _keep(session: AsyncSession, run_id: UUID, pieces: AsyncIterator[bytes]) -> int:
    size = position = 0
    async for piece in pieces:
        size += len(piece)
        if size > LARGEST_FILE:
            raise FileTooLarge(most=LARGEST_FILE // 1024**2)
        if piece:
            await copy(session, "sync_chunk", ("run_id", "position", "content"), [(run_id, position, piece)])
            position += 1
    if not size:
        raise Unacceptable({"file": EMPTY})
    return size


async def forget_file(session: AsyncSession, run_id: UUID) -> None:
    """Forget what a run's file held; its name and its counts stay."""
    await session.execute(delete(SyncChunk).where(SyncChunk.run_id == run_id))


async def forget_old_files(session: AsyncSession, *, now: datetime) -> None:
    """Forget the files that nobody could read within KEPT."""
    old = select(SyncRun.id).where(SyncRun.kind == RunKind.FILE, SyncRun.asked_at < now - KEPT)
    await session.execute(delete(SyncChunk).where(SyncChunk.run_id.in_(old)))
