"""Records written in bulk: digests first, then only what is new or changed, a transaction for each few thousand.

A batch is committed whole or not at all, and a record that stands is known by its digest: a load that was cut off is
simply run again. Loading the same twice changes nothing.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground import audit
from app.ground.audit import By
from app.ground.db import stable_id
from app.ground.i18n import say
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.trials.actions import rows
from app.trials.actions.arriving import Incoming, Refusal, said_of
from app.trials.actions.copying import copy
from app.trials.actions.joining import choose_leads, trials_for
from app.trials.actions.keys import fresh_keys
from app.trials.actions.noting import note_touched
from app.trials.models import RecordNumber, RecordSite
from app.trials.reading.files import TWICE_DIFFERENT
from app.trials.rules.days import is_before

BATCH = 5_000
# Seeing a record again is noted once a day: an unchanged load would otherwise rewrite every row.
SEEN_AGAIN_AFTER = timedelta(days=1)
# Two loads must not give two ids to one record; the number is this product's own.
LOADING_LOCK = 1_518_221_104

STAGE = "CREATE TEMP TABLE IF NOT EXISTS trial_record_stage (LIKE trial_record) ON COMMIT DROP"
# A batch is a small part of the table: its index is asked, and the table not read through for every batch.
ALONE_BY_INDEX = text("SELECT pg_advisory_xact_lock(:lock), set_config('random_page_cost', '1.1', true)")
DIFFERING = text("""
    SELECT a.place, r.id, r.trial_id, r.version, r.updated_on, r.apart, r.digest IS NOT DISTINCT FROM a.digest AS same
    FROM unnest(CAST(:numbers AS text[]), CAST(:digests AS text[])) WITH ORDINALITY AS a(number, digest, place)
    LEFT JOIN trial_record r ON r.source = :source AND r.number = a.number
    WHERE r.digest IS DISTINCT FROM a.digest OR r.last_seen_at < :before
""")
SEEN_AGAIN = text("UPDATE trial_record SET last_seen_at = :now WHERE id = ANY(:ids)")
FROM_STAGE = text(f"""
    INSERT INTO trial_record ({", ".join(rows.RECORD)}) SELECT {", ".join(rows.RECORD)} FROM trial_record_stage
    ON CONFLICT (source, number) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in rows.REPLACED)}
""")  # noqa: S608 - the names are our own columns
# What was seen of each record in one load: its digest, and the source's own date of it.
Seen = dict[tuple[str, str], tuple[str, date | None]]
# A record that arrives, and the row that is stored of it.
Stored = tuple[Incoming, Any]


@dataclass
class Loaded:
    """What a load did; `older` were left alone because a newer version of them is stored."""

    new: int = 0
    changed: int = 0
    same: int = 0
    older: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many entries were looked at."""
        return self.new + self.changed + self.same + self.older + len(self.refused)

    def add(self, other: "Loaded") -> None:
        """Count what another load did as well."""
        for name in ("new", "changed", "same", "older"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.refused += other.refused


async def load(
    sessions: async_sessionmaker[AsyncSession],
    entries: Iterable[Incoming | Refusal],
    *,
    by: By,
    now: datetime,
    demo: bool = False,
    told: Callable[[Loaded], None] = lambda _so_far: None,
) -> Loaded:
    """Write the records among entries that are new or changed; `told` hears the counts after each batch.

    The next entries are read in a thread while a batch is written. What stands twice is taken once, see `once`. An
    older version than the one stored, by the source's own dates, is left alone. Raises what reading the entries or the
    database raises; batches before it stand.
    """
    total, seen, left = Loaded(), Seen(), iter(entries)
    reading = _read_on(left, seen)
    try:
        while batch := await reading:
            reading = _read_on(left, seen)
            done, wanted = batch
            if wanted:
                async with sessions.begin() as session:
                    await stand_as(session, SERVICE)
                    done.add(await load_batch(session, wanted, by=by, now=now, demo=demo))
            total.add(done)
            told(total)
    finally:
        # Whoever opened the file closes it after this: nobody may be reading it then.
        await asyncio.wait([reading])
    return total


def _read_on(entries: Iterator[Incoming | Refusal], seen: Seen) -> asyncio.Task[tuple[Loaded, list[Incoming]] | None]:
    def read() -> tuple[Loaded, list[Incoming]] | None:
        batch = list(islice(entries, BATCH))
        return once(batch, seen) if batch else None

    return asyncio.create_task(asyncio.to_thread(read))


def once(entries: Iterable[Incoming | Refusal], seen: Seen) -> tuple[Loaded, list[Incoming]]:
    """Count what was refused, and take what stands twice in one load once; returns the counts and what is to be loaded.

    In the same words, the second is the same. In other words, the one that its source dates later is taken; where it
    does not say, the first, and the second is refused. `seen` goes from batch to batch.
    """
    done, wanted = Loaded(), dict[tuple[str, str], Incoming]()
    for one in entries:
        if isinstance(one, Refusal):
            done.refused.append(one)
            continue
        key = one.source, one.number
        before = seen.get(key)
        if before is None:
            seen[key], wanted[key] = (one.digest, one.updated), one
            continue
        digest, updated = before
        if is_before(updated, one.updated):
            done.older += key in wanted
            seen[key], wanted[key] = (one.digest, one.updated), one
        elif digest == one.digest:
            done.same += 1
        elif is_before(one.updated, updated):
            done.older += 1
        else:
            done.refused.append(Refusal(one.place, say(TWICE_DIFFERENT, number=one.number), said_of(one)))
    return done, list(wanted.values())


async def load_batch(
    session: AsyncSession, batch: Sequence[Incoming], *, by: By, now: datetime, demo: bool = False
) -> Loaded:
    """Write one batch of different records in the caller's transaction."""
    await session.execute(ALONE_BY_INDEX, {"lock": LOADING_LOCK})
    new, differing = await _differing(session, batch, now=now)
    changed = [(one, row) for one, row in differing if not is_before(one.updated, row.updated_on)]
    older = len(differing) - len(changed)
    done = Loaded(len(new), len(changed), len(batch) - len(new) - len(differing), older)
    if new or changed:
        await _write(session, new, changed, by=by, now=now, demo=demo)
        subject = stable_id("trial_source", batch[0].source)
        audit.record(session, "trials.loaded", subject=subject, by=by, now=now, new=done.new, changed=done.changed)
    return done


async def _differing(
    session: AsyncSession, batch: Sequence[Incoming], *, now: datetime
) -> tuple[list[Incoming], list[Stored]]:
    """Return what is new, and what has another digest than what is stored, beside what is stored."""
    new, differing, again = list[Incoming](), list[Stored](), list[UUID]()
    for source in sorted({one.source for one in batch}):
        given = [one for one in batch if one.source == source]
        said = {"numbers": [one.number for one in given], "digests": [one.digest for one in given]}
        before = now - SEEN_AGAIN_AFTER
        for row in await session.execute(DIFFERING, said | {"source": source, "before": before}):
            if row.id is None:
                new.append(given[row.place - 1])
            elif row.same:
                again.append(row.id)
            else:
                differing.append((given[row.place - 1], row))
    if again:
        await session.execute(SEEN_AGAIN, {"now": now, "ids": again})
    return new, differing


async def _write(
    session: AsyncSession, new: list[Incoming], changed: list[Stored], *, by: By, now: datetime, demo: bool
) -> None:
    keys = fresh_keys(len(new), now)
    names = {key: one.names for key, one in zip(keys, new, strict=True)}
    names |= {row.id: () if row.apart else one.names for one, row in changed}
    former = {row.id: row.trial_id for _one, row in changed}
    trials = await trials_for(session, names, former, by=by, now=now)
    written = [(key, 1, one) for key, one in zip(keys, new, strict=True)]
    written += [(row.id, row.version + 1, one) for one, row in changed]

    def as_row(key: UUID, version: int, one: Incoming) -> rows.Row:
        trial = trials.of[key]
        return (key, trial, one.digest, version, now, now, now, trial not in trials.shared, False, demo, *one.stated)

    await copy(session, "trial_record", rows.RECORD, (as_row(*one) for one in written[: len(new)]))
    if changed:
        await _replace(session, [as_row(*one) for one in written[len(new) :]])
    versions = ((key, version, one.digest, now, one.content) for key, version, one in written)
    numbers = ((key, *name) for key, _version, one in written for name in one.names.items())
    sites = ((key, *site) for key, _version, one in written for site in one.sites)
    await copy(session, "record_version", rows.VERSION, versions)
    await copy(session, "record_number", rows.NUMBER, numbers)
    await copy(session, "record_site", rows.SITE, sites)
    await choose_leads(session, trials.shared)
    await note_touched(session, {*trials.of.values(), *trials.emptied})


async def _replace(session: AsyncSession, changed: list[rows.Row]) -> None:
    """Take away what the former versions named, and write the new ones over them."""
    ids = [row[0] for row in changed]
    await session.execute(delete(RecordNumber).where(RecordNumber.record_id.in_(ids)))
    await session.execute(delete(RecordSite).where(RecordSite.record_id.in_(ids)))
    await session.execute(text(STAGE))
    await session.execute(text("TRUNCATE trial_record_stage"))
    await copy(session, "trial_record_stage", rows.RECORD, changed)
    await session.execute(FROM_STAGE)
