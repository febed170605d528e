"""Confirming what an institution has room for: as it stands, or changed right there; by mailed link or at the desk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import Message, Said, _
from app.identity.rules import Actor
from app.sites import queries
from app.sites.actions.capacity import unknown_terms
from app.sites.errors import LinkNotGood, NothingToConfirm, RowsMovedOn
from app.sites.models import Capacity, ConfirmationRound, Institution
from app.sites.queries import lock_institution
from app.sites.queries.confirmations import FoundLink, find_link
from app.sites.rules import Statement, read_statement
from app.sites.rules.confirming import LinkState, month_of
from app.sites.rules.rows import row_key, says_the_same

Typed = Mapping[str, str]
# What is new on a row that says the same as the one before it.
ANEW = {"id", "as_of", "recorded_at", "recorded_by_id", "superseded_at"}


@dataclass(frozen=True)
class Form:
    """What was typed on the page of a link: by `row_key` the rows that it showed, and one more, perhaps left empty.

    A row has seen (id of the row that the page showed), state, trials, from_day and note; the added one area and phase
    too.
    """

    rows: Mapping[str, Typed] = field(default_factory=dict)
    added: Typed = field(default_factory=dict)

    @property
    def adds(self) -> bool:
        """Whether anything was typed into the empty row."""
        return any(text.strip() for text in self.added.values())


async def confirm_by_link(session: AsyncSession, token: str, seen: Iterable[str], *, now: datetime) -> FoundLink:
    """Say that every row still holds, as the coordinator whom the link was mailed to.

    `seen` are the ids of the rows that the page showed. Raises LinkNotGood, RowsMovedOn.
    """
    found, by, institution = await _good(session, token, now)
    _unmoved(found.rows, seen)
    rows = [_again(row, by=by, now=now) for row in found.rows]
    await _replace(session, institution, found.rows, rows, changed=0, by=by, now=now, by_link=True)
    return found


async def change_by_link(session: AsyncSession, token: str, form: Form, *, now: datetime) -> FoundLink:
    """Confirm every row and take what was changed or added, all of it or nothing.

    Raises LinkNotGood, RowsMovedOn, and Unacceptable with a sentence for each field, named `field-row_key`, or
    `field-new` for the added row.
    """
    found, by, institution = await _good(session, token, now)
    _unmoved(found.rows, [typed.get("seen", "") for typed in form.rows.values()])
    rows, errors, changed = _changed(found.rows, form.rows, by=by, now=now)
    if form.adds:
        added, wrong = await _added(session, institution, found.rows, form.added, by=by, now=now)
        errors |= {f"{name}-new": sentence for name, sentence in wrong.items()}
        rows += [added] if added else []
    if errors:
        raise Unacceptable(errors)
    await _replace(session, institution, found.rows, rows, changed=changed, by=by, now=now, by_link=True)
    return found


async def confirm_at_desk(session: AsyncSession, code: str, seen: Iterable[str], *, by: Actor, now: datetime) -> None:
    """Say at the desk that every row still holds; it answers the month's asking too.

    Raises NoSuchInstitution, NothingToConfirm, RowsMovedOn.
    """
    institution = await queries.own_institution(session, code, reader=by)
    await lock_institution(session, institution.id)
    standing = await queries.capacity_of(session, institution.id, reader=by)
    if not standing:
        raise NothingToConfirm
    _unmoved(standing, seen)
    rows = [_again(row, by=by, now=now) for row in standing]
    await _replace(session, institution, standing, rows, changed=0, by=by, now=now, by_link=False)


async def _good(session: AsyncSession, token: str, now: datetime) -> tuple[FoundLink, Actor, Institution]:
    found = await find_link(session, token, now=now, lock=True)
    if found.state is not LinkState.GOOD or found.by is None or found.institution is None:
        raise LinkNotGood(found)
    return found, found.by, found.institution


def _unmoved(standing: Sequence[Capacity], seen: Iterable[str]) -> None:
    if {str(row.id) for row in standing} != set(seen):
        raise RowsMovedOn


def _again(row: Capacity, *, by: Actor, now: datetime, **changed: Any) -> Capacity:
    """Return a row with the contents of another, said today, but for what is changed."""
    kept = {column.key: getattr(row, column.key) for column in Capacity.__table__.columns if column.key not in ANEW}
    today = {"as_of": in_japan(now), "recorded_at": now, "recorded_by_id": by.person_id}
    return Capacity(id=uuid4(), **{**kept, **today, **changed})


def _changed(
    standing: Sequence[Capacity], typed: Mapping[str, Typed], *, by: Actor, now: datetime
) -> tuple[list[Capacity], dict[str, Message | Said], int]:
    """Return the rows as typed, a sentence for each field that cannot be taken, and how many rows say something new."""
    rows: list[Capacity] = []
    errors: dict[str, Message | Said] = {}
    changed = 0
    for row in standing:
        key = row_key(row)
        told = typed.get(key, {})
        if says_the_same(row, told):
            rows.append(_again(row, by=by, now=now))
            continue
        said, wrong = _read(told, in_japan(now))
        errors |= {f"{name}-{key}": sentence for name, sentence in wrong.items()}
        if said is not None:
            rows.append(_again(row, by=by, now=now, **_contents(said, by, before=row)))
            changed += 1
    return rows, errors, changed


def _read(typed: Typed, today: date) -> tuple[Statement | None, dict[str, Message | Said]]:
    return read_statement({**typed, "as_of": today.isoformat()}, today=today)


def _contents(said: Statement, by: Actor, *, before: Capacity | None = None) -> dict[str, Any]:
    """Return what a statement changes; a note that nobody touched stays in both languages."""
    contents = {"state": said.state, "trials_can_start": said.trials_can_start, "from_day": said.from_day}
    if before is not None and said.note in ({before.note_en, before.note_ja} - {None} or {""}):
        return contents
    note = said.note or None
    return {
        **contents,
        "note_en": note if by.language == "en" else None,
        "note_ja": note if by.language == "ja" else None,
    }


async def _added(
    session: AsyncSession,
    institution: Institution,
    standing: Sequence[Capacity],
    typed: Typed,
    *,
    by: Actor,
    now: datetime,
) -> tuple[Capacity | None, dict[str, Message | Said]]:
    said, errors = _read(typed, in_japan(now))
    errors = {**await unknown_terms(session, typed), **errors}
    if any((row.area_code, row.phase_code) == (typed.get("area"), typed.get("phase")) for row in standing):
        errors["area"] = _("This area and phase stand in the table already. Change them there.")
    if errors or said is None:
        return None, errors
    row = Capacity(
        id=uuid4(), institution_id=institution.id, area_code=typed["area"], phase_code=typed["phase"],
        as_of=in_japan(now), recorded_at=now, recorded_by_id=by.person_id, **_contents(said, by),
    )  # fmt: skip
    return row, {}


async def _replace(
    session: AsyncSession,
    institution: Institution,
    before: Sequence[Capacity],
    rows: Sequence[Capacity],
    *,
    changed: int,
    by: Actor,
    now: datetime,
    by_link: bool,
) -> None:
    """Supersede the rows that stood, add the new ones, answer the asking and note who did it."""
    for row in before:
        row.superseded_at = now
    await session.flush()
    session.add_all(rows)
    await session.flush()
    await _answer(session, institution.id, by=by, now=now)
    audit.record(
        session, "capacity.confirmed", subject=institution.id, by=by, now=now,
        rows=len(rows), changed=changed, added=len(rows) - len(before), by_link=by_link,
    )  # fmt: skip


async def _answer(session: AsyncSession, institution_id: UUID, *, by: Actor, now: datetime) -> None:
    """Note that the month is answered, asked or not, and with it every earlier asking whose links still work."""
    this = month_of(in_japan(now))
    # Where nobody has asked yet, a round that is answered at once keeps the workers from asking this month.
    answered = {
        "id": uuid4(), "institution_id": institution_id, "month": this,
        "opened_at": now, "opened_by_id": by.person_id, "expires_at": now + timedelta(days=1),
        "answered_at": now, "answered_by_id": by.person_id,
    }  # fmt: skip
    await session.execute(insert(ConfirmationRound).values(answered).on_conflict_do_nothing())
    await session.execute(
        update(ConfirmationRound)
        .where(ConfirmationRound.institution_id == institution_id, ConfirmationRound.answered_at.is_(None))
        .where(or_(ConfirmationRound.month == this, ConfirmationRound.expires_at > now))
        .values(answered_at=now, answered_by_id=by.person_id)
    )
