"""What an export needs beside the rows of a list, read batch by batch: whole records, conditions, published codes."""

from asyncio import to_thread
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.terms.models import Concept, ConceptLabel, LabelKind, Vocabulary
from app.terms.rules import fold
from app.trials.exports import r5_codes
from app.trials.exports.fhir import Reading
from app.trials.exports.r5_parts import Json
from app.trials.exports.r5_sites import Linked
from app.trials.models import RecordVersion, TrialRecord
from app.trials.queries import Listed
from app.trials.queries.links import places_of
from app.trials.record import Text
from app.trials.written import record_from

NEWEST = (RecordVersion.record_id == TrialRecord.id) & (RecordVersion.version == TrialRecord.version)


async def conditions_of(session: AsyncSession, records: Iterable[UUID]) -> dict[UUID, list[Text]]:
    """Return the conditions that some records state, in their words; one query, which opens no whole document."""
    wanted = (
        select(TrialRecord.id, RecordVersion.content["conditions"])
        .join(RecordVersion, NEWEST)
        .where(TrialRecord.id.in_(list(records)))
    )
    found = await session.execute(wanted)
    return {record: [Text(**one["name"]) for one in conditions or ()] for record, conditions in found}


async def readings_of(session: AsyncSession, rows: Sequence[Listed]) -> list[list[Reading]]:
    """Return what every source says of each trial, whole, the record that leads first; one query.

    The documents are read in a thread, so that the service answers others meanwhile.
    """
    ids = [record.id for row in rows for record in row.records]
    wanted = select(TrialRecord.id, RecordVersion.content).join(RecordVersion, NEWEST).where(TrialRecord.id.in_(ids))
    contents = {row.id: row.content for row in await session.execute(wanted)}
    return await to_thread(
        lambda: [[reading(record, contents[record.id]) for record in _in_order(row)] for row in rows]
    )


def _in_order(row: Listed) -> list[TrialRecord]:
    return sorted(row.records, key=lambda record: not record.leads)


def reading(record: TrialRecord, content: dict[str, Any]) -> Reading:
    """Return a record and what its newest version says, as exports read it."""
    return Reading(record_from(content), record.version, record.changed_at, record.last_seen_at, record.demo)


async def linked_in(
    session: AsyncSession, records: Iterable[TrialRecord], base: str
) -> dict[tuple[str, str], dict[int, Linked]]:
    """Return the institutions that places of records were taken for, by source and number, then position; one query."""
    by_id = {record.id: (record.source.value, record.number) for record in records}
    found = await places_of(session, list(by_id))
    return {
        by_id[record]: {
            position: Linked(f"{base}/sites", one.code, Text(one.name_ja, one.name_en))
            for position, one in places.items()
        }
        for record, places in found.items()
    }


async def codes_of(session: AsyncSession, names: Iterable[Text]) -> dict[str, list[Json]]:
    """Return the published codes of those conditions that the vocabulary knows by just this name, by folded name.

    A name that several conditions bear has no code, neither has an abbreviation. One query.
    """
    folded = {fold(words) for name in names for words in (name.en, name.ja) if words}
    wanted = (
        select(ConceptLabel.folded, Concept.code, Concept.codes)
        .join(Concept, Concept.code == ConceptLabel.concept_code)
        .where(
            ConceptLabel.folded.in_(folded),
            ConceptLabel.kind != LabelKind.ABBREVIATION,
            Concept.vocabulary == Vocabulary.CONDITION,
        )
        .distinct()
    )
    return _unambiguous((await session.execute(wanted)).all())


def _unambiguous(rows: Iterable[Row[str, str, dict[str, Any]]]) -> dict[str, list[Json]]:
    found: dict[str, dict[str, list[Json]]] = defaultdict(dict)
    for name, code, published in rows:
        found[name][code] = _codings(published)
    return {name: next(iter(codes.values())) for name, codes in found.items() if len(codes) == 1}


def _codings(published: dict[str, Any]) -> list[Json]:
    """Return those codes that mean the same as our condition, not a wider or narrower one, and that are one code."""
    return [
        {"system": system, "code": published[key]["code"], "display": published[key]["name"]}
        for key, system in r5_codes.CONDITION_SYSTEMS.items()
        if key in published and published[key]["fit"] == "same" and "-" not in published[key]["code"]
    ]
