"""Reads of people and sessions; who may see whom is decided here."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload

from app.ground.errors import NotFound
from app.ground.i18n import locale_of
from app.ground.mail import Recipient
from app.identity.models import (
    Attempt,
    LinkPurpose,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    SignedSession,
    SignInLink,
)
from app.identity.rules import Actor, Role, hashed


def visible_to(reader: Actor) -> Select[Any]:
    """The one place that decides which memberships a person may see.

    Members see their own organisation's; staff also the coordinators'; administrators all.
    """
    current = select(Membership).join(Membership.organisation).join(Person, Person.id == Membership.person_id)
    current = current.where(Membership.ended_at.is_(None), Person.disabled_at.is_(None))
    if reader.is_administrator:
        return current
    mine = Membership.organisation_id.in_(reader.organisation_ids)
    if reader.is_staff:
        return current.where(or_(mine, Membership.role == Role.COORDINATOR))
    return current.where(mine)


async def members(session: AsyncSession, *, reader: Actor) -> list[tuple[Membership, Person]]:
    """Return the memberships that the reader may see, with their people, by organisation and name."""
    listed = visible_to(reader).options(contains_eager(Membership.organisation)).add_columns(Person)
    rows = await session.execute(listed.order_by(Organisation.name_en, Membership.role, Person.name, Person.id))
    return [(membership, person) for membership, person in rows]


async def get_membership(session: AsyncSession, membership_id: UUID, *, reader: Actor) -> Membership:
    """Return a membership, or refuse in the same words whether it is absent or hidden."""
    found: Membership | None = await session.scalar(visible_to(reader).where(Membership.id == membership_id))
    if found is None:
        raise NotFound
    return found


async def count_members(session: AsyncSession, organisation_id: UUID, role: Role) -> int:
    """Return how many current members hold a role in an organisation."""
    current = select(func.count()).select_from(Membership).join(Person, Person.id == Membership.person_id)
    current = current.where(Membership.organisation_id == organisation_id, Membership.role == role)
    return await session.scalar(current.where(Membership.ended_at.is_(None), Person.disabled_at.is_(None))) or 0


async def actor_of_session(session: AsyncSession, token: str, *, now: datetime) -> Actor | None:
    """Return who a session cookie stands for, or None where it is unknown, revoked or expired."""
    signed = select(SignedSession.id, SignedSession.person_id).where(
        SignedSession.token_hash == hashed(token), SignedSession.revoked_at.is_(None), SignedSession.expires_at > now
    )
    row = (await session.execute(signed)).one_or_none()
    return None if row is None else await actor_of(session, row.person_id, session_id=row.id)


async def actor_of(session: AsyncSession, person_id: UUID, *, session_id: UUID | None = None) -> Actor | None:
    """Return a person with their roles as one who acts, or None where the account is disabled."""
    current = (Membership.person_id == Person.id) & Membership.ended_at.is_(None)
    rows = (
        await session.execute(
            select(Person, Membership, Organisation)
            .outerjoin(Membership, current)
            .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
            .where(Person.id == person_id, Person.disabled_at.is_(None))
        )
    ).all()
    if not rows:
        return None
    person = rows[0][0]
    held = [(membership, organisation) for _person, membership, organisation in rows if membership is not None]
    return Actor(
        person_id=person.id,
        name=person.name,
        email=person.email,
        language=locale_of(person.language),
        roles=frozenset(membership.role for membership, _organisation in held),
        organisation_ids=frozenset(organisation.id for _membership, organisation in held),
        institution_ids=frozenset(
            organisation.id for membership, organisation in held if membership.role is Role.COORDINATOR
        ),
        organisation_name=held[0][1].name_en if held else "",
        session_id=session_id,
    )


async def person_by_address(session: AsyncSession, email: str) -> Person | None:
    """Return the person who reads this address (given in lower case), or None."""
    return await session.scalar(select(Person).where(Person.email == email))


async def usable_link(session: AsyncSession, token: str, *, now: datetime, lock: bool = False) -> SignInLink | None:
    """Return the link that this token opens while it is fresh and unused; `lock` holds it until the commit."""
    fresh = select(SignInLink).where(
        SignInLink.token_hash == hashed(token),
        SignInLink.used_at.is_(None),
        SignInLink.withdrawn_at.is_(None),
        SignInLink.expires_at > now,
    )
    return await session.scalar(fresh.with_for_update() if lock else fresh)


async def sessions_of(session: AsyncSession, reader: Actor, *, now: datetime) -> list[SignedSession]:
    """Return the reader's own open sessions, newest first."""
    mine = select(SignedSession).where(SignedSession.person_id == reader.person_id)
    mine = mine.where(SignedSession.revoked_at.is_(None), SignedSession.expires_at > now)
    return list(await session.scalars(mine.order_by(SignedSession.created_at.desc())))


async def attempts(session: AsyncSession, kind: str, who: str, *, now: datetime, within: timedelta) -> int:
    """Return how often somebody (an address, a network address) tried this lately."""
    recent = select(func.count()).select_from(Attempt)
    recent = recent.where(Attempt.kind == kind, Attempt.who_hash == hashed(who), Attempt.at > now - within)
    return await session.scalar(recent) or 0


async def operator(session: AsyncSession) -> Organisation:
    """Return the organisation that runs this window. Raises NoResultFound before the first set-up."""
    return (await session.scalars(select(Organisation).where(Organisation.kind == OrganisationKind.OPERATOR))).one()


def may_be_invited_to(by: Actor) -> Select[Organisation]:
    """Return the institutions that somebody may invite coordinators to: staff all, coordinators their own."""
    found = select(Organisation).where(Organisation.kind == OrganisationKind.INSTITUTION)
    return found if by.is_staff else found.where(Organisation.id.in_(by.institution_ids))


async def institutions_to_invite_to(session: AsyncSession, *, reader: Actor) -> list[Organisation]:
    """Return the institutions that the reader may invite coordinators to, by English name."""
    found = may_be_invited_to(reader)
    return list(await session.scalars(found.order_by(Organisation.name_en)))


async def invitations_waiting(session: AsyncSession, *, reader: Actor, now: datetime) -> list[SignInLink]:
    """Return the invitations of coordinators that the reader may withdraw, with their institutions, newest first."""
    if Role.COORDINATOR not in reader.may_invite():
        return []
    waiting = select(SignInLink).where(SignInLink.purpose == LinkPurpose.INVITATION, SignInLink.expires_at > now)
    waiting = waiting.where(SignInLink.used_at.is_(None), SignInLink.withdrawn_at.is_(None))
    waiting = waiting.where(
        SignInLink.organisation_id.in_(may_be_invited_to(reader).with_only_columns(Organisation.id))
    )
    found = waiting.where(SignInLink.role == Role.COORDINATOR).options(joinedload(SignInLink.organisation))
    return list(await session.scalars(found.order_by(SignInLink.created_at.desc())))


async def recipients(session: AsyncSession, organisation_id: UUID, role: Role) -> list[Recipient]:
    """Return where mail to the current holders of a role in an organisation goes, each in their own language."""
    held = select(Person).join(Membership, Membership.person_id == Person.id)
    held = held.where(Membership.organisation_id == organisation_id, Membership.role == role)
    people = await session.scalars(
        held.where(Membership.ended_at.is_(None), Person.disabled_at.is_(None)).order_by(Person.email)
    )
    return [Recipient(person.email, locale_of(person.language), person.id) for person in people]


async def recipient(session: AsyncSession, person_id: UUID) -> Recipient:
    """Return where mail to a person goes and in which language. Raises NoResultFound for an unknown person."""
    person = (await session.scalars(select(Person).where(Person.id == person_id))).one()
    return Recipient(person.email, locale_of(person.language), person.id)


async def demonstration_people(session: AsyncSession) -> list[tuple[Person, Membership]]:
    """Return the people of the demonstration with their memberships, for the links that `make run` prints."""
    shown = select(Person, Membership).join(Membership, Membership.person_id == Person.id)
    shown = shown.options(joinedload(Membership.organisation)).where(Person.demo, Membership.ended_at.is_(None))
    # Officers first, then hospitals, then companies.
    ordered = shown.order_by(Membership.role == Role.SPONSOR, Membership.role == Role.COORDINATOR, Person.email)
    return [(person, membership) for person, membership in await session.execute(ordered)]


def is_invitation(link: SignInLink) -> bool:
    """Say whether a link invites to a role."""
    return link.purpose is LinkPurpose.INVITATION
