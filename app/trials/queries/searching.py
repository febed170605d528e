"""The search over trials: a page of hits, how many there are, and how they divide over the choices.

Hits of the head (what a trial is about) come first, as many as can be ranked at once; then those of the rest of the text;
then, on deep pages, everything beyond by date. Each page of hits is one statement.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, cast, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from app.terms.models import Concept
from app.terms.queries import by_codes
from app.trials.models import RANK, TrialChoice, TrialHead, TrialRecord, TrialSearch
from app.trials.models.search import ALL
from app.trials.queries import Listed
from app.trials.queries.asking import FACETS, Search
from app.trials.queries.hits import Hits, hits_of

__all__ = ["FACETS", "Page", "Search", "count", "every", "facets", "find"]

# Hits that are looked at to be ranked; beyond them the order is by date.
RANKED = 2_000


@dataclass(frozen=True)
class Page:
    """One page of trials, without an exact count: whether there is a next page, and the total where it costs nothing.

    `understood`: the concepts of the vocabulary that words were taken for.
    """

    rows: list[Listed]
    number: int
    size: int
    more: bool
    total: int | None
    understood: list[Concept] = field(default_factory=list)


async def find(session: AsyncSession, search: Search, *, page: int, size: int = 20) -> Page:
    """Return a page of hits; page 1 is the first."""
    hits = await hits_of(session, search)
    offset, total = (page - 1) * size, None
    if hits.none:
        found: list[UUID] = []
    elif search.sort == "newest" or not hits.asked.clauses:
        found = await _newest(session, hits, offset, size + 1)
    else:
        found, total = await _ranked(session, hits, offset, size + 1)
    if total is None and len(found) <= size and (found or page == 1):
        total = offset + len(found)
    rows = await _listed(session, found[:size])
    concepts = await by_codes(session, hits.asked.concepts) if hits.asked.concepts else {}
    understood = [concepts[code] for code in hits.asked.concepts if code in concepts]
    return Page(rows, page, size, len(found) > size, total, understood)


def _by_date(columns: Any) -> tuple[ColumnElement[Any], ...]:
    return columns.registered_on.desc().nulls_last(), columns.trial_id.desc()


async def _newest(session: AsyncSession, hits: Hits, offset: int, limit: int | None) -> list[UUID]:
    if hits.asked.clauses:
        # Otherwise the planner may walk the trials by date and open the words of every one.
        found = _materialized(hits.all(), "hits")
        ordered = select(found.c.trial_id).order_by(*_by_date(found.c))
    else:
        ordered = hits.all().order_by(*_by_date(TrialSearch)).with_only_columns(TrialSearch.trial_id)
    return list(await session.scalars(ordered.offset(offset).limit(limit)))


def _materialized(wanted: Any, name: str) -> CTE:
    made: CTE = wanted.cte(name).prefix_with("MATERIALIZED")
    return made


def _looked_at(hits: Hits, need: int) -> tuple[CTE, CTE]:
    """Return the first hits of the head with their rank, and with them the others, where the head has less than needed.

    The first are the same on every page: what an index gives stands in the order of the table.
    """
    rank = func.ts_rank_cd(TrialHead.head, cast(hits.words, TSQUERY)).label("rank")
    heads = select(TrialHead.trial_id, TrialHead.registered_on, rank, literal(1).label("tier"))
    first = _materialized(heads.where(*hits.in_head()).limit(RANKED), "first")
    if hits.search.within:
        return first, first
    known = select(func.count()).select_from(first).scalar_subquery()
    others = (
        select(TrialSearch.trial_id, TrialSearch.registered_on, literal(0.0), literal(0))
        .where(known < min(need, RANKED), *hits.in_body(), TrialSearch.trial_id.not_in(select(first.c.trial_id)))
        .limit(RANKED - known)
    )
    columns = (first.c.trial_id, first.c.registered_on, first.c.rank, first.c.tier)
    return first, _materialized(union_all(select(*columns), others.subquery().select()), "looked")


async def _ranked(session: AsyncSession, hits: Hits, offset: int, limit: int) -> tuple[list[UUID], int | None]:
    """Return some hits from the best on, and how many there are in all where that is known now."""
    first, looked = _looked_at(hits, offset + limit)
    counted = [select(func.count()).select_from(one).scalar_subquery() for one in (first, looked)]
    columns = looked.c
    order = (columns.tier.desc(), columns.rank.desc(), *_by_date(columns))
    ordered = select(columns.trial_id, *counted).order_by(*order).offset(offset).limit(limit)
    rows = list(await session.execute(ordered))
    found = [row[0] for row in rows]
    if rows and rows[0][2] < RANKED and (rows[0][1] < offset + limit or hits.search.within):
        return found, int(rows[0][2])
    if len(found) < limit and offset + limit > RANKED:
        found += await _beyond(session, hits, max(0, offset - RANKED), limit - len(found))
    return found, None


async def _beyond(session: AsyncSession, hits: Hits, offset: int, limit: int) -> list[UUID]:
    _first, looked = _looked_at(hits, RANKED)
    everything = _materialized(hits.all(), "hits")
    others = select(everything.c.trial_id).where(everything.c.trial_id.not_in(select(looked.c.trial_id)))
    return list(await session.scalars(others.order_by(*_by_date(everything.c)).offset(offset).limit(limit)))


async def count(session: AsyncSession, search: Search) -> int:
    """Return how many trials the search finds, exactly."""
    hits = await hits_of(session, search)
    if hits.none:
        return 0
    if hits.everything:
        return await session.scalar(select(TrialChoice.trials).filter_by(field=ALL[0], code=ALL[1])) or 0
    return await session.scalar(select(func.count()).select_from(hits.all().subquery())) or 0


async def facets(session: AsyncSession, search: Search) -> dict[str, dict[str, int]]:
    """Return for each field the codes that the hits have, with how many have each; a field ignores its own choice."""
    whole = await _facets(session, search)
    found = {name: whole.get(name, {}) for name in FACETS}
    for name in search.choices:
        found[name] = (await _facets(session, search.without(name))).get(name, {})
    return found


async def _facets(session: AsyncSession, search: Search) -> dict[str, dict[str, int]]:
    hits = await hits_of(session, search)
    if hits.none:
        return {}
    if hits.everything:
        kept = await session.execute(
            select(TrialChoice.field, TrialChoice.code, TrialChoice.trials).where(TrialChoice.trials > 0)
        )
        return _by_field(kept)
    everything = _materialized(hits.all(), "hits")
    choice = func.unnest(TrialSearch.choices).label("choice")
    chosen = select(choice).join(everything, everything.c.trial_id == TrialSearch.trial_id).subquery()
    counted = select(chosen.c.choice, func.count().label("trials")).group_by(chosen.c.choice).subquery()
    named: Select[Any] = select(TrialChoice.field, TrialChoice.code, counted.c.trials).join(
        counted, counted.c.choice == TrialChoice.id
    )
    return _by_field(await session.execute(named))


def _by_field(counted: Iterable[Any]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, code, trials in counted:
        found.setdefault(name, {})[code] = trials
    return found


async def every(session: AsyncSession, search: Search, *, at_once: int = 500) -> AsyncIterator[list[Listed]]:
    """Yield all hits, the newest first, some at once; which they are is asked once, at the beginning.

    Nothing is held between two portions: the caller may commit there.
    """
    hits = await hits_of(session, search)
    found = [] if hits.none else await _newest(session, hits, 0, None)
    for first in range(0, len(found), at_once):
        yield await _listed(session, found[first : first + at_once])


async def _listed(session: AsyncSession, trials: Sequence[UUID]) -> list[Listed]:
    """Return trials as lists show them, in the order given; one that has lost its records meanwhile is left out."""
    if not trials:
        return []
    records: dict[UUID, list[TrialRecord]] = {trial: [] for trial in trials}
    ordered = select(TrialRecord).where(TrialRecord.trial_id == func.any(list(trials)))
    for record in await session.scalars(ordered.order_by(RANK, TrialRecord.number)):
        records[record.trial_id].append(record)
    places = select(TrialSearch.trial_id, TrialSearch.prefectures).where(TrialSearch.trial_id == func.any(list(trials)))
    prefectures = {row.trial_id: row.prefectures for row in await session.execute(places)}
    leads = {trial: next((one for one in of if one.leads), None) for trial, of in records.items()}
    return [Listed(lead, records[trial], prefectures.get(trial, [])) for trial, lead in leads.items() if lead]
