"""The search index of trials, worked anew from what is stored: after a change, or for all after the rules changed."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Text, cast, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.trials.actions.copying import copy
from app.trials.models import (
    RecordNumber,
    RecordSite,
    RecordVersion,
    TrialChoice,
    TrialHead,
    TrialRecord,
    TrialSearch,
)
from app.trials.models.search import ALL
from app.trials.queries.links import institution_codes_of
from app.trials.queries.vocabulary import labels_now
from app.trials.rules.searching.documents import Document, Stored, document_of
from app.trials.rules.searching.vocabulary import Labels

SEARCHED = (
    "trial_id", "registered_on", "year", "status", "phases", "areas", "modalities", "prefectures", "institutions",
    "registries", "first_in_human", "decentralised", "choices", "overlong", "made_with", "body", "said",
)  # fmt: skip
CHOICES = SEARCHED.index("choices")
HEADED = ("trial_id", "registered_on", "head", "titled")
# Vectors arrive as text: asyncpg knows no binary form of them.
STAGES = tuple(
    text(f"CREATE TEMP TABLE IF NOT EXISTS {table}_stage ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA")  # noqa: S608
    for table, columns in (
        ("trial_search", ", ".join("''::text AS body" if name == "body" else name for name in SEARCHED)),
        ("trial_head", ", ".join("''::text AS head" if name == "head" else name for name in HEADED)),
    )
)


def _from_stage(table: str, columns: Sequence[str], vector: str) -> str:
    taken = ", ".join(f"{name}::tsvector" if name == vector else name for name in columns)
    replaced = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table}_stage"  # noqa: S608 - our own columns
        f" ON CONFLICT (trial_id) DO UPDATE SET {replaced}"
    )


FROM_STAGES = (
    text(_from_stage("trial_search", SEARCHED, "body")),
    text(_from_stage("trial_head", HEADED, "head")),
)
COUNTED = text("""
    UPDATE trial_choice c SET trials = c.trials + n.change
    FROM unnest(CAST(:ids AS integer[]), CAST(:changes AS integer[])) AS n (id, change) WHERE c.id = n.id
""")


async def index_trials(session: AsyncSession, trials: Sequence[UUID]) -> None:
    """Make these trials found by what is stored of them now; a trial without records is found no longer.

    The caller has taken its turn (`take_turn`): two writers would count a trial twice.
    """
    if not trials:
        return
    labels = await labels_now(session)
    stored = await _stored(session, trials)
    institutions = await institution_codes_of(session, trials)
    documents = await asyncio.to_thread(_documents, stored, institutions, labels)
    if emptied := [trial for trial in trials if trial not in documents]:
        await _forget(session, emptied)
    await write_documents(session, documents, labels.digest)


async def write_documents(session: AsyncSession, documents: Mapping[UUID, Document], made_with: str) -> None:
    """Write what is indexed of some trials over what was there, and bring the counts of choices up to date."""
    ids = await _choice_ids(session, documents)
    rows = [_row(trial, one, ids, made_with) for trial, one in documents.items()]
    await _count(session, list(documents), (row[CHOICES] for row in rows))
    await _write(session, rows, [_head_row(trial, one) for trial, one in documents.items()])


async def _forget(session: AsyncSession, trials: Sequence[UUID]) -> None:
    await _count(session, trials, ())
    await session.execute(delete(TrialSearch).where(TrialSearch.trial_id.in_(trials)))
    await session.execute(delete(TrialHead).where(TrialHead.trial_id.in_(trials)))


async def _count(session: AsyncSession, trials: Sequence[UUID], choices: Iterable[Sequence[int]]) -> None:
    """Count the choices that trials are going to have instead of those that they have."""
    change = Counter(one for of in choices for one in of)
    for before in await session.scalars(
        select(TrialSearch.choices).where(TrialSearch.trial_id == func.any(list(trials)))
    ):
        change.subtract(before)
    changed = {key: by for key, by in change.items() if by}
    await session.execute(COUNTED, {"ids": list(changed), "changes": list(changed.values())})


def _documents(
    stored: Mapping[UUID, list[Stored]], institutions: Mapping[UUID, set[str]], labels: Labels
) -> dict[UUID, Document]:
    return {trial: document_of(records, institutions.get(trial, ()), labels) for trial, records in stored.items()}


async def _stored(session: AsyncSession, trials: Sequence[UUID]) -> dict[UUID, list[Stored]]:
    """Return the records of each trial, the one that leads first, with their newest versions."""
    placed = (
        select(func.array_agg(RecordSite.prefecture_code.distinct()))
        .where(RecordSite.record_id == TrialRecord.id, RecordSite.prefecture_code.is_not(None))
        .scalar_subquery()
    )
    named = select(func.array_agg(RecordNumber.value)).where(RecordNumber.record_id == TrialRecord.id).scalar_subquery()
    rows = await session.execute(
        select(
            TrialRecord.trial_id,
            TrialRecord.source,
            cast(RecordVersion.content, Text),
            TrialRecord.registered_on,
            TrialRecord.status,
            TrialRecord.phases,
            TrialRecord.modalities,
            TrialRecord.first_in_human,
            TrialRecord.decentralised,
            named,
            placed,
        )
        .join(
            RecordVersion, (RecordVersion.record_id == TrialRecord.id) & (RecordVersion.version == TrialRecord.version)
        )
        .where(TrialRecord.trial_id == func.any(list(trials)))
        .order_by(TrialRecord.trial_id, TrialRecord.leads.desc(), TrialRecord.source, TrialRecord.number)
    )
    found: dict[UUID, list[Stored]] = defaultdict(list)
    for row in rows:
        trial, source, content, day, status, phases, modalities, first, remote, numbers, prefectures = row
        said = orjson.loads(content)
        found[trial].append(
            Stored(source.value, said, day, status, phases, modalities, first, remote, numbers or (), prefectures or ())
        )
    return found


async def _choice_ids(session: AsyncSession, documents: Mapping[UUID, Document]) -> dict[tuple[str, str], int]:
    """Return the id of every choice that the trials fall under; one that nobody had before is made."""
    wanted = {(name, code) for one in documents.values() for name, codes in one.choices.items() for code in codes}
    known = select(TrialChoice.field, TrialChoice.code, TrialChoice.id)
    found = {(name, code): key for name, code, key in await session.execute(known)}
    if new := sorted({ALL, *wanted} - found.keys()):
        adding = insert(TrialChoice).values([{"field": name, "code": code, "trials": 0} for name, code in new])
        added = await session.execute(adding.returning(TrialChoice.field, TrialChoice.code, TrialChoice.id))
        found |= {(name, code): key for name, code, key in added}
    return found


def _row(trial: UUID, one: Document, ids: Mapping[tuple[str, str], int], made_with: str) -> tuple[Any, ...]:
    choices = one.choices
    status = next((code for code in choices["status"] if code != "running"), None)
    keys = [ids[ALL], *(ids[name, code] for name, codes in choices.items() for code in codes)]
    return (
        trial, one.registered_on, one.registered_on.year if one.registered_on else None, status, choices["phase"],
        choices["area"], choices["modality"], choices["prefecture"], choices["institution"], choices["registry"],
        bool(choices["first_in_human"]), bool(choices["decentralised"]), sorted(keys), one.overlong, made_with,
        one.body, one.said,
    )  # fmt: skip


def _head_row(trial: UUID, one: Document) -> tuple[Any, ...]:
    return trial, one.registered_on, one.head, one.titled


async def _write(session: AsyncSession, searched: list[tuple[Any, ...]], headed: list[tuple[Any, ...]]) -> None:
    for stage in STAGES:
        await session.execute(stage)
    await session.execute(text("TRUNCATE trial_search_stage, trial_head_stage"))
    await copy(session, "trial_search_stage", SEARCHED, searched)
    await copy(session, "trial_head_stage", HEADED, headed)
    for insertion in FROM_STAGES:
        await session.execute(insertion)
