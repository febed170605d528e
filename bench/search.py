"""Search over trial records at 15,000, 60,000 and 240,000, beside Tantivy over the same records and queries.

Records are invented (bench/studies.py) and go through the service's own indexing; texts are prepared in two processes.
A query is the service's own `find`: the first page of 20 ranked trials with their records, one client, warm. Tantivy gets
pairs of characters and words made here, in their order, and gives its 20 best numbers and the exact number of hits. What
Tantivy finds must be among all that the service finds, or the run fails.
"""

import asyncio
import os
import random
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground import schema
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.seeding import SEED_DATA
from app.settings import Settings
from app.terms.seeding import load_official
from app.trials.actions.copying import copy
from app.trials.actions.indexing import write_documents
from app.trials.queries.hits import hits_of
from app.trials.queries.searching import Search, count, facets, find
from app.trials.rules.searching.documents import Document, document_of
from app.trials.rules.searching.vocabulary import Labels, labels_from
from bench.pages import a_server
from bench.rival import Rival
from bench.studies import (
    COMMON_EN,
    COMMON_JA,
    EVERYWHERE_EN,
    EVERYWHERE_JA,
    PHRASES_EN,
    World,
    a_study,
    a_world,
    code_of,
    drug_of,
    terms,
)

MOST = int(os.environ.get("BENCH_TRIALS", "240000"))
SIZES = tuple(dict.fromkeys(min(size, MOST) for size in (MOST // 16, MOST // 4, MOST)))
AT_ONCE, QUERIES, REPEATS = 4_000, 12, 5
SLOWEST = 50.0
Sessions = async_sessionmaker[AsyncSession]
Queries = dict[str, list[Search]]


@dataclass
class Maker:
    """What a process needs to prepare records, made once in each."""

    world: World
    labels: Labels


_maker: list[Maker] = []


def begin(most: int) -> None:
    """Make the words and the labels in a process."""
    _maker[:] = [Maker(a_world(most), labels_from(terms()))]


def prepared(numbers: range) -> list[tuple[int, Document]]:
    """Return the records of some numbers, ready to be written."""
    maker = _maker[0]
    return [(number, document_of([a_study(number, maker.world, MOST)], (), maker.labels)) for number in numbers]


def trial_of(number: int) -> UUID:
    """Return the id of a trial; it says its number."""
    return UUID(int=(number << 64) | 1)


@dataclass
class Spent:
    """Seconds of a part of the work."""

    waiting: float = 0.0
    writing: float = 0.0
    rival: float = 0.0
    index: float = 0.0


async def grow(sessions: Sessions, rival: Rival, first: int, last: int, pool: ProcessPoolExecutor) -> Spent:
    """Index the records from one number to another, in the service and beside it."""
    spent, made_with = Spent(), labels_from(terms()).digest
    parts = [range(at, min(at + AT_ONCE, last)) for at in range(first, last, AT_ONCE)]
    # No more than two portions ahead: they must not all stand in memory.
    waiting = [pool.submit(prepared, part) for part in parts[:3]]
    for ahead in range(3, len(parts) + 3):
        begun = perf_counter()
        made = await asyncio.wrap_future(waiting.pop(0))
        if ahead < len(parts):
            waiting.append(pool.submit(prepared, parts[ahead]))
        spent.waiting += perf_counter() - begun
        begun = perf_counter()
        async with sessions.begin() as session:
            await stand_as(session, SERVICE)
            await add_trials(session, made)
            await write_documents(session, {trial_of(number): one for number, one in made}, made_with)
        spent.writing += perf_counter() - begun
        spent.rival += rival.add(made)
    spent.rival += rival.commit()
    return spent


async def indexed(owner: asyncpg.Connection) -> float:
    """Make the indexes of words over everything that is there; return the seconds that it took."""
    begun = perf_counter()
    await owner.execute("SET maintenance_work_mem = '1GB'")
    await owner.execute("CREATE INDEX ix_trial_search_body ON trial_search USING gin (body)")
    await owner.execute("CREATE INDEX ix_trial_head_head ON trial_head USING gin (head)")
    return perf_counter() - begun


async def add_trials(session: AsyncSession, made: Sequence[tuple[int, Document]]) -> None:
    """Write the trials and their leading records, which lists show."""
    now = datetime.now(UTC)
    await session.execute(text("SELECT 1"))
    await copy(session, "trial", ("id", "created_at"), [(trial_of(number), now) for number, _one in made])
    columns = (
        "id", "trial_id", "source", "number", "scheme", "digest", "version", "first_seen_at", "changed_at", "last_seen_at",
        "registered_on", "title_en", "title_ja", "status", "phases", "modalities", "first_in_human", "decentralised",
        "leads", "apart", "demo",
    )  # fmt: skip
    rows = [
        (
            trial_of(number), trial_of(number), "ctgov", f"NCT{number:08}", "nct", "", 1, now, now, now, one.registered_on,
            "A trial", "試験", one.choices["status"][0], one.choices["phase"], [], False, False, True, False, False,
        )
        for number, one in made
    ]  # fmt: skip
    await copy(session, "trial_record", columns, rows)


def queries(world: World, size: int) -> Queries:
    """Return the queries by class, always the same for a size."""
    chance = random.Random(8)
    numbers = chance.sample(range(size), QUERIES)
    names = [label for _code, ja, _en in world.diseases for label in ja]
    rare = [noun for noun in world.nouns[6_000:] if len(noun) >= 3]
    two = [noun for noun in world.nouns[:300] if len(noun) == 2]
    phrases = [f'"{phrase}"' for phrase in PHRASES_EN]
    common = list(COMMON_JA)
    said: dict[str, list[str]] = {
        "a code": [code_of(number) for number in numbers],
        "Japanese name of a drug": [drug_of(number, MOST)[0] for number in numbers],
        "rare Japanese, 3 and more": chance.sample(rare, QUERIES),
        "Japanese, 2 characters": [*chance.sample(two, QUERIES - 3), "盲検", "有効", "生存"],
        "common Japanese, 3 and more": common,
        "in every record": [EVERYWHERE_JA, EVERYWHERE_EN, "患者"],
        "one character": [chance.choice(name) for name in chance.sample(world.nouns[:2_000], QUERIES)],
        "English word": [*COMMON_EN, *chance.sample(world.words[:3_000], QUERIES - len(COMMON_EN))],
        "English phrase": [*phrases, *(f'"{one[2][1]}"' for one in world.diseases if " " in one[2][1])][:QUERIES],
        "three words": [
            f"{chance.choice(common)} {chance.choice(list(COMMON_EN))} {chance.choice(names)}" for _ in range(QUERIES)
        ],
    }
    found = {kind: [Search.asked(q=one) for one in words] for kind, words in said.items()}
    picked = chance.sample(world.diseases, 6)
    found["a concept, in both languages"] = [Search.asked(q=one) for _c, ja, en in picked for one in (ja[0], en[0])]
    found["common words and choices"] = [
        Search.asked(q=word, prefecture=f"pref.{1 + at * 4:02}", phase="phase.2", status="recruiting" if at % 2 else "")
        for at, word in enumerate(common)
    ]
    found["choices alone"] = [
        Search.asked(prefecture=f"pref.{1 + at * 4:02}", year=str(2010 + at)) for at in range(8)
    ] + [Search.asked(area="area.oncology"), Search.asked(phase="phase.1"), Search.asked()]
    return found


@dataclass
class Times:
    """Milliseconds of many turns."""

    all: list[float] = field(default_factory=list)

    def at(self, share: float) -> float:
        """Return the time within which this share of the turns was done."""
        return sorted(self.all)[min(len(self.all) - 1, int(share * len(self.all)))]

    @property
    def middle(self) -> float:
        """Half of the turns were done within this time."""
        return statistics.median(self.all)


async def timed(turn: Callable[[], Awaitable[Any]]) -> float:
    """Return the milliseconds of one turn."""
    begun = perf_counter()
    await turn()
    return (perf_counter() - begun) * 1000


async def measured(session: AsyncSession, rival: Rival, asked: Queries) -> dict[str, tuple[Times, Times, Times, Times]]:
    """Return for each class the times of a page, of Tantivy's, of an exact count and of the facets, warm."""
    found = {}
    for kind, searches in asked.items():
        pages, others, counts, divided = Times(), Times(), Times(), Times()
        for search in searches:
            await find(session, search, page=1)
            for _ in range(REPEATS):
                pages.all.append(await timed(lambda s=search: find(session, s, page=1)))
                if rival.understands(search):
                    others.all.append(rival.milliseconds(search))
            counts.all.append(await timed(lambda s=search: count(session, s)))
            divided.all.append(await timed(lambda s=search: facets(session, s)))
        found[kind] = (pages, others, counts, divided)
    return found


async def missed(session: AsyncSession, rival: Rival, asked: Queries) -> Iterator[tuple[str, int, int, int]]:
    """Return for each class how many hits Tantivy has, how many the service has, and how many of the former it misses."""
    found = []
    for kind, searches in asked.items():
        theirs = ours = lost = 0
        for search in searches:
            if rival.understands(search):
                numbers = rival.all(search)
                hits = (await hits_of(session, search)).all()
                mine = {row.trial_id.int >> 64 for row in await session.execute(hits)}
                theirs, ours, lost = theirs + len(numbers), ours + len(mine), lost + len(numbers - mine)
        found.append((kind, theirs, ours, lost))
    return iter(found)


def show(
    size: int, spent: Spent, times: dict[str, tuple[Times, Times, Times, Times]], before: dict[str, float]
) -> None:
    """Print a table of one size."""
    print(
        f"\n{size:,} records; added in {spent.waiting + spent.writing:.0f} s, of which {spent.writing:.0f} s in the"
        f" database, and {spent.index:.0f} s for the index of words; Tantivy {spent.rival:.0f} s"
    )
    print(
        f"  {'':30} {'page p50':>9} {'p95 ms':>8} {'grown':>6} | {'Tantivy':>8} {'p95':>6} {'ratio':>6} | {'count':>7} {'facets':>7}"
    )
    for kind, (pages, others, counts, divided) in times.items():
        grown = f"{pages.at(0.95) / before[kind]:.1f}x" if kind in before else ""
        before[kind] = pages.at(0.95)
        rival = (
            f"{others.middle:8.2f} {others.at(0.95):6.2f} {pages.middle / others.middle:6.1f}"
            if others.all
            else " " * 22
        )
        print(
            f"  {kind:30} {pages.middle:9.1f} {pages.at(0.95):8.1f} {grown:>6} | {rival} |"
            f" {counts.at(0.95):7.1f} {divided.at(0.95):7.1f}"
        )


async def sizes(connection: asyncpg.Connection) -> str:
    """Return how much room the index takes, in MB."""
    names = ("trial_search", "ix_trial_search_body", "ix_trial_search_choices", "trial_head", "ix_trial_head_head")
    said = [
        f"{name} {await connection.fetchval('SELECT pg_total_relation_size($1::regclass)', name) >> 20}"
        for name in names
    ]
    return ", ".join(said)


async def measure(settings: Settings) -> None:
    """Grow from size to size and print each. Raises RuntimeError where a hit is missed or a page is too slow."""
    await schema.migrate(settings.owner_database_url or settings.database_url)
    owner = await asyncpg.connect(settings.owner_database_url)
    engine = engine_for(settings.database_url, role=SERVICE_ROLE)
    sessions, now, world, slow, before = sessions_for(engine), datetime.now(UTC), a_world(MOST), [], dict[str, float]()
    async with sessions.begin() as session:
        await stand_as(session, SERVICE)
        await load_official(session, SEED_DATA, now=now)
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2, initializer=begin, initargs=(MOST,)) as pool:
        rival, first = Rival(folder), 0
        for size in SIZES:
            await owner.execute("DROP INDEX ix_trial_search_body, ix_trial_head_head")
            spent = await grow(sessions, rival, first, size, pool)
            spent.index = await indexed(owner)
            await owner.execute("VACUUM ANALYZE trial_search, trial_head, trial_choice, trial_record, trial")
            asked = queries(world, size)
            async with sessions() as session:
                times = await measured(session, rival, asked)
                show(size, spent, times, before)
                for kind, theirs, ours, lost in await missed(session, rival, asked):
                    print(f"  {kind:30} hits: Tantivy {theirs:,}, ours {ours:,}, missed {lost}")
                    slow += [f"{kind}: {lost} hits missed at {size:,}"] if lost else []
            slow += [
                f"{kind}: {pages.at(0.95):.0f} ms" for kind, (pages, *_x) in times.items() if pages.at(0.95) > SLOWEST
            ]
            print("  on disk, MB:", await sizes(owner), "; Tantivy", rival.megabytes())
            first = size
    await owner.close()
    await engine.dispose()
    if slow:
        raise RuntimeError("; ".join(slow))


def main() -> None:
    """Measure with a server of its own."""
    with a_server() as settings:
        asyncio.run(measure(settings))


if __name__ == "__main__":
    main()
