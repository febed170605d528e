"""Places of records led to their facility texts, and texts to institutions: worked anew from what is stored.

A text is judged once, when it is first seen, and again by `judge_again` when names have changed; a decision of the window
always stands. Only one transaction at a time follows trials up, so nobody else adds texts meanwhile.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.sites.models import Institution
from app.trials.actions.copying import copy
from app.trials.models import Facility
from app.trials.names import JAPAN, facility_id, facility_of, linking_indexes
from app.trials.record import Site, Text
from app.trials.rules import linking
from app.trials.rules.deciding import Standing, standing_of
from app.trials.rules.linking import SILENT, Linked

FACILITY = (
    "id", "demo", "text_en", "text_ja", "city", "prefecture", "postal_code", "first_seen_at", "proposed_id", "score", "why",
    "details", "decision", "standing", "institution_id",
)  # fmt: skip
LINK = ("record_id", "position", "facility_id")
# The places in Japan that the newest versions disclose; what a record says of places abroad never leaves the database.
PLACES = text("""
    SELECT r.id, r.demo, (place->>'position')::int AS position,
        place->'facility'->>'en' AS facility_en, place->'facility'->>'ja' AS facility_ja,
        place->'address'->>'en' AS address_en, place->'address'->>'ja' AS address_ja,
        place->>'city' AS city, place->>'state' AS state, place->>'postcode' AS postcode, place->>'prefecture' AS prefecture
    FROM trial_record r
    JOIN record_version v ON v.record_id = r.id AND v.version = r.version
    CROSS JOIN LATERAL jsonb_array_elements((v.content->'sites')::jsonb) AS place
    WHERE r.trial_id = ANY(:trials) AND place->>'disclosed' = 'true'
        AND (place->'country' = 'null' OR place->'country'->>'code' = :japan)
    ORDER BY r.number, r.source, position
""")
STANDING = text("""
    SELECT l.record_id, l.position, l.facility_id FROM site_link l JOIN trial_record r ON r.id = l.record_id
    WHERE r.trial_id = ANY(:trials)
""")
GONE = text("""
    DELETE FROM site_link l USING unnest(CAST(:records AS uuid[]), CAST(:positions AS int[])) AS gone(record_id, position)
    WHERE l.record_id = gone.record_id AND l.position = gone.position
""")
Place = tuple[UUID, int]
Read = tuple[linking.Facility, bool]  # a text as the rule reads it, and whether its record is of a demonstration


async def link_trials(session: AsyncSession, trials: Sequence[UUID]) -> None:
    """Lead every place of some trials to its facility text, and judge the texts that were never seen before."""
    if trials:
        await relink_trials(session, trials)


async def relink_trials(session: AsyncSession, trials: Sequence[UUID]) -> set[UUID]:
    """Do what `link_trials` does; return the records of which a place leads elsewhere than before."""
    told = {"trials": list(trials), "japan": JAPAN}
    places: dict[Place, UUID] = {}
    ids: dict[Read, UUID] = {}
    first: dict[UUID, Read] = {}
    for row in await session.execute(PLACES, told):
        if facility := facility_of(_site(row)):
            one = (facility, row.demo)
            if one not in ids:
                ids[one] = facility_id(facility, demo=row.demo)
            places[row.id, row.position] = ids[one]
            first.setdefault(ids[one], one)
    known = await _known(session, first)
    wanted = {(place, key) for place, key in places.items() if key in known}
    rows = await session.execute(STANDING, {"trials": list(trials)})
    standing = {((row.record_id, row.position), row.facility_id) for row in rows}
    await _replace(session, standing - wanted, wanted - standing)
    return {place[0] for place, _key in standing ^ wanted}


def _site(row: Any) -> Site:
    return Site(
        row.position,
        facility=Text(row.facility_ja, row.facility_en),
        address=Text(row.address_ja, row.address_en),
        city=row.city,
        state=row.state,
        postcode=row.postcode,
        prefecture=row.prefecture,
    )


async def _known(session: AsyncSession, read: Mapping[UUID, Read]) -> set[UUID]:
    """Return the texts that disclose something, after judging and storing those that were never seen before."""
    asked = select(Facility.id, Facility.why).where(Facility.id.in_(list(read)))
    stored = dict(iter(await session.execute(asked)))
    known = {key for key, why in stored.items() if why not in SILENT}
    fresh = {key: facility for key, facility in read.items() if key not in stored}
    if fresh:
        indexes, ids = await linking_indexes(session), await _ids(session)
        now = datetime.now(UTC)
        found = {key: linking.link(facility, indexes[demo]) for key, (facility, demo) in fresh.items()}
        told = {key: answer for key, answer in found.items() if answer.why not in SILENT}
        rows = [_facility_row(key, *fresh[key], answer, ids, now) for key, answer in sorted(told.items())]
        await copy(session, "facility", FACILITY, rows)
        known |= told.keys()
    return known


async def _ids(session: AsyncSession) -> dict[str, UUID]:
    return dict(iter(await session.execute(select(Institution.code, Institution.id))))


def _facility_row(
    key: UUID, facility: linking.Facility, demo: bool, found: Linked, ids: Mapping[str, UUID], now: datetime
) -> tuple[Any, ...]:
    proposed = ids[found.code] if found.code else None
    return (
        key, demo, facility.en, facility.ja, facility.city, facility.prefecture, facility.postal_code, now, proposed,
        found.score, found.why, orjson.dumps(dict(found.details)).decode(), 0, standing_of(found),
        proposed if found.certain else None,
    )  # fmt: skip


async def _replace(session: AsyncSession, gone: set[tuple[Place, UUID]], new: set[tuple[Place, UUID]]) -> None:
    if gone:
        places = [place for place, _key in gone]
        await session.execute(GONE, {"records": [p[0] for p in places], "positions": [p[1] for p in places]})
    await copy(session, "site_link", LINK, ((*place, key) for place, key in sorted(new)))


async def judge_again(session: AsyncSession, facilities: Sequence[Facility]) -> list[UUID]:
    """Ask the rule again what some texts stand for, after names have changed; return those whose link is another now.

    What the window decided stays. The caller holds the rows against decisions made meanwhile.
    """
    indexes, ids = await linking_indexes(session), await _ids(session)
    changed = []
    for one in facilities:
        found = linking.link(one.as_read, indexes[one.demo])
        proposed = ids[found.code] if found.code else None
        one.proposed_id, one.score, one.why, one.details = proposed, found.score, found.why, dict(found.details)
        if one.standing is Standing.DECIDED:
            continue
        one.standing, before = standing_of(found), one.institution_id
        one.institution_id = proposed if found.certain else None
        if one.institution_id != before:
            changed.append(one.id)
    return changed
