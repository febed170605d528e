"""Links by mail: asked for, and used once by the button on the page that they open."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import record
from app.ground.errors import Unacceptable
from app.ground.i18n import Locale, Message, _, locale_of
from app.ground.mail import Recipient, post
from app.identity import queries
from app.identity.errors import LinkNotUsable, RolesExclude
from app.identity.models import LinkPurpose, Membership, Organisation, OrganisationKind, Person, SignInLink
from app.identity.rules import SERVICE, Role, hashed, is_address, may_be_together, normal_address, token_for

LONGEST_NAME = 200


def link_token(secret: str, link: SignInLink) -> str:
    """Return the token that the mail of a link carries."""
    return token_for(secret, "link", link.id)


async def ask_for_link(
    session: AsyncSession,
    *,
    email: str,
    language: Locale,
    next_path: str | None,
    secret: str,
    lifetime: timedelta,
    now: datetime,
) -> None:
    """Mail a sign-in link where the address belongs to somebody, and say nothing either way.

    An unknown address is mailed too, with words on how to sign up, so that the answer, the time it takes and the
    work behind it are the same. Raises Unacceptable for what is no address.
    """
    address = acceptable_address(email)
    person = await queries.person_by_address(session, address)
    known = person is not None and person.disabled_at is None
    link = new_link(LinkPurpose.SIGN_IN, address, language, secret, now, lifetime)
    link.next_path = next_path
    session.add(link)
    await session.flush()
    to = Recipient(address, locale_of(person.language) if person else language, person.id if person else None)
    await post(session, "sign_in" if known else "sign_in_unknown", to=to, now=now, link_id=str(link.id))


async def ask_to_join(
    session: AsyncSession,
    *,
    email: str,
    name: str,
    company: str,
    language: Locale,
    next_path: str | None,
    secret: str,
    lifetime: timedelta,
    now: datetime,
) -> None:
    """Mail the first link of a new sponsor; person and organisation are created when its button is used.

    Somebody who has an account already is mailed a sign-in link instead; the answer on the page is the same.
    Raises Unacceptable, field by field.
    """
    errors: dict[str, Message] = {}
    if not is_address(normal_address(email)):
        errors["email"] = NO_ADDRESS
    errors |= _name_errors({"name": name, "company": company})
    if errors:
        raise Unacceptable(errors)
    address = normal_address(email)
    if await queries.person_by_address(session, address) is not None:
        await ask_for_link(
            session, email=email, language=language, next_path=next_path, secret=secret, lifetime=lifetime, now=now
        )
        return
    link = new_link(LinkPurpose.SIGN_UP, address, language, secret, now, lifetime)
    link.person_name, link.organisation_name, link.next_path = name.strip(), company.strip(), next_path
    session.add(link)
    await session.flush()
    await post(session, "sign_up", to=Recipient(address, language), now=now, link_id=str(link.id))


async def use_link(session: AsyncSession, token: str, *, name: str = "", now: datetime) -> tuple[Person, SignInLink]:
    """Use a link: sign up, join or sign in. Once only, however many buttons are pressed at once.

    Raises LinkNotUsable; Unacceptable where an invited newcomer gives no name.
    """
    link = await queries.usable_link(session, token, now=now, lock=True)
    if link is None:
        raise LinkNotUsable
    person = await queries.person_by_address(session, link.email)
    if person is not None and person.disabled_at is not None:
        raise LinkNotUsable
    if person is None:
        person = _newcomer(session, link, name, now)
        await session.flush()
    if link.purpose is LinkPurpose.SIGN_UP:
        await _join_new_company(session, person, link, now)
    if link.purpose is LinkPurpose.INVITATION:
        await _join(session, person, link, now)
    link.used_at = now
    record(session, f"{link.purpose}.used", subject=person.id, by=SERVICE, now=now)
    return person, link


def _newcomer(session: AsyncSession, link: SignInLink, name: str, now: datetime) -> Person:
    if link.purpose is LinkPurpose.SIGN_IN:
        raise LinkNotUsable
    called = (link.person_name or name).strip()
    if errors := _name_errors({"name": called}):
        raise Unacceptable(errors)
    person = Person(id=uuid4(), email=link.email, name=called, language=link.language, created_at=now)
    session.add(person)
    record(session, "person.created", subject=person.id, by=SERVICE, now=now)
    return person


async def _join_new_company(session: AsyncSession, person: Person, link: SignInLink, now: datetime) -> None:
    held = await session.scalars(
        select(Membership.role).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    )
    # Two first links may be under way for one address: the second only signs in.
    if held.first() is not None:
        return
    company = Organisation(
        id=uuid4(), kind=OrganisationKind.SPONSOR, name_en=link.organisation_name or "", name_ja=None, created_at=now
    )
    session.add(company)
    await session.flush()
    session.add(Membership(person_id=person.id, organisation_id=company.id, role=Role.SPONSOR, created_at=now))
    record(session, "organisation.created", subject=company.id, by=SERVICE, now=now)


async def _join(session: AsyncSession, person: Person, link: SignInLink, now: datetime) -> None:
    current = select(Membership).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    held = list(await session.scalars(current))
    if any(one.organisation_id == link.organisation_id and one.role == link.role for one in held):
        return
    if link.role is None or link.organisation_id is None:
        raise LinkNotUsable
    if not may_be_together(frozenset({one.role for one in held} | {link.role})):
        raise RolesExclude
    session.add(
        Membership(
            person_id=person.id,
            organisation_id=link.organisation_id,
            role=link.role,
            invited_by_id=link.invited_by_id,
            created_at=now,
        )
    )
    record(session, "membership.began", subject=person.id, by=SERVICE, now=now, role=link.role)


NO_ADDRESS = _("Enter a mail address such as name@company.com.")


def acceptable_address(email: str) -> str:
    """Return an address in the form that is stored. Raises Unacceptable for what is no address."""
    address = normal_address(email)
    if not is_address(address):
        raise Unacceptable({"email": NO_ADDRESS})
    return address


def _name_errors(names: dict[str, str]) -> dict[str, Message]:
    errors = {}
    for field, typed in names.items():
        if not typed.strip():
            errors[field] = _("Enter a name.")
        elif len(typed) > LONGEST_NAME or not typed.isprintable():
            errors[field] = _("Enter a name of at most 200 characters, in one line.")
    return errors


def new_link(
    purpose: LinkPurpose, address: str, language: Locale, secret: str, now: datetime, lifetime: timedelta
) -> SignInLink:
    """Return a link with its token's hash, not yet added to a session."""
    link = SignInLink(
        id=uuid4(), purpose=purpose, email=address, language=language, created_at=now, expires_at=now + lifetime
    )
    link.token_hash = hashed(link_token(secret, link))
    return link


def demonstration_link(
    session: AsyncSession, person: Person, *, secret: str, lifetime: timedelta, now: datetime
) -> str:
    """Add a sign-in link for a person of the demonstration and return its token, to be printed at a start."""
    if not person.demo:
        raise ValueError("only people of the demonstration sign in without a mail")
    link = new_link(LinkPurpose.SIGN_IN, person.email, locale_of(person.language), secret, now, lifetime)
    session.add(link)
    return link_token(secret, link)
