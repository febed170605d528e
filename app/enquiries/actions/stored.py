"""Writing and clearing single values, each in the table of its tier."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries.errors import AlreadySettled, NotYoursToChange, Withdrawn
from app.enquiries.fields import FIELDS
from app.enquiries.models import VALUE_TABLES, Enquiry, EnquiryStage
from app.enquiries.rules import Imported, Source, Value
from app.identity.rules import Actor


def refuse_others(enquiry: Enquiry, by: Actor) -> None:
    """Refuse whoever is not of the organisation that enquires, and any change to what was withdrawn.

    Raises NotYoursToChange, Withdrawn.
    """
    if not by.is_service and enquiry.organisation_id not in by.organisation_ids:
        raise NotYoursToChange
    if enquiry.stage is EnquiryStage.WITHDRAWN:
        raise Withdrawn


def refuse_settled(enquiry: Enquiry, present: Value | None) -> None:
    """Refuse a change to what officers and hospitals already rely on; empty places may be filled until the end.

    Raises AlreadySettled.
    """
    if enquiry.stage is not EnquiryStage.DRAFT and present is not None and present.counts:
        raise AlreadySettled


async def write_typed(
    session: AsyncSession, enquiry: Enquiry, values: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    """Store what a person typed; a value of None clears the field."""
    for field, value in values.items():
        table = VALUE_TABLES[FIELDS[field].tier]
        if value is None:
            await session.execute(delete(table).where(table.enquiry_id == enquiry.id, table.field == field))
        else:
            await _put(session, enquiry, field, by, now, value=value, source=Source.TYPED.value)


async def write_imported(
    session: AsyncSession, enquiry: Enquiry, what: Mapping[str, Imported], ref: str, read_at: datetime, *,
    by: Actor, now: datetime,
) -> None:  # fmt: skip
    """Store what a registry says, to be confirmed."""
    for field, given in what.items():
        await _put(
            session, enquiry, field, by, now,
            value=given.value, as_read=given.as_read, source=Source.REGISTRY.value, source_ref=ref, read_at=read_at,
        )  # fmt: skip


async def mark_confirmed(
    session: AsyncSession, enquiry: Enquiry, fields: list[str], *, by: Actor, now: datetime
) -> None:
    """Note that a person stands behind imported values."""
    said = {"confirmed_at": now, "confirmed_by_id": by.person_id, "updated_at": now, "updated_by_id": by.person_id}
    for table in VALUE_TABLES.values():
        await session.execute(
            update(table).where(table.enquiry_id == enquiry.id, table.field.in_(fields)).values(**said)
        )


async def _put(session: AsyncSession, enquiry: Enquiry, field: str, by: Actor, now: datetime, **given: Any) -> None:
    """Put one value into the table of its tier, over whatever stands there."""
    table = VALUE_TABLES[FIELDS[field].tier]
    absent = dict.fromkeys(("as_read", "source_ref", "read_at", "confirmed_at", "confirmed_by_id"))
    row = {**absent, **given, "updated_at": now, "updated_by_id": by.person_id}
    key = {"enquiry_id": enquiry.id, "field": field, "organisation_id": enquiry.organisation_id}
    await session.execute(
        insert(table).values(**key, **row).on_conflict_do_update(index_elements=["enquiry_id", "field"], set_=row)
    )


def touch(enquiry: Enquiry, now: datetime) -> None:
    """Note that an enquiry has changed."""
    enquiry.version += 1
    enquiry.updated_at = now
