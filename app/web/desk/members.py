"""Who speaks for a hospital: colleagues, invitations, and handing over when a coordinator leaves."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import InSettings, Now, Transaction
from app.asking.who import CoordinatorOnly, SignedIn
from app.ground.errors import Unacceptable
from app.ground.i18n import locale_of
from app.identity.actions import withdraw_invitation as withdraw
from app.identity.errors import InvitationOver
from app.identity.rules import Actor
from app.sites import queries
from app.sites.actions.members import hand_over, invite_colleague, leaving
from app.sites.queries.members import coordinators_of, invitations_to

router = APIRouter()
Text = Annotated[str, Form()]
Typed = dict[str, str]


@router.get("/desk/{code}/members")
async def members(
    code: str, session: Transaction, page: InPage, reader: CoordinatorOnly, now: Now, done: str = ""
) -> Response:
    """List who speaks for the hospital, who did, and which invitations wait; `done` names what was done last."""
    typed = {"email": "", "language": page.locale}
    return await _show(session, page, code, reader=reader, now=now, typed=typed, done=done)


@router.post("/desk/{code}/members/invite")
async def invite(
    code: str,
    session: Transaction,
    settings: InSettings,
    page: InPage,
    by: CoordinatorOnly,
    now: Now,
    email: Text = "",
    language: Text = "",
) -> Response:
    """Mail an invitation to a colleague."""
    typed = {"email": email, "language": language}
    secret = settings.secret_key.get_secret_value()
    spoken = locale_of(language, page.locale)
    try:
        await invite_colleague(session, code, email=email, language=spoken, secret=secret, by=by, now=now)
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
        return await _show(session, page, code, reader=by, now=now, typed=typed, errors=errors, status=422)
    return page.redirect(f"/desk/{code}/members?done=invited")


@router.post("/desk/{code}/members/invitations/{link_id}/withdraw")
async def withdraw_invitation(
    code: str, link_id: UUID, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now
) -> Response:
    """Take back an invitation that nobody has accepted."""
    institution = await queries.own_institution(session, code, reader=by)
    if link_id not in {link.id for link in await invitations_to(session, institution.id, reader=by, now=now)}:
        raise InvitationOver
    await withdraw(session, link_id, by=by, now=now)
    return page.redirect(f"/desk/{code}/members?done=withdrawn")


@router.get("/people/{membership_id}/hand-over")
async def hand_over_form(membership_id: UUID, session: Transaction, page: InPage, reader: SignedIn) -> Response:
    """Ask who follows a coordinator who leaves: for themselves, and for staff."""
    typed = {"follows": "", "email": "", "language": page.locale}
    return await _form(session, page, membership_id, reader=reader, typed=typed)


@router.post("/people/{membership_id}/hand-over")
async def hand_over_now(
    membership_id: UUID,
    session: Transaction,
    settings: InSettings,
    page: InPage,
    by: SignedIn,
    now: Now,
    follows: Text = "",
    email: Text = "",
    language: Text = "",
) -> Response:
    """Hand over and end the membership."""
    typed = {"follows": follows, "email": email, "language": language}
    secret = settings.secret_key.get_secret_value()
    try:
        await hand_over(session, membership_id, typed, secret=secret, by=by, now=now)
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
        return await _form(session, page, membership_id, reader=by, typed=typed, errors=errors, status=422)
    # Whoever has left is signed out by now and reads the public pages.
    return page.redirect("/people?handed_over=1" if by.is_staff else "/")


async def _form(
    session: AsyncSession,
    page: Page,
    membership_id: UUID,
    *,
    reader: Actor,
    typed: Typed,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    about = await leaving(session, membership_id, by=reader)
    return page.show("people/hand_over.html", status=status, about=about, typed=typed, errors=errors or {})


async def _show(
    session: AsyncSession,
    page: Page,
    code: str,
    *,
    reader: Actor,
    now: datetime,
    typed: Typed,
    done: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    institution = await queries.own_institution(session, code, reader=reader)
    people = await coordinators_of(session, institution.id, reader=reader)
    return page.show(
        "desk/members.html",
        status=status,
        institution=institution,
        speaking=[one for one in people if one.speaks],
        past=[one for one in people if not one.speaks],
        invitations=await invitations_to(session, institution.id, reader=reader, now=now),
        typed=typed,
        done=done,
        errors=errors or {},
    )
