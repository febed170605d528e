"""An officer decides which records are not one trial, and may take that back."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.errors import NotAllowed, Unacceptable
from app.ground.i18n import _
from app.identity.rules import Actor
from app.trials.actions.joining import choose_leads, set_apart, trials_for
from app.trials.actions.loading import LOADING_LOCK
from app.trials.actions.noting import note_touched
from app.trials.errors import NotParted
from app.trials.models import RANK, RecordNumber, Trial, TrialRecord
from app.trials.queries import get_record

NONE_CHOSEN = _("No record was chosen. Choose the records that are another trial.")
ALL_CHOSEN = _("All records were chosen, which would part nothing. Leave at least one with this trial.")


async def part(session: AsyncSession, number: str, chosen: Collection[str], *, by: Actor, now: datetime) -> Trial:
    """Make the records of a trial that bear the chosen numbers a trial of their own; return it.

    Records of one number are parted together, whoever handed them over. Raises NotAllowed for all but officers,
    NoSuchTrial, and Unacceptable under `records`.
    """
    records = await _records_with(session, number, by=by)
    parted = [record for record in records if record.number in chosen]
    if not parted:
        raise Unacceptable({"records": NONE_CHOSEN})
    if len(parted) == len(records):
        raise Unacceptable({"records": ALL_CHOSEN})
    return await set_apart(session, parted, by=by, now=now)


async def join_again(session: AsyncSession, number: str, *, by: Actor, now: datetime) -> UUID:
    """Let common numbers decide again about records that were parted; return the trial that they are now.

    Raises NotAllowed for all but officers, NoSuchTrial, and NotParted.
    """
    parted = [record for record in await _records_with(session, number, by=by) if record.apart]
    if not parted:
        raise NotParted
    ids = [record.id for record in parted]
    await session.execute(update(TrialRecord).where(TrialRecord.id.in_(ids)).values(apart=False))
    named: dict[UUID, list[str]] = {key: [] for key in ids}
    for row in await session.scalars(select(RecordNumber).where(RecordNumber.record_id.in_(ids))):
        named[row.record_id].append(row.value)
    read = {record.id: named[record.id] for record in parted}
    former = {record.id: record.trial_id for record in parted}
    trials = await trials_for(session, read, former, by=by, now=now)
    await choose_leads(session, {*trials.of.values()})
    await note_touched(session, {*trials.of.values(), *trials.emptied})
    trial = trials.of[parted[0].id]
    numbers = sorted({record.number for record in parted})
    audit.record(session, "trial.parting_undone", subject=trial, by=by, now=now, records=numbers)
    return trial


async def _records_with(session: AsyncSession, number: str, *, by: Actor) -> list[TrialRecord]:
    """Return all records of the trial of a number, as they stand once no load is writing."""
    if not by.is_staff:
        raise NotAllowed
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOADING_LOCK})
    found = await get_record(session, number)
    of_it = select(TrialRecord).where(TrialRecord.trial_id == found.trial_id).order_by(RANK, TrialRecord.number)
    return list(await session.scalars(of_it, execution_options={"populate_existing": True}))
