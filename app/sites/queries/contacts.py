"""Whom to write to at an institution: never public."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.rules import Actor
from app.sites.models import Contact
from app.sites.rules.contacts import ContactPurpose


def contacts_visible_to(reader: Actor) -> Select[Contact]:
    """Return the current contacts that a person may read: staff all, coordinators their own hospital's, others none.

    This is the one place that decides it.
    """
    rows = select(Contact).where(Contact.superseded_at.is_(None), Contact.removed.is_(False))
    return rows if reader.is_staff else rows.where(Contact.institution_id.in_(reader.institution_ids))


async def contacts_of(session: AsyncSession, institution_id: UUID, *, reader: Actor) -> list[Contact]:
    """Return the contacts of an institution by purpose and name; empty for a reader who may not know."""
    rows = await session.scalars(contacts_visible_to(reader).where(Contact.institution_id == institution_id))
    order = {purpose: position for position, purpose in enumerate(ContactPurpose)}
    return sorted(rows, key=lambda row: (order[row.purpose], row.name, row.first_id))
