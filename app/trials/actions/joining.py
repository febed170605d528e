"""Giving records their trial: by common numbers on their own, apart again by a person's decision."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.audit import By
from app.trials.actions.copying import copy
from app.trials.actions.keys import fresh_keys
from app.trials.actions.noting import note_touched
from app.trials.models import RANK, RecordNumber, Trial, TrialRecord
from app.trials.rules.joining import MOST_NAMING, groups_of


@dataclass
class Trials:
    """The trial of each record that was read, the trials that have other records too, and those that lost theirs."""

    of: dict[UUID, UUID] = field(default_factory=dict)
    shared: set[UUID] = field(default_factory=set)
    emptied: set[UUID] = field(default_factory=set)


async def trials_for(
    session: AsyncSession, read: Mapping[UUID, Collection[str]], former: Mapping[UUID, UUID], *, by: By, now: datetime
) -> Trials:
    """Find or make the trial of each record that was read; where records connect trials, the oldest takes over the others'.

    `read`: the numbers that each record bears and names; `former`: the trial of each that has one already. Everything
    that is joined leaves an audit row with the numbers of the records that moved.
    """
    bonds = await _bonds(session, read, former)
    ages = await _ages(session, {thing for things in bonds.values() for thing in things if thing not in read})
    groups = groups_of(bonds)
    bound = {thing for group in groups for thing in group}
    alone = [record for record in read if record not in bound]
    fresh = iter(fresh_keys(len(groups) + len(alone), now))
    found, made = Trials(), []
    for group in groups:
        old = sorted((thing for thing in group if thing in ages), key=lambda trial: ages[trial])
        trial = old[0] if old else next(fresh)
        if not old:
            made.append((trial, now))
        found.of |= {thing: trial for thing in group if thing not in ages}
        found.shared.add(trial)
        if len(old) > 1:
            await _take_over(session, trial, old[1:], by=by, now=now)
            found.emptied.update(old[1:])
    for record in alone:
        trial = found.of[record] = next(fresh)
        made.append((trial, now))
    if made:
        await copy(session, "trial", ("id", "created_at"), made)
    return found


async def _bonds(
    session: AsyncSession, read: Mapping[UUID, Collection[str]], former: Mapping[UUID, UUID]
) -> dict[str | UUID, set[UUID]]:
    """Return the records read and the trials known that each number connects, and each record with the trial it has.

    A number that connects nothing is left out: most do not, and records come by the thousand.
    """
    first, bonds = dict[str, UUID](), dict[str | UUID, set[UUID]]()
    for record, numbers in read.items():
        for number in numbers:
            if (other := first.setdefault(number, record)) is not record:
                bonds.setdefault(number, {other}).add(record)
    known = await session.execute(
        select(RecordNumber.value, func.array_agg(TrialRecord.trial_id.distinct()), func.count())
        .join(TrialRecord, TrialRecord.id == RecordNumber.record_id)
        .where(RecordNumber.value == func.any(list(first)), ~TrialRecord.apart)
        .group_by(RecordNumber.value)
    )
    for number, trials, records in known:
        bonds.setdefault(number, {first[number]}).update(trials)
        if records > MOST_NAMING:
            del bonds[number]
    bonds = {number: things for number, things in bonds.items() if len(things) <= MOST_NAMING}
    return bonds | {record: {record, trial} for record, trial in former.items()}


async def _ages(session: AsyncSession, trials: set[UUID]) -> dict[UUID, tuple[datetime, UUID]]:
    rows = await session.execute(select(Trial.id, Trial.created_at).where(Trial.id == func.any(list(trials))))
    return {key: (created, key) for key, created in rows}


async def _take_over(session: AsyncSession, into: UUID, emptied: list[UUID], *, by: By, now: datetime) -> None:
    moved = await session.execute(
        update(TrialRecord)
        .where(TrialRecord.trial_id.in_(emptied), ~TrialRecord.apart)
        .values(trial_id=into, leads=False)
        .returning(TrialRecord.number)
    )
    await session.execute(update(Trial).where(Trial.id.in_(emptied)).values(joined_into_id=into))
    emptied_now = [str(one) for one in emptied]
    audit.record(
        session, "trial.joined", subject=into, by=by, now=now, took_over=emptied_now, records=sorted(moved.scalars())
    )


async def choose_leads(session: AsyncSession, trials: Collection[UUID]) -> None:
    """Let the record of the first source, and there of the lowest number, speak for each of some trials."""
    if not trials:
        return
    touched = TrialRecord.trial_id == func.any(list(trials))
    first = (
        select(TrialRecord.id)
        .where(touched)
        .order_by(TrialRecord.trial_id, RANK, TrialRecord.number)
        .ext(distinct_on(TrialRecord.trial_id))
    )
    chosen = list(await session.scalars(first))
    await session.execute(update(TrialRecord).where(touched, TrialRecord.leads).values(leads=False))
    await session.execute(update(TrialRecord).where(TrialRecord.id == func.any(chosen)).values(leads=True))


async def set_apart(session: AsyncSession, records: Sequence[TrialRecord], *, by: By, now: datetime) -> Trial:
    """Make records of one trial a trial of their own, which no common number joins again; returns it."""
    trial = Trial(id=uuid4(), created_at=now)
    session.add(trial)
    await session.flush()
    left = {record.trial_id for record in records}
    ids = [record.id for record in records]
    await session.execute(
        update(TrialRecord).where(TrialRecord.id.in_(ids)).values(trial_id=trial.id, apart=True, leads=False)
    )
    await choose_leads(session, {*left, trial.id})
    await note_touched(session, {*left, trial.id})
    numbers = sorted(record.number for record in records)
    audit.record(
        session,
        "trial.parted",
        subject=trial.id,
        by=by,
        now=now,
        records=numbers,
        left=sorted(str(one) for one in left),
    )
    return trial
