"""Saving a block: what two people typed at once is put together where it can be, and shown side by side where not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import queries
from app.enquiries.actions.concepts import resolved
from app.enquiries.actions.stored import mark_confirmed, refuse_others, refuse_settled, touch, write_typed
from app.enquiries.errors import TERMS_FIRST, ChangedMeanwhile, NothingToConfirm
from app.enquiries.fields import FIELDS, Block, Field, Tier
from app.enquiries.models import Enquiry
from app.enquiries.rules import INVOLVED, Value, Wrong, disagreements, fingerprint, read
from app.ground.audit import record
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import Said, say
from app.identity.rules import Actor


@dataclass(frozen=True)
class Form:
    """One block as a browser sends it.

    `typed`: field to the texts of its inputs. `seen`: field to the fingerprint of what the form was opened with, for
    every input on it. `confirm`: imported values to stand behind, with the fingerprint that was shown.
    """

    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    confirm: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Saved:
    """What saving did. `merged`: somebody else had saved other fields of this block meanwhile; both are kept."""

    enquiry: Enquiry
    changed: tuple[str, ...]
    merged: bool


async def save_block(
    session: AsyncSession, enquiry_id: UUID, block: Block, form: Form, *, by: Actor, now: datetime
) -> Saved:
    """Save what was typed into one block; what was not touched is left as it is stored.

    Raises Unacceptable (nothing is saved), ChangedMeanwhile with what is stored, NothingToConfirm, NotYoursToChange,
    AlreadySettled, Withdrawn.
    """
    enquiry = await queries.get_enquiry(session, enquiry_id, reader=by, lock=True)
    refuse_others(enquiry, by)
    stored = await queries.enquiry_values(session, enquiry.id, reader=by)
    on_form = [one for one in block.fields if one.code in form.typed or one.code in form.seen]
    new = await _read(session, on_form, form, stored, now)
    await _refuse_confidential(session, enquiry, new)
    changes, conflicts, merged = _compared(on_form, new, form, stored)
    if conflicts:
        raise ChangedMeanwhile({code: stored.get(code) for code in conflicts})
    _refuse_disagreeing(block, changes, stored)
    _refuse_changed_confirmations(form.confirm, stored)
    for code in changes:
        refuse_settled(enquiry, stored.get(code))
    await _write(session, enquiry, changes, list(form.confirm), by, now)
    return Saved(enquiry, tuple(changes), merged)


async def _read(
    session: AsyncSession, on_form: Sequence[Field], form: Form, stored: Mapping[str, Value], now: datetime
) -> dict[str, Any]:
    """Return field to value for everything on the form. Raises Unacceptable."""
    read_so_far: dict[str, Any] = {}
    errors: dict[str, Said] = {}
    for one in on_form:
        typed = form.typed.get(one.code, ())
        try:
            read_so_far[one.code] = read(one, typed, today=in_japan(now))
        except Wrong as wrong:
            if _is_as_stored(typed, stored.get(one.code)):
                read_so_far[one.code] = stored[one.code].value
            else:
                errors[one.code] = wrong.said
    values, unknown = await resolved(session, read_so_far)
    if errors or unknown:
        raise Unacceptable({**errors, **unknown})
    return values


def _is_as_stored(typed: Sequence[str], present: Value | None) -> bool:
    """Say whether a text is the stored one: a day that has gone by since it was typed stays where it is."""
    return present is not None and list(typed) == [present.value]


async def _refuse_confidential(session: AsyncSession, enquiry: Enquiry, new: Mapping[str, Any]) -> None:
    """Refuse confidential values before the organisation has accepted the operator's terms. Raises Unacceptable."""
    closed = [code for code, value in new.items() if FIELDS[code].tier is Tier.CONFIDENTIAL and value is not None]
    if closed and await queries.acceptance_by(session, enquiry.organisation_id) is None:
        raise Unacceptable({code: say(TERMS_FIRST) for code in closed})


def _compared(
    on_form: Sequence[Field], new: Mapping[str, Any], form: Form, stored: Mapping[str, Value]
) -> tuple[dict[str, Any], list[str], bool]:
    """Return what to write, the fields that two people changed differently, and whether others changed something."""
    changes: dict[str, Any] = {}
    conflicts: list[str] = []
    merged = False
    for one in on_form:
        present = stored.get(one.code)
        before, mine = (present.value if present else None), new[one.code]
        moved = one.code in form.seen and form.seen[one.code] != fingerprint(before)
        untouched = one.code in form.seen and form.seen[one.code] == fingerprint(mine)
        merged = merged or moved
        if mine == before:
            if present is not None and present.waits and mine is not None:
                changes[one.code] = mine
        elif moved and not untouched:
            conflicts.append(one.code)
        elif not untouched:
            changes[one.code] = mine
    return changes, conflicts, merged


def _refuse_disagreeing(block: Block, changes: Mapping[str, Any], stored: Mapping[str, Value]) -> None:
    """Refuse values that do not fit together, where this block holds the field to change. Raises Unacceptable."""
    together = {code: value.value for code, value in stored.items()} | dict(changes)
    here = {one.code for one in block.fields}
    found = {
        code: said
        for code, said in disagreements(together).items()
        if code in here and any(one in changes for one in INVOLVED[code])
    }
    if found:
        raise Unacceptable(found)


def _refuse_changed_confirmations(confirm: Mapping[str, str], stored: Mapping[str, Value]) -> None:
    for code, shown in confirm.items():
        present = stored.get(code)
        if present is None or not present.waits or present.value is None or fingerprint(present.value) != shown:
            raise NothingToConfirm


async def _write(
    session: AsyncSession,
    enquiry: Enquiry,
    changes: Mapping[str, Any],
    confirm: Collection[str],
    by: Actor,
    now: datetime,
) -> None:
    if not changes and not confirm:
        return
    await write_typed(session, enquiry, changes, by=by, now=now)
    await mark_confirmed(session, enquiry, [code for code in confirm if code not in changes], by=by, now=now)
    touch(enquiry, now)
    record(session, "enquiry.saved", subject=enquiry.id, by=by, now=now, fields=sorted({*changes, *confirm}))
