"""Who speaks for an institution: inviting a colleague, and handing over when a coordinator leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.errors import NotAllowed, NotFound, Unacceptable
from app.ground.formats import pick
from app.ground.i18n import Locale, _
from app.ground.mail import post
from app.identity import actions as identity
from app.identity import queries as people
from app.identity.actions.links import acceptable_address
from app.identity.models import Membership, Person, SignInLink
from app.identity.rules import Actor, Role
from app.sites import queries
from app.sites.actions.contacts import mark_contacts_of
from app.sites.models import Institution
from app.sites.queries import lock_institution
from app.sites.queries.confirmations import institution_by_id
from app.sites.queries.members import Coordinator, coordinators_of, memberships_visible_to

# What can be chosen beside the membership of a colleague.
INVITED, NOBODY = "invited", "nobody"


async def invite_colleague(
    session: AsyncSession, code: str, *, email: str, language: Locale, secret: str, by: Actor, now: datetime
) -> SignInLink:
    """Mail an invitation to speak for the coordinator's own institution.

    Raises NoSuchInstitution, Unacceptable for what is no address or is a colleague's already.
    """
    institution = await queries.own_institution(session, code, reader=by)
    speaking = await _speaking(session, institution.id, by=by)
    return await _invite(session, institution.id, email, speaking, language=language, secret=secret, by=by, now=now)


@dataclass(frozen=True)
class Leaving:
    """A coordinator whose membership is to end, and the colleagues who could follow."""

    institution: Institution
    leaver: Coordinator
    colleagues: tuple[Coordinator, ...]


async def leaving(session: AsyncSession, membership_id: UUID, *, by: Actor) -> Leaving:
    """Return what a hand-over is about: one's own, or for staff anybody's.

    Raises NotFound for a membership that is over, absent or hidden, NotAllowed for a colleague's.
    """
    rows = memberships_visible_to(by).where(Membership.id == membership_id, Membership.ended_at.is_(None))
    found = (await session.execute(rows.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    membership, person = found
    if not by.is_staff and person.id != by.person_id:
        raise NotAllowed
    institution = await institution_by_id(session, membership.organisation_id, reader=by)
    others = await _speaking(session, institution.id, by=by)
    colleagues = tuple(other for other in others if other.membership.id != membership.id)
    return Leaving(institution, Coordinator(membership, person, None), colleagues)


async def hand_over(
    session: AsyncSession, membership_id: UUID, typed: Mapping[str, str], *, secret: str, by: Actor, now: datetime
) -> None:
    """End a coordinator's membership and pass on what was theirs, all at once.

    `typed` holds `follows` (the membership of a colleague, INVITED or NOBODY), and for INVITED `email` and
    `language`. Entries among the contacts that name the leaver are marked to be renewed, their browsers are signed
    out, whoever follows and the window are told by mail. What they said stays theirs in the history. Raises NotFound,
    NotAllowed, Unacceptable; of two at once the second finds what the first has left.
    """
    about = await leaving(session, membership_id, by=by)
    await lock_institution(session, about.institution.id)
    about = await leaving(session, membership_id, by=by)
    follows = typed.get("follows", "")
    successor = next((one for one in about.colleagues if str(one.membership.id) == follows), None)
    if successor is None and follows not in {INVITED, NOBODY}:
        raise Unacceptable({"follows": _("Choose who follows. If nobody does, say so, and the window is told.")})
    if follows == INVITED:
        speaking = [about.leaver, *about.colleagues]
        language: Locale = "en" if typed.get("language") == "en" else "ja"
        email = typed.get("email", "")
        await _invite(session, about.institution.id, email, speaking, language=language, secret=secret, by=by, now=now)
    leaver = about.leaver.person
    marked = await mark_contacts_of(session, about.institution.id, leaver, by=by, now=now)
    await identity.close_membership(session, about.leaver.membership, by=by, now=now)
    await _tell(session, about.institution, successor.person if successor else None, follows, now=now)
    audit.record(
        session,
        "coordinator.handed_over",
        subject=about.institution.id,
        by=by,
        now=now,
        leaver=str(leaver.id),
        follows=str(successor.person.id) if successor else follows,
        contacts=marked,
    )


async def _speaking(session: AsyncSession, institution_id: UUID, *, by: Actor) -> list[Coordinator]:
    return [one for one in await coordinators_of(session, institution_id, reader=by) if one.speaks]


async def _invite(
    session: AsyncSession,
    institution_id: UUID,
    email: str,
    speaking: list[Coordinator],
    *,
    language: Locale,
    secret: str,
    by: Actor,
    now: datetime,
) -> SignInLink:
    address = acceptable_address(email)
    if address in {one.person.email for one in speaking}:
        raise Unacceptable({"email": _("This person speaks for your hospital already. Enter another address.")})
    return await identity.invite(
        session,
        email=address,
        role=Role.COORDINATOR,
        organisation_id=institution_id,
        language=language,
        secret=secret,
        by=by,
        now=now,
    )


async def _tell(
    session: AsyncSession, institution: Institution, successor: Person | None, follows: str, *, now: datetime
) -> None:
    """Write to whoever follows, where they are known, and to the window; an invitation is a mail of its own."""
    if successor is not None:
        to = await people.recipient(session, successor.id)
        name = pick(institution, to.language)[0]
        await post(session, "coordinator_follows", to=to, now=now, code=institution.code, institution=name)
    window = await people.operator(session)
    for officer in await people.recipients(session, window.id, Role.STAFF):
        name = pick(institution, officer.language)[0]
        what = follows if follows in {INVITED, NOBODY} else "colleague"
        await post(
            session, "coordinator_left", to=officer, now=now, institution=name, code=institution.code, follows=what
        )
