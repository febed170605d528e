"""Who belongs where: colleagues, coordinators and officers, and inviting them."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.asking.page import InPage, Page
from app.asking.transaction import InSettings, Now, Transaction
from app.asking.who import SignedIn
from app.ground.errors import NotFound, Unacceptable
from app.ground.i18n import _, locale_of
from app.identity import actions, queries
from app.identity.rules import Actor, Role

router = APIRouter()
Text = Annotated[str, Form()]
# The order in which roles are offered.
OFFERED = (Role.SPONSOR, Role.COORDINATOR, Role.STAFF, Role.OBSERVER, Role.ADMINISTRATOR)
CHOOSE_INSTITUTION = _("Choose the institution that this person speaks for.")
CHOOSE_ROLE = _("Choose a role.")


@router.get("/people")
async def people(session: Transaction, page: InPage, reader: SignedIn, now: Now) -> Response:
    """List the people that the reader may see, with the form to invite another."""
    typed = {"email": "", "role": "", "organisation": "", "language": page.locale}
    return await _show(session, page, reader, now, {}, typed)


@router.post("/people/invite")
async def invite(
    session: Transaction,
    settings: InSettings,
    page: InPage,
    by: SignedIn,
    now: Now,
    email: Text = "",
    role: Text = "",
    organisation: Text = "",
    language: Text = "",
) -> Response:
    """Mail an invitation."""
    try:
        await actions.invite(
            session,
            email=email,
            role=_role(role),
            organisation_id=_organisation(role, organisation),
            language=locale_of(language, page.locale),
            secret=settings.secret_key.get_secret_value(),
            by=by,
            now=now,
        )
    except Unacceptable as refusal:
        typed = {"email": email, "role": role, "organisation": organisation, "language": language}
        return await _show(session, page, by, now, refusal.by_field(page.locale), typed, status=422)
    return page.redirect("/people?invited=1")


@router.post("/people/invitations/{link_id}/withdraw")
async def withdraw_invitation(link_id: UUID, session: Transaction, page: InPage, by: SignedIn, now: Now) -> Response:
    """Take back an invitation of a coordinator that nobody has accepted."""
    await actions.withdraw_invitation(session, link_id, by=by, now=now)
    return page.redirect("/people?withdrawn=1")


@router.post("/people/{membership_id}/end")
async def end(membership_id: UUID, session: Transaction, page: InPage, by: SignedIn, now: Now) -> Response:
    """End a membership."""
    await actions.end_membership(session, membership_id, by=by, now=now)
    return page.redirect("/people")


def _role(role: str) -> Role:
    if role not in set(Role):
        raise Unacceptable({"role": CHOOSE_ROLE})
    return Role(role)


def _organisation(role: str, organisation: str) -> UUID | None:
    if role != Role.COORDINATOR:
        return None
    with suppress(ValueError):
        return UUID(organisation)
    raise Unacceptable({"organisation": CHOOSE_INSTITUTION})


async def _show(
    session: Transaction,
    page: Page,
    reader: Actor,
    now: datetime,
    errors: dict[str, str],
    typed: dict[str, str],
    status: int = 200,
) -> Response:
    if not reader.roles:
        raise NotFound
    roles = [role for role in OFFERED if role in reader.may_invite()]
    places = await queries.institutions_to_invite_to(session, reader=reader) if Role.COORDINATOR in roles else []
    return page.show(
        "people/people.html",
        status=status,
        members=await queries.members(session, reader=reader),
        invitations=await queries.invitations_waiting(session, reader=reader, now=now),
        roles=[(role.value, role.label.in_(page.locale)) for role in roles],
        organisations=places,
        invited="invited=1" in page.query,
        handed_over="handed_over=1" in page.query,
        withdrawn="withdrawn=1" in page.query,
        errors=errors,
        typed=typed,
    )
