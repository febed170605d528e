"""A file that was handed in, as a source: read from its beginning, what is stored already is passed over."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Iterator
from itertools import islice
from typing import IO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.i18n import _, say
from app.trials.actions.arriving import Refusal
from app.trials.models import SyncChunk
from app.trials.reading.files import Repeated, records_in
from app.trials.reading.found import Found
from app.trials.sync.registry import Cursor, Entry, Portion, Transaction, arrived

BATCH = 1_000
FORGOTTEN = _("The file is no longer kept. Hand it in again.")


async def portions_of_file(transaction: Transaction, run_id: UUID, cursor: Cursor) -> AsyncGenerator[Portion, None]:
    """Yield the records of a file from the entry on that the cursor names; the last portion is the end of it."""
    with tempfile.TemporaryFile() as file:
        async with transaction() as session:
            size = await _poured(session, run_id, file)
        if not size:
            refusal = Refusal(None, FORGOTTEN)
            yield Portion(cursor, (refusal,), finished=True)
            return
        file.seek(0)
        entries = records_in(file)
        done = int(cursor.get("entries", 0))
        await asyncio.to_thread(_passed_over, entries, done)
        while found := await asyncio.to_thread(_next, entries):
            done += len(found)
            kept = tuple(_entry(one) for one in found if not isinstance(one.problem, Repeated))
            here = min(size, await asyncio.to_thread(file.tell))
            yield Portion({"entries": done}, kept, len(found) - len(kept), passed=here, expected=size)
        yield Portion({"entries": done}, passed=size, expected=size, finished=True)


async def _poured(session: AsyncSession, run_id: UUID, file: IO[bytes]) -> int:
    pieces = await session.stream_scalars(
        select(SyncChunk.content).where(SyncChunk.run_id == run_id).order_by(SyncChunk.position)
    )
    size = 0
    async for piece in pieces:
        size += await asyncio.to_thread(file.write, piece)
    return size


def _passed_over(entries: Iterator[Found], number: int) -> None:
    for _found in islice(entries, number):
        pass


def _next(entries: Iterator[Found]) -> list[Found]:
    return list(islice(entries, BATCH))


def _entry(found: Found) -> Entry:
    if found.record is not None:
        return arrived(found.record, found.place)
    assert found.problem is not None  # noqa: S101  # one of the two is always there
    return Refusal(found.place, say(found.problem.message, **found.problem.details), found.raw)
