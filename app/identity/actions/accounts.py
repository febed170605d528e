"""Who belongs where: invitations, the end of a membership, the first administrator, a person's language."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import record
from app.ground.errors import NotFound
from app.ground.i18n import Locale
from app.ground.mail import Recipient, post
from app.identity import queries
from app.identity.actions.links import acceptable_address, new_link
from app.identity.errors import HandOverFirst, InvitationOver, LastMember, MayNotInvite
from app.identity.models import (
    LinkPurpose,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    SignedSession,
    SignInLink,
)
from app.identity.rules import MAY_INVITE, SERVICE, Actor, Role

# An invitation waits longer than a sign-in link: the person invited is not at the keyboard.
INVITATION_LASTS = timedelta(days=7)


async def invite(
    session: AsyncSession,
    *,
    email: str,
    role: Role,
    organisation_id: UUID | None,
    language: Locale,
    secret: str,
    by: Actor,
    now: datetime,
) -> SignInLink:
    """Mail an invitation to a role: members to their own company, coordinators to their own institution, staff
    coordinators to a named institution, administrators staff, observers and administrators to the operator.

    Returns the link that waits. Raises MayNotInvite, NotFound for an institution that is none, Unacceptable for what is no address.
    """
    address = acceptable_address(email)
    if role not in by.may_invite():
        raise MayNotInvite
    place = await _place_for(session, role, organisation_id, by)
    link = new_link(LinkPurpose.INVITATION, address, language, secret, now, INVITATION_LASTS)
    link.role, link.organisation_id, link.invited_by_id = role, place.id, by.person_id
    session.add(link)
    await session.flush()
    await post(session, "invitation", to=Recipient(address, language), now=now, link_id=str(link.id))
    record(session, "person.invited", subject=place.id, by=by, now=now, role=role)
    return link


async def withdraw_invitation(session: AsyncSession, link_id: UUID, *, by: Actor, now: datetime) -> None:
    """Take back an invitation of a coordinator that nobody has accepted; its link works no more.

    For those who may invite to that institution. Raises NotFound, InvitationOver.
    """
    places = queries.may_be_invited_to(by).with_only_columns(Organisation.id)
    wanted = select(SignInLink).where(SignInLink.id == link_id, SignInLink.purpose == LinkPurpose.INVITATION)
    wanted = wanted.where(SignInLink.role == Role.COORDINATOR, SignInLink.organisation_id.in_(places))
    # Whoever accepts it at this moment goes first, or finds it withdrawn.
    link = await session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if link is None or Role.COORDINATOR not in by.may_invite() or link.organisation_id is None:
        raise NotFound
    if link.used_at or link.withdrawn_at or link.expires_at <= now:
        raise InvitationOver
    link.withdrawn_at = now
    record(session, "invitation.withdrawn", subject=link.organisation_id, by=by, now=now, role=link.role)


async def _place_for(session: AsyncSession, role: Role, organisation_id: UUID | None, by: Actor) -> Organisation:
    """Return the organisation that an invitation leads to."""
    wanted = select(Organisation)
    if role is Role.COORDINATOR:
        wanted = queries.may_be_invited_to(by).where(Organisation.id == organisation_id)
    elif role is Role.SPONSOR:
        wanted = wanted.where(Organisation.kind == OrganisationKind.SPONSOR, Organisation.id.in_(by.organisation_ids))
    else:
        wanted = wanted.where(Organisation.kind == OrganisationKind.OPERATOR)
    place = (await session.scalars(wanted.limit(1))).one_or_none()
    if place is None:
        raise NotFound
    return place


async def end_membership(session: AsyncSession, membership_id: UUID, *, by: Actor, now: datetime) -> None:
    """End somebody's membership (or one's own) and sign them out everywhere.

    Whoever may invite to a role may end it; a coordinator leaves by a hand-over instead. Raises NotFound,
    MayNotInvite, HandOverFirst, LastMember.
    """
    membership = await queries.get_membership(session, membership_id, reader=by)
    if membership.role is Role.COORDINATOR:
        raise HandOverFirst
    if membership.role not in by.may_invite() and membership.person_id != by.person_id:
        raise MayNotInvite
    if await queries.count_members(session, membership.organisation_id, membership.role) <= 1 and _must_stay(
        membership.role
    ):
        raise LastMember
    await close_membership(session, membership, by=by, now=now)


async def close_membership(session: AsyncSession, membership: Membership, *, by: Actor, now: datetime) -> None:
    """Write that a membership is over and sign the person out everywhere; the caller has decided that it may be."""
    membership.ended_at = now
    still_open = SignedSession.revoked_at.is_(None)
    await session.execute(
        update(SignedSession).where(SignedSession.person_id == membership.person_id, still_open).values(revoked_at=now)
    )
    record(session, "membership.ended", subject=membership.person_id, by=by, now=now, role=membership.role)


def _must_stay(role: Role) -> bool:
    """Say whether somebody must always hold this role: those who can invite its next holder themselves."""
    return role in MAY_INVITE[role]


async def choose_language(session: AsyncSession, language: Locale, *, by: Actor) -> None:
    """Keep a signed-in person's language, which their mails are written in too."""
    await session.execute(update(Person).where(Person.id == by.person_id).values(language=language))


async def create_administrator(
    session: AsyncSession, *, email: str, name: str, language: Locale, operator_en: str, operator_ja: str, now: datetime
) -> Person:
    """Create the operator where there is none and an administrator in it; safe to run twice."""
    address = acceptable_address(email)
    place = await ensure_operator(session, name_en=operator_en, name_ja=operator_ja, now=now)
    person = await queries.person_by_address(session, address)
    if person is None:
        person = Person(id=uuid4(), email=address, name=name, language=language, created_at=now)
        session.add(person)
        await session.flush()
    current = select(Membership.id).where(
        Membership.person_id == person.id, Membership.role == Role.ADMINISTRATOR, Membership.ended_at.is_(None)
    )
    if await session.scalar(current) is None:
        session.add(Membership(person_id=person.id, organisation_id=place.id, role=Role.ADMINISTRATOR, created_at=now))
        record(session, "administrator.created", subject=person.id, by=SERVICE, now=now)
    return person


async def ensure_operator(session: AsyncSession, *, name_en: str, name_ja: str, now: datetime) -> Organisation:
    """Return the organisation that runs this window, created at the first call."""
    found = await session.scalar(select(Organisation).where(Organisation.kind == OrganisationKind.OPERATOR))
    if found is not None:
        return found
    place = Organisation(id=uuid4(), kind=OrganisationKind.OPERATOR, name_en=name_en, name_ja=name_ja, created_at=now)
    session.add(place)
    await session.flush()
    return place
