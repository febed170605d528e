"""Records written in bulk: digests first, then only what is new or changed, a transaction for each few thousand.

A batch is committed whole or not at all, and a record that stands is known by its digest: a load that was cut off is
simply run again. Loading the same twice changes nothing.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground import audit
from app.ground.audit import By
from app.ground.db import stable_id
from app.ground.i18n import Message, Said, _, say
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.trials.actions import rows
from app.trials.actions.copying import copy
from app.trials.actions.joining import Naming, choose_leads, trials_for
from app.trials.actions.noting import note_touched
from app.trials.models import RecordNumber, RecordSite
from app.trials.record import Record
from app.trials.written import as_json, digest

BATCH = 5_000
# Seeing a record again is noted once a day: an unchanged load would otherwise rewrite every row.
SEEN_AGAIN_AFTER = timedelta(days=1)
# Two loads must not give two ids to one record; the number is this product's own.
LOADING_LOCK = 1_518_221_104
TWICE = _("%(number)s stands twice with different content; the first is taken.")

ARRIVING = "CREATE TEMP TABLE IF NOT EXISTS trial_arriving (source text, number text, digest text) ON COMMIT DROP"
STAGE = "CREATE TEMP TABLE IF NOT EXISTS trial_record_stage (LIKE trial_record) ON COMMIT DROP"
# A batch is a small part of the table: its index is asked, and the table not read through for every batch.
BY_INDEX = text("SET LOCAL random_page_cost = 1.1")
DIFFERING = text("""
    SELECT a.number, a.source, r.id, r.trial_id, r.version, r.updated_on, r.apart,
        r.digest IS NOT DISTINCT FROM a.digest AS same
    FROM trial_arriving a LEFT JOIN trial_record r USING (source, number)
    WHERE r.digest IS DISTINCT FROM a.digest OR r.last_seen_at < :before
""")
SEEN_AGAIN = text("UPDATE trial_record SET last_seen_at = :now WHERE id = ANY(:ids)")
FROM_STAGE = text(f"""
    INSERT INTO trial_record ({", ".join(rows.RECORD)}) SELECT {", ".join(rows.RECORD)} FROM trial_record_stage
    ON CONFLICT (source, number) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in rows.REPLACED)}
""")  # noqa: S608 - the names are our own columns


@dataclass(frozen=True)
class Incoming:
    """A record that a file or a registry gave, its digest, its JSON, and where it stood."""

    record: Record
    digest: str
    content: str
    place: Said | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one record: who handed it over, and its number."""
        return self.record.source, self.record.number


@dataclass(frozen=True)
class Refusal:
    """What was not taken: where it stood, why, and the beginning of its text."""

    place: Said | None
    reason: Message | Said
    raw: str = ""


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


def incoming(record: Record, place: Said | None = None) -> Incoming:
    """Return a record with its digest, ready to be loaded."""
    return Incoming(record, digest(record), as_json(record).decode(), place)


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

    A number that stands twice is taken once; the second with other content is refused. An older version than the one
    stored, by the source's own dates, is left alone. Raises what the database raises; batches before it stand.
    """
    total, seen, left = Loaded(), dict[tuple[str, str], str](), iter(entries)
    while batch := await asyncio.to_thread(_next, left):
        done, wanted = _once(batch, seen)
        if wanted:
            async with sessions.begin() as session:
                await stand_as(session, SERVICE)
                done.add(await load_batch(session, wanted, by=by, now=now, demo=demo))
        total.add(done)
        told(total)
    return total


def _next(entries: Iterator[Incoming | Refusal]) -> list[Incoming | Refusal]:
    return list(islice(entries, BATCH))


def _once(batch: list[Incoming | Refusal], seen: dict[tuple[str, str], str]) -> tuple[Loaded, list[Incoming]]:
    """Leave out what was refused and what stood before in the same load."""
    done, wanted = Loaded(), []
    for one in batch:
        if isinstance(one, Refusal):
            done.refused.append(one)
        elif (before := seen.setdefault(one.key, one.digest)) is one.digest:
            wanted.append(one)
        elif before == one.digest:
            done.same += 1
        else:
            done.refused.append(Refusal(one.place, say(TWICE, number=one.record.number)))
    return done, wanted


async def load_batch(
    session: AsyncSession, batch: list[Incoming], *, by: By, now: datetime, demo: bool = False
) -> Loaded:
    """Write one batch of different records in the caller's transaction."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOADING_LOCK})
    differing = await _differing(session, batch, now=now)
    by_key = {one.key: one for one in batch} if differing else {}
    done = Loaded(same=len(batch) - len(differing))
    standing: list[tuple[Incoming, Any]] = []
    for row in differing:
        one = by_key[(row.source, row.number)]
        if _is_older(one.record, row.updated_on):
            done.older += 1
        else:
            standing.append((one, row))
            done.new += row.id is None
            done.changed += row.id is not None
    if standing:
        await _write(session, standing, by=by, now=now, demo=demo)
        subject = stable_id("trial_source", batch[0].record.source)
        audit.record(session, "trials.loaded", subject=subject, by=by, now=now, new=done.new, changed=done.changed)
    return done


async def _differing(session: AsyncSession, batch: list[Incoming], *, now: datetime) -> list[Any]:
    await session.execute(text(ARRIVING))
    await session.execute(text("TRUNCATE trial_arriving"))
    await copy(session, "trial_arriving", ("source", "number", "digest"), [(*one.key, one.digest) for one in batch])
    await session.execute(BY_INDEX)
    found = list(await session.execute(DIFFERING, {"before": now - SEEN_AGAIN_AFTER}))
    if again := [row.id for row in found if row.same]:
        await session.execute(SEEN_AGAIN, {"now": now, "ids": again})
    return [row for row in found if not row.same]


def _is_older(record: Record, stored: Any) -> bool:
    """Say whether the source dates a record before the version that is stored; without two dates nothing is older."""
    said = rows.day_in(record.updated)
    return said is not None and stored is not None and said < stored


async def _write(
    session: AsyncSession, standing: list[tuple[Incoming, Any]], *, by: By, now: datetime, demo: bool
) -> None:
    fresh = iter(sorted(uuid4() for _one in standing))  # in their order, so that indexes are written page by page
    ids: list[UUID] = [row.id or next(fresh) for _one, row in standing]
    read = [
        Naming(key, [] if row.apart else rows.names_of(one.record), row.trial_id)
        for key, (one, row) in zip(ids, standing, strict=True)
    ]
    trials = await trials_for(session, read, by=by, now=now)
    written = [
        rows.Written(
            one.record,
            one.digest,
            one.content,
            key,
            trials.of[key],
            (row.version or 0) + 1,
            trials.of[key] not in trials.shared,
        )
        for key, (one, row) in zip(ids, standing, strict=True)
    ]
    if changed := [one.id for one in written if one.version > 1]:
        await session.execute(delete(RecordNumber).where(RecordNumber.record_id.in_(changed)))
        await session.execute(delete(RecordSite).where(RecordSite.record_id.in_(changed)))
    fresh_rows = [rows.record_row(one, now=now, demo=demo) for one in written if one.version == 1]
    await copy(session, "trial_record", rows.RECORD, fresh_rows)
    if changed:
        await _replace(session, [rows.record_row(one, now=now, demo=demo) for one in written if one.version > 1])
    await copy(session, "record_version", rows.VERSION, (rows.version_row(one, now=now) for one in written))
    await copy(session, "record_number", rows.NUMBER, (row for one in written for row in rows.number_rows(one)))
    await copy(session, "record_site", rows.SITE, (row for one in written for row in rows.site_rows(one)))
    await choose_leads(session, trials.shared)
    await note_touched(session, {*trials.of.values(), *trials.emptied})


async def _replace(session: AsyncSession, changed: rows.Rows) -> None:
    await session.execute(text(STAGE))
    await session.execute(text("TRUNCATE trial_record_stage"))
    await copy(session, "trial_record_stage", rows.RECORD, changed)
    await session.execute(FROM_STAGE)
