"""Trial records in bulk: 100,000 of about 6 kB, against a bare COPY of the same JSON; then the same again, unchanged.

Bare COPY and load take turns, batch by batch, so that both meet the same disturbance. The load reads the columns out of
each record and writes them, the whole content as JSON, numbers and sites with all indexes and foreign keys; the bare COPY
one text column with default storage. The JSON and the digest of a record are known before, as they are after reading.
"""

import asyncio
import gc
import os
import random
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import IO

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground import schema
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.trials.actions import Incoming, Loaded, follow, incoming, load
from app.trials.actions.arriving import read_out
from app.trials.actions.loading import BATCH
from app.trials.reading.files import records_in
from app.trials.record import (
    Coded,
    Condition,
    Country,
    Day,
    Design,
    Eligibility,
    Number,
    Outcome,
    Party,
    Phases,
    Record,
    Site,
    Text,
)
from app.trials.written import as_json, digest_of
from bench.pages import a_server

RECORDS = int(os.environ.get("BENCH_RECORDS", "100000"))
MOST_SITES = 8
# Following up takes much longer than loading and is the same for each record: it is measured on the first of them.
FOLLOWED, IN_A_FILE = min(RECORDS, 10_000), min(RECORDS, 5_000)
SLOWEST, FASTEST = 0.5, 20.0
Sessions = async_sessionmaker[AsyncSession]
SIGNS = [chr(sign) for sign in range(0x4E00, 0x5A00)]
STATUSES = ("recruiting", "completed", "not_yet_recruiting", "terminated")


def words_of(chance: random.Random, count: int) -> str:
    """Return English-looking words."""
    return " ".join(f"{chance.choice(SYLLABLES)}{chance.choice(SYLLABLES)}" for _ in range(count))


SYLLABLES = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "lmnrst"]


def signs_of(chance: random.Random, count: int) -> str:
    """Return Japanese-looking text."""
    return "".join(chance.choices(SIGNS, k=count))


def a_record(number: int) -> Record:
    """Return an invented record of about 6 kB of JSON with up to eight sites; every hundredth names another one."""
    chance = random.Random(number)
    text = lambda signs, words: Text(signs_of(chance, signs), words_of(chance, words))  # noqa: E731
    named = (Number(f"NCT{number - 50:08}", "nct", f"NCT{number - 50:08}"),) if number % 100 == 99 else ()
    japan = Country(Text(None, "Japan"), "country.JP")
    return Record(
        source="ctgov",
        registry="nct",
        number=f"NCT{number:08}",
        address=f"https://registry.example/study/NCT{number:08}",
        registered=Day("2026-01-10", f"20{10 + number % 16}-{1 + number % 12:02}-{1 + number % 28:02}"),
        updated=Day("2026-02-01", "2026-02-01", "actual"),
        numbers=(Number(f"P-{number}", None, f"P-{number}"), *named),
        sponsor=Party(text(10, 3)),
        public_title=text(30, 10),
        scientific_title=text(50, 15),
        countries=(japan,),
        conditions=(Condition(text(8, 2)), Condition(text(8, 2))),
        eligibility=Eligibility(text(100, 30), text(100, 30)),
        design=Design(kind=Coded(Text(None, "INTERVENTIONAL"), "interventional"),
                      phase=Phases(Text(None, "PHASE2"), ("phase.2",))),
        status=Coded(Text(None, "x"), STATUSES[number % len(STATUSES)]),
        primary_outcomes=(Outcome(text(30, 10), text(5, 3)),),
        secondary_outcomes=(Outcome(text(30, 10), text(5, 3)), Outcome(text(30, 10), text(5, 3))),
        summary=text(100, 30),
        sites=tuple(
            Site(place, text(10, 3), city="x", country=japan, prefecture=f"pref.{1 + chance.randrange(47):02}")
            for place in range(1, 1 + number % MOST_SITES)
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Ready:
    """A record as a reader leaves it: with its JSON and digest."""

    record: Record
    content: str
    digest: str


def batches() -> Iterator[list[Ready]]:
    """Make the records batch by batch, so that they do not all stand in memory."""
    for first in range(0, RECORDS, BATCH):
        yield [ready(a_record(number)) for number in range(first, min(first + BATCH, RECORDS))]


def ready(record: Record) -> Ready:
    """Return a record as a reader leaves it."""
    content = as_json(record)
    return Ready(record, content.decode(), digest_of(record, content))


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    """Return how long something took.

    What was made before for the measurement alone is kept out of the garbage collector's way: readers hold one record.
    """
    gc.collect()
    gc.freeze()
    begun = perf_counter()
    await work()
    took = perf_counter() - begun
    gc.unfreeze()
    return took


async def first_load(sessions: Sessions, bare: asyncpg.Connection, now: datetime) -> None:
    """Load everything for the first time beside the bare COPY, then unchanged; print the ratios."""
    copied = loaded = 0.0
    size, known = 0, list[Incoming]()
    for batch in batches():
        lines = [(one.content,) for one in batch]
        size += sum(len(line.encode()) for (line,) in lines)
        copied += await seconds(lambda lines=lines: bare.copy_records_to_table("bare", records=lines, columns=["line"]))
        loaded += await seconds(lambda batch=batch: load(sessions, read_outs(batch), by=SERVICE, now=now))
        known += [Incoming("ctgov", one.record.number, one.digest, "", None, {}, (), ()) for one in batch]
        if len(known) == FOLLOWED:
            followed = await seconds(lambda: follow_all(sessions))
            print(
                f"the first {FOLLOWED:,} with links to institutions and the search index ready: {loaded + followed:.1f} s,"
                f" {copied / (loaded + followed):.3f} of the speed of the bare COPY (without: {copied / loaded:.2f})"
            )
    print(
        f"{RECORDS:,} records of {size / RECORDS / 1000:.1f} kB: bare COPY {copied:.1f} s, load {loaded:.1f} s:"
        f" {copied / loaded:.2f} of its speed (at least {SLOWEST})"
    )
    again = await seconds(lambda: unchanged(sessions, known, now))
    later = await seconds(lambda: unchanged(sessions, known, now + timedelta(days=2)))
    print(
        f"unchanged again: {again:.2f} s, {loaded / again:.0f} times as fast as the first (at least {FASTEST:.0f});"
        f" two days later, each noted as seen again: {later:.2f} s, {loaded / later:.0f} times"
    )


async def follow_all(sessions: Sessions) -> None:
    """Follow up all that was touched, as the worker does."""
    taken = 1
    while taken:
        async with sessions.begin() as session:
            await stand_as(session, SERVICE)
            taken = await follow(session)


async def from_a_file(sessions: Sessions, now: datetime) -> None:
    """Load a file of ClinicalTrials.gov JSON twice, reading and digests included; print how long it took."""
    with tempfile.TemporaryFile() as file:
        file.writelines(a_study(number) + b"\n" for number in range(IN_A_FILE))
        size = file.tell()
        reading = await seconds(lambda: asyncio.to_thread(lambda: deque(entries_of(file), maxlen=0)))
        first = await seconds(lambda: load(sessions, entries_of(file), by=SERVICE, now=now))
        again = await seconds(lambda: load(sessions, entries_of(file), by=SERVICE, now=now))
    print(
        f"{IN_A_FILE:,} studies in a file, {size / IN_A_FILE / 1000:.1f} kB each: reading and digests alone {reading:.1f} s,"
        f" with storing {first:.1f} s, the same file again, unchanged, {again:.1f} s"
    )


def entries_of(file: IO[bytes]) -> Iterator[Incoming]:
    """Read a file from its beginning, as an import does. Raises RuntimeError for anything that is refused."""
    file.seek(0)
    for found in records_in(file):
        if found.record is None:
            raise RuntimeError(found.problem)
        yield incoming(found.record, found.place)


def a_study(number: int) -> bytes:
    """Return an invented record as ClinicalTrials.gov would give it; it has its words in both languages side by side."""
    record = a_record(number)
    both = lambda text: f"{text.ja} {text.en}"  # noqa: E731
    criteria = f"Inclusion: {both(record.eligibility.inclusion)}\n\nExclusion: {both(record.eligibility.exclusion)}"
    outcomes = [{"measure": both(one.measure), "timeFrame": both(one.time_frame)} for one in record.secondary_outcomes]
    sites = [{"facility": both(one.facility), "city": "Tokyo", "country": "Japan"} for one in record.sites]
    modules = {
        "identificationModule": {
            "nctId": f"NCT9{number:07}", "briefTitle": both(record.public_title),
            "officialTitle": both(record.scientific_title), "orgStudyIdInfo": {"id": f"F-{number}"},
        },
        "statusModule": {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": "2026-02-01"}},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": f"{SYLLABLES[number % len(SYLLABLES)]} University"}},
        "descriptionModule": {"briefSummary": both(record.summary)},
        "conditionsModule": {"conditions": [both(one.name) for one in record.conditions]},
        "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"]},
        "eligibilityModule": {"eligibilityCriteria": criteria, "sex": "ALL", "minimumAge": "18 Years"},
        "outcomesModule": {"primaryOutcomes": outcomes[:1], "secondaryOutcomes": outcomes},
        "contactsLocationsModule": {"locations": sites},
    }  # fmt: skip
    return orjson.dumps({"protocolSection": modules})


def read_outs(batch: list[Ready]) -> Iterator[Incoming]:
    """Read out each record when the load asks for it."""
    return (read_out(one.record, one.content, one.digest) for one in batch)


async def unchanged(sessions: Sessions, known: list[Incoming], now: datetime) -> None:
    """Load what is known already. Raises RuntimeError where anything changed."""
    done: Loaded = await load(sessions, known, by=SERVICE, now=now)
    if done.same != RECORDS:
        raise RuntimeError(f"{done.same} of {RECORDS} were recognised")


async def measure(owner_url: str, service_url: str) -> None:
    """Measure on an empty database."""
    await schema.migrate(owner_url)
    bare = await asyncpg.connect(owner_url)
    await bare.execute("CREATE TABLE bare (line text)")
    engine = engine_for(service_url, role=SERVICE_ROLE)
    try:
        sessions, now = sessions_for(engine), datetime.now(UTC)
        await first_load(sessions, bare, now)
        sizes = await bare.fetchrow(
            "SELECT pg_total_relation_size('bare') / 1048576 AS bare, pg_total_relation_size('record_version') / 1048576"
            " AS versions, pg_total_relation_size('trial_record') / 1048576 AS records,"
            " pg_total_relation_size('record_site') / 1048576 AS sites"
        )
        print("on disk, MB:", ", ".join(f"{name} {value}" for name, value in sizes.items()))
        await from_a_file(sessions, now)
    finally:
        await engine.dispose()
        await bare.close()


def main() -> None:
    """Measure with a server of its own."""
    with a_server() as settings:
        asyncio.run(measure(settings.owner_database_url or settings.database_url, settings.database_url))


if __name__ == "__main__":
    main()
