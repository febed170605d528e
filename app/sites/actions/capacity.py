"""What a coordinator can do with their institution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import Message, Said, _
from app.identity.rules import Actor
from app.sites import queries
from app.sites.errors import CapacityMovedOn
from app.sites.models import Capacity, Institution
from app.sites.rules import Statement, read_statement
from app.terms.models import Concept, Vocabulary


async def set_capacity(
    session: AsyncSession, code: str, typed: Mapping[str, str], *, by: Actor, now: datetime
) -> Capacity:
    """Record what the coordinator's institution has room for in one area and phase.

    `typed` holds area, phase, state, trials, from_day, as_of, note and public as they were typed, and in `seen` the id of
    the row that the page showed, empty for none. What stood before is kept as superseded. Raises
    NoSuchInstitution for an institution that `by` does not speak for, Unacceptable with a sentence for each field
    that cannot be taken, CapacityMovedOn where another row stands by now.
    """
    institution = await queries.own_institution(session, code, reader=by)
    statement, errors = read_statement(typed, today=in_japan(now))
    errors = {**await unknown_terms(session, typed), **errors}
    if errors or statement is None:
        raise Unacceptable(errors)
    said = Room(typed["area"], typed["phase"], statement, typed.get("seen", ""))
    [row] = await set_rooms(session, institution, [said], by=by, now=now)
    audit.record(session, "capacity.set", subject=institution.id, by=by, now=now, capacity=str(row.id))
    return row


@dataclass(frozen=True)
class Room:
    """What is said of one area and phase (codes of the vocabulary), and the id of the row that was shown, or ""."""

    area: str
    phase: str
    said: Statement
    seen: str


async def set_rooms(
    session: AsyncSession, institution: Institution, rooms: Sequence[Room], *, by: Actor, now: datetime
) -> list[Capacity]:
    """Record what an institution has room for in several areas and phases, all or nothing; the caller records why.

    What stood before is kept as superseded. Raises CapacityMovedOn where another row stands than was shown.
    """
    before = await _standing_rows(session, institution)
    for room in rooms:
        stands = before.get((room.area, room.phase))
        if room.seen != (str(stands.id) if stands else ""):
            raise CapacityMovedOn
        if stands is not None:
            stands.superseded_at = now
    await session.flush()
    rows = [_row(institution.id, room.area, room.phase, room.said, by=by, now=now) for room in rooms]
    session.add_all(rows)
    await session.flush()
    return rows


async def unknown_terms(session: AsyncSession, typed: Mapping[str, str]) -> dict[str, Message | Said]:
    """Return a sentence for each of area and phase, as typed, that is not in its vocabulary."""
    wanted = {name: typed.get(name, "").replace("\0", "") for name in ("area", "phase")}
    found = await session.execute(select(Concept.vocabulary, Concept.code).where(Concept.code.in_(wanted.values())))
    known = {(vocabulary, code) for vocabulary, code in found}
    errors: dict[str, Message | Said] = {}
    if (Vocabulary.AREA, wanted["area"]) not in known:
        errors["area"] = _("Choose a therapeutic area from the list.")
    if (Vocabulary.PHASE, wanted["phase"]) not in known:
        errors["phase"] = _("Choose a phase from the list.")
    return errors


async def _standing_rows(session: AsyncSession, institution: Institution) -> dict[tuple[str, str], Capacity]:
    """Return the current rows; the institution is locked first, so that two coordinators take turns."""
    await queries.lock_institution(session, institution.id)
    current = select(Capacity).where(Capacity.institution_id == institution.id, Capacity.superseded_at.is_(None))
    return {(row.area_code, row.phase_code): row for row in await session.scalars(current)}


def _row(institution_id: UUID, area: str, phase: str, said: Statement, *, by: Actor, now: datetime) -> Capacity:
    note = said.note or None
    return Capacity(
        institution_id=institution_id,
        area_code=area,
        phase_code=phase,
        state=said.state,
        trials_can_start=said.trials_can_start,
        from_day=said.from_day,
        note_en=note if by.language == "en" else None,
        note_ja=note if by.language == "ja" else None,
        public=said.public,
        as_of=said.as_of,
        recorded_at=now,
        recorded_by_id=by.person_id,
    )
