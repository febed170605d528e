"""What an officer needs to part the records of a trial: which bear one number, and who parted them from where before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import AuditEvent
from app.identity.models import Person
from app.trials.models import Trial, TrialRecord


@dataclass(frozen=True)
class Parting:
    """When records became a trial of their own, by whom, and the records that now lead the trials they left."""

    at: datetime
    by: str
    left: list[TrialRecord]


def by_number(records: Sequence[TrialRecord]) -> list[list[TrialRecord]]:
    """Return records in groups of one number each, which only go together."""
    numbers = dict.fromkeys(record.number for record in records)
    return [[record for record in records if record.number == number] for number in numbers]


async def lead_of(session: AsyncSession, trial: UUID) -> TrialRecord:
    """Return the record that speaks first for a trial that has records."""
    return (await session.scalars(select(TrialRecord).where(TrialRecord.trial_id == trial, TrialRecord.leads))).one()


async def parting_of(session: AsyncSession, trial: UUID) -> Parting | None:
    """Return the last parting that made a trial; None where none did."""
    found = await session.execute(
        select(AuditEvent, Person.name)
        .outerjoin(Person, Person.id == AuditEvent.by_id)
        .where(AuditEvent.subject_id == trial, AuditEvent.what == "trial.parted")
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(1)
    )
    row = found.first()
    if row is None:
        return None
    event, name = row
    left = [UUID(one) for one in event.details["left"]]
    now_at = select(func.coalesce(Trial.joined_into_id, Trial.id)).where(Trial.id.in_(left))
    leads = await session.scalars(select(TrialRecord).where(TrialRecord.trial_id.in_(now_at), TrialRecord.leads))
    return Parting(event.at, name or "", list(leads))
