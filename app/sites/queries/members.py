"""Who speaks for an institution, who did, and who is invited to: for its own coordinators and staff."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.models import Membership, Person, SignedSession, SignInLink
from app.identity.queries import invitations_waiting
from app.identity.rules import Actor, Role


@dataclass(frozen=True)
class Coordinator:
    """Somebody who speaks, or spoke, for an institution; `last_sign_in` where one is known."""

    membership: Membership
    person: Person
    last_sign_in: datetime | None

    @property
    def speaks(self) -> bool:
        """Whether they speak for it today."""
        return self.membership.ended_at is None and self.person.disabled_at is None


def _theirs(reader: Actor) -> ColumnElement[bool]:
    """Say which coordinators a person may know of: staff all, coordinators those of their own, others none."""
    return true() if reader.is_staff else Membership.organisation_id.in_(reader.institution_ids)


def memberships_visible_to(reader: Actor) -> Select[Membership, Person]:
    """Return the coordinators, those who left included, that a person may know of."""
    rows = select(Membership, Person).join(Person, Person.id == Membership.person_id)
    return rows.where(Membership.role == Role.COORDINATOR, _theirs(reader))


async def coordinators_of(session: AsyncSession, institution_id: UUID, *, reader: Actor) -> list[Coordinator]:
    """Return who speaks and who spoke for an institution, the present first, by name."""
    seen = select(SignedSession.person_id, func.max(SignedSession.created_at).label("at"))
    last = seen.group_by(SignedSession.person_id).subquery()
    rows = memberships_visible_to(reader).where(Membership.organisation_id == institution_id)
    listed = rows.add_columns(last.c.at).outerjoin(last, last.c.person_id == Person.id)
    # Read anew after a lock: somebody may have left while this reader waited.
    found = await session.execute(listed.execution_options(populate_existing=True))
    people = [Coordinator(membership, person, at) for membership, person, at in found]
    return sorted(people, key=lambda one: (not one.speaks, one.person.name, one.membership.created_at))


async def invitations_to(
    session: AsyncSession, institution_id: UUID, *, reader: Actor, now: datetime
) -> list[SignInLink]:
    """Return the invitations to speak for an institution that wait to be accepted, newest first."""
    waiting = await invitations_waiting(session, reader=reader, now=now)
    return [link for link in waiting if link.organisation_id == institution_id]
