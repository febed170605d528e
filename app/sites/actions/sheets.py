"""What a coordinator does with a file: sends it in, looks at what it would change, and applies it once."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import _
from app.ground.sheets import Matched
from app.identity.rules import Actor
from app.sites import queries
from app.sites.actions.capacity import Room, set_rooms
from app.sites.actions.facts import state_facts
from app.sites.errors import SheetAlreadyApplied, SheetDiscarded, SheetMovedOn
from app.sites.models import Institution, SheetImport
from app.sites.queries.sheets import Standing, get_import, seen_facts, seen_rooms, standing_of
from app.sites.rules import read_statement
from app.sites.rules.sheets import Change, Kind, Plan, fingerprint, planned
from app.sites.rules.sheets.stored import KEPT, is_kept, read_uploaded, restored

LONGEST_NAME = 200

GOOD_PART_ONLY = _(
    "Some rows cannot be taken. Correct the file and send it again, or apply only the rows that are right."
)
NOTHING = _("This file changes nothing that could be applied.")


async def send_sheet(
    session: AsyncSession, code: str, data: bytes, filename: str, *, by: Actor, now: datetime
) -> SheetImport:
    """Read a coordinator's file and keep its lines until somebody decides; nothing of the profile is changed.

    Raises NoSuchInstitution for an institution that `by` does not speak for, UnreadableFile with one sentence where
    the file cannot be read as one of our sheets.
    """
    institution = await queries.own_institution(session, code, reader=by)
    content = await asyncio.to_thread(read_uploaded, data)
    name = "".join(sign for sign in filename if sign.isprintable())[:LONGEST_NAME]
    sent = SheetImport(
        institution_id=institution.id, filename=name, uploaded_at=now, uploaded_by_id=by.person_id, content=content
    )
    session.add(sent)
    await session.flush()
    audit.record(session, "sheet.sent", subject=institution.id, by=by, now=now, sheet=str(sent.id))
    return sent


async def forget_sheets(session: AsyncSession, *, now: datetime) -> None:
    """Forget the lines of files on which nobody has decided in time."""
    waiting = (SheetImport.content.is_not(None), SheetImport.uploaded_at <= now - KEPT)
    await session.execute(update(SheetImport).where(*waiting).values(content=None))


async def plans_of(
    session: AsyncSession, institution: Institution, content: Mapping[str, Any], standing: Standing
) -> dict[str, Plan]:
    """Return what the lines of a file would change now, by kind of sheet: "facts" and "rooms"."""
    found = {kind: restored(kept) for kind, kept in content.items()}
    ids = {kind: _ids(read) for kind, read in found.items()}
    facts, rooms = standing.facts, standing.rooms
    was = {
        "facts": await seen_facts(session, institution, ids.get("facts", ()), facts.labels),
        "rooms": await seen_rooms(session, institution, ids.get("rooms", ())),
    }
    now = {"facts": standing.fact_versions, "rooms": standing.room_versions}
    kinds: dict[str, Kind] = {"facts": facts, "rooms": rooms}
    return {kind: planned(kinds[kind], read, now=now[kind], was=was[kind]) for kind, read in found.items()}


def _ids(found: Matched) -> set[UUID]:
    ids = set()
    for line in found.lines:
        try:
            ids.add(UUID(line.texts.get("seen", "").strip()))
        except ValueError:
            continue
    return ids


async def apply_sheet(
    session: AsyncSession, code: str, import_id: UUID, *, shown: str, good_part: bool, by: Actor, now: datetime
) -> SheetImport:
    """Write the changes of a file, all of them or, with `good_part`, those of the lines that can be taken.

    `shown` is the fingerprint of what the page showed. Raises NoSuchInstitution and NoSuchSheetImport for what is not
    `by`'s, SheetAlreadyApplied, SheetDiscarded, SheetMovedOn where the file would change something else by now than was
    shown, Unacceptable where lines are refused and only the whole was asked for, or nothing is left to apply.
    """
    institution = await queries.own_institution(session, code, reader=by)
    # Whoever states facts or capacity of this institution takes turns at this row.
    await queries.lock_institution(session, institution.id)
    sent = await get_import(session, institution, import_id, locked=True)
    if sent.applied_at is not None:
        raise SheetAlreadyApplied
    if sent.content is None or not is_kept(sent.content, sent.uploaded_at, now=now):
        raise SheetDiscarded
    standing = await standing_of(session, institution, reader=by, now=now)
    plans = await plans_of(session, institution, sent.content, standing)
    if fingerprint(list(plans.values())) != shown:
        raise SheetMovedOn
    changes = {kind: plan.changes for kind, plan in plans.items()}
    refused = sum(plan.refused_rows for plan in plans.values())
    if not any(changes.values()):
        raise Unacceptable({"apply": NOTHING})
    if refused and not good_part:
        raise Unacceptable({"apply": GOOD_PART_ONLY})
    facts, rooms = changes.get("facts", ()), changes.get("rooms", ())
    await _state(session, code, standing, facts, by=by, now=now)
    await set_rooms(session, institution, [_room(change, now) for change in rooms], by=by, now=now)
    sent.applied_at, sent.applied_by_id, sent.content = now, by.person_id, None
    sent.facts_changed, sent.rooms_changed, sent.rows_refused = len(facts), len(rooms), refused
    await session.flush()
    counts = {"facts": len(facts), "rooms": len(rooms), "refused": refused}
    audit.record(session, "sheet.applied", subject=institution.id, by=by, now=now, sheet=str(sent.id), **counts)
    return sent


async def _state(
    session: AsyncSession, code: str, standing: Standing, changes: tuple[Change, ...], *, by: Actor, now: datetime
) -> None:
    own = standing.own
    rows = {change.key: {**change.typed, "seen": own[change.key]} for change in changes}
    if rows:
        await state_facts(session, code, rows, by=by, now=now)


def _room(change: Change, now: datetime) -> Room:
    said, errors = read_statement(change.typed, today=in_japan(now))
    if said is None:
        raise Unacceptable(errors)
    return Room(change.typed["area"], change.typed["phase"], said, change.seen)
