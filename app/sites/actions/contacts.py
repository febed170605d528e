"""Whom a coordinator names for each purpose; the words stand in the row alone, in no audit, job or mail."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import _
from app.identity.models import Person
from app.identity.rules import Actor
from app.sites import queries
from app.sites.actions.committees import repeated
from app.sites.errors import EntryMovedOn, NoSuchContact
from app.sites.models import Contact
from app.sites.queries import lock_institution
from app.sites.rules.contacts import ContactStatement, read_contact


async def state_contact(
    session: AsyncSession,
    code: str,
    typed: Mapping[str, str],
    languages: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> Contact:
    """Add a contact of the coordinator's institution, or say anew who it is.

    `typed` and `languages` are those of rules.read_contact; `typed` also holds `contact`, the first id of the one
    that is changed or "" for a new one, and `seen`, the id of the row that the page showed. Raises
    NoSuchInstitution, NoSuchContact, Unacceptable field by field, EntryMovedOn where another row stands.
    """
    institution = await queries.own_institution(session, code, reader=by)
    said, errors = read_contact(typed, languages, today=in_japan(now))
    if errors or said is None:
        raise Unacceptable(errors)
    await lock_institution(session, institution.id)
    standing = await _standing(session, institution.id)
    before = _before(standing, typed["contact"], typed.get("seen", "")) if typed.get("contact") else None
    if any(
        (other.purpose, other.name) == (said.purpose, said.name)
        for other in standing
        if not (other is before or other.removed)
    ):
        raise Unacceptable({"name": _("This name is on the list for this purpose already.")})
    if before is not None:
        before.superseded_at = now
        await session.flush()
    row = _row(said, institution.id, before, by=by, now=now)
    session.add(row)
    await session.flush()
    audit.record(session, "contact.stated", subject=institution.id, by=by, now=now, contact=str(row.first_id))
    return row


async def remove_contact(
    session: AsyncSession, code: str, contact_id: UUID, seen: str, *, by: Actor, now: datetime
) -> None:
    """Take a contact from the list. Raises NoSuchInstitution, NoSuchContact, EntryMovedOn."""
    institution = await queries.own_institution(session, code, reader=by)
    await lock_institution(session, institution.id)
    before = _before(await _standing(session, institution.id), str(contact_id), seen)
    before.superseded_at = now
    await session.flush()
    session.add(repeated(before, by=by, now=now, removed=True))
    await session.flush()
    audit.record(session, "contact.removed", subject=institution.id, by=by, now=now, contact=str(contact_id))


async def mark_contacts_of(
    session: AsyncSession, institution_id: UUID, leaver: Person, *, by: Actor, now: datetime
) -> int:
    """Mark what names somebody who leaves, by mail address or by name, as to be renewed; return how many.

    The caller holds the institution (lock_institution). The day for which an entry was stated stays its own.
    """
    current = select(Contact).where(Contact.institution_id == institution_id, Contact.superseded_at.is_(None))
    current = current.where(Contact.removed.is_(False), Contact.to_renew.is_(False))
    named = or_(func.lower(Contact.mail) == leaver.email, Contact.name.contains(leaver.name, autoescape=True))
    rows = list(await session.scalars(current.where(named)))
    for row in rows:
        row.superseded_at = now
    await session.flush()
    session.add_all([repeated(row, by=by, now=now, to_renew=True, as_of=row.as_of) for row in rows])
    await session.flush()
    return len(rows)


async def _standing(session: AsyncSession, institution_id: UUID) -> list[Contact]:
    current = select(Contact).where(Contact.institution_id == institution_id, Contact.superseded_at.is_(None))
    return list(await session.scalars(current))


def _before(standing: list[Contact], contact: str, seen: str) -> Contact:
    before = next((row for row in standing if str(row.first_id) == contact), None)
    if before is None:
        raise NoSuchContact
    if str(before.id) != seen or before.removed:
        raise EntryMovedOn
    return before


def _row(said: ContactStatement, institution_id: UUID, before: Contact | None, *, by: Actor, now: datetime) -> Contact:
    row_id = uuid4()
    return Contact(
        id=row_id,
        first_id=before.first_id if before else row_id,
        institution_id=institution_id,
        purpose=said.purpose,
        name=said.name,
        mail=said.mail,
        phone=said.phone,
        languages=list(said.languages),
        note=said.note,
        as_of=said.as_of,
        recorded_at=now,
        recorded_by_id=by.person_id,
    )
