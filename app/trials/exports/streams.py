"""A whole result as a file, written batch by batch: what is held in memory does not grow with the result.

Between two batches the transaction ends and the connection goes back, so that a reader with a slow line holds none.
A trial that changes meanwhile stands in the file as it is when its batch is read.
"""

from asyncio import to_thread
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground.formats import pick
from app.ground.i18n import Locale
from app.terms.models import Vocabulary
from app.terms.queries import concepts_of
from app.trials.exports import lines, short
from app.trials.exports.contents import codes_of, conditions_of, linked_in, readings_of
from app.trials.exports.fhir import Known, study
from app.trials.exports.r5_parts import Json
from app.trials.queries import Listed
from app.trials.queries.links import institution_codes_of, institutions_of
from app.trials.queries.searching import Search, every

Sessions = async_sessionmaker[AsyncSession]
# Whole documents are larger than lines, some of them a hundred kilobytes.
LINES_AT_ONCE = 500
DOCUMENTS_AT_ONCE = 50


@dataclass(frozen=True)
class Wanted:
    """What is taken away: the hits of a search, from which service (its address), at which moment."""

    search: Search
    base: str
    now: datetime

    @property
    def address(self) -> str:
        """The address of the page that shows the same trials."""
        return f"{self.base}/trials?{self.search.address()}".rstrip("?")


async def csv_file(
    sessions: Sessions, wanted: Wanted, locale: Locale, *, at_once: int = LINES_AT_ONCE
) -> AsyncIterator[bytes]:
    """Yield the result as CSV: headings and our words in a language, a line a trial."""
    async with sessions() as session:
        terms = await _terms(session, locale)
        yield lines.heading(locale).encode()

        async def written(rows: list[Listed]) -> bytes:
            conditions = await conditions_of(session, [row.lead.id for row in rows])
            linked = await institutions_of(session, [row.lead.trial_id for row in rows])
            hospitals = {trial: [pick(one, locale)[0] for one in many] for trial, many in linked.items()}
            return lines.lines(rows, lines.Names(locale, terms, conditions, hospitals)).encode()

        async for part in _each(session, wanted, written, at_once):
            yield part


async def json_file(sessions: Sessions, wanted: Wanted, *, at_once: int = LINES_AT_ONCE) -> AsyncIterator[bytes]:
    """Yield the result as one JSON object: the sources with their terms, then the trials as the API lists them."""
    head = {"exported_at": wanted.now, "address": wanted.address, "sources": short.terms()}
    async with sessions() as session:

        async def shortly(rows: list[Listed]) -> list[Json]:
            linked = await institution_codes_of(session, [row.lead.trial_id for row in rows])
            return [short.trial(row, linked.get(row.lead.trial_id, ())) for row in rows]

        async for part in _listed(
            session, wanted, orjson.dumps(head, option=orjson.OPT_UTC_Z), b"trials", shortly, at_once
        ):
            yield part or b',"trials":[]'


async def fhir_file(sessions: Sessions, wanted: Wanted, *, at_once: int = DOCUMENTS_AT_ONCE) -> AsyncIterator[bytes]:
    """Yield the result as a FHIR R5 Bundle of ResearchStudy, a set of search results, with their number at its end."""
    head = {
        "resourceType": "Bundle",
        "type": "searchset",
        "timestamp": wanted.now,
        "link": [{"relation": "self", "url": wanted.address}],
    }
    async with sessions() as session:

        async def entries(rows: list[Listed]) -> list[Json]:
            return await studies(session, rows, wanted.base)

        async for part in _listed(
            session, wanted, orjson.dumps(head, option=orjson.OPT_UTC_Z), b"entry", entries, at_once
        ):
            yield part


async def studies(session: AsyncSession, rows: list[Listed], base: str) -> list[Json]:
    """Return trials as entries of a Bundle; three queries."""
    trials = await readings_of(session, rows)
    linked = await linked_in(session, [record for row in rows for record in row.records], base)
    names = [one.name for readings in trials for reading in readings for one in reading.said.conditions]
    known = Known(base, await codes_of(session, names), linked)
    resources = await to_thread(lambda: [study(readings, known) for readings in trials])
    return [{"fullUrl": one["url"], "resource": one, "search": {"mode": "match"}} for one in resources]


async def _listed(
    session: AsyncSession,
    wanted: Wanted,
    head: bytes,
    name: bytes,
    read: Callable[[list[Listed]], Awaitable[list[Any]]],
    at_once: int,
) -> AsyncIterator[bytes]:
    """Yield an object that begins with `head`, holds a list of all trials (b"" in its place where there is none), and
    after it their number.
    """
    written = 0

    async def items(rows: list[Listed]) -> bytes:
        nonlocal written
        found = [orjson.dumps(one, option=orjson.OPT_UTC_Z) for one in await read(rows)]
        before = b",\n" if written else b',"' + name + b'":['
        written += len(found)
        return before + b",\n".join(found)

    yield head[:-1]
    async for part in _each(session, wanted, items, at_once):
        yield part
    yield b"]" if written else b""
    yield b',"total":%d}\n' % written


async def _each(
    session: AsyncSession, wanted: Wanted, write: Callable[[list[Listed]], Awaitable[bytes]], at_once: int
) -> AsyncIterator[bytes]:
    async for rows in every(session, wanted.search, at_once=at_once):
        part = await write(rows)
        await session.commit()
        yield part


async def _terms(session: AsyncSession, locale: Locale) -> dict[str, str]:
    concepts = [
        *await concepts_of(session, Vocabulary.PHASE),
        *await concepts_of(session, Vocabulary.PREFECTURE),
    ]
    return {concept.code: pick(concept, locale)[0] for concept in concepts}
