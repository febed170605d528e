"""Whom to write to at a hospital, as its coordinators keep it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import CoordinatorOnly
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.identity.rules import Actor
from app.sites import actions, queries
from app.sites.errors import EntryMovedOn
from app.sites.models import Contact
from app.sites.queries.contacts import contacts_of
from app.sites.rules.contacts import ContactPurpose
from app.web.days import typed_day

router = APIRouter(prefix="/desk/{code}/contacts")
Text = Annotated[str, Form()]
Texts = Annotated[list[str], Form()]
Typed = dict[str, str]


@router.get("")
async def contacts(
    code: str, session: Transaction, page: InPage, reader: CoordinatorOnly, now: Now, contact: str = "", saved: str = ""
) -> Response:
    """List the contacts by purpose; `contact` is the one to change in the form."""
    institution = await queries.own_institution(session, code, reader=reader)
    rows = await contacts_of(session, institution.id, reader=reader)
    chosen = next((row for row in rows if str(row.first_id) == contact), None)
    typed = _typed(chosen, page, now)
    spoken = chosen.languages if chosen else ["ja"]
    return await _show(session, page, code, reader=reader, typed=typed, languages=spoken, saved=bool(saved))


@router.post("")
async def state_contact(
    code: str,
    session: Transaction,
    page: InPage,
    by: CoordinatorOnly,
    now: Now,
    purpose: Text = "",
    name: Text = "",
    mail: Text = "",
    phone: Text = "",
    languages: Texts = [],  # noqa: B006
    note: Text = "",
    as_of: Text = "",
    contact: Text = "",
    seen: Text = "",
) -> Response:
    """Add a contact or change one; what cannot be taken is said beside its field, and nothing is lost."""
    typed = {
        "purpose": purpose,
        "name": name,
        "mail": mail,
        "phone": phone,
        "note": note,
        "as_of": as_of,
        "contact": contact,
        "seen": seen,
    }
    try:
        await actions.state_contact(session, code, typed, languages, by=by, now=now)
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
        return await _show(session, page, code, reader=by, typed=typed, languages=languages, errors=errors, status=422)
    except EntryMovedOn as refusal:
        institution = await queries.own_institution(session, code, reader=by)
        rows = await contacts_of(session, institution.id, reader=by)
        typed["seen"] = next((str(row.id) for row in rows if str(row.first_id) == contact), "")
        # What was removed meanwhile can only be added anew.
        typed["contact"] = contact if typed["seen"] else ""
        words = refusal.in_(page.locale)
        return await _show(session, page, code, reader=by, typed=typed, languages=languages, moved_on=words, status=409)
    return page.redirect(f"/desk/{code}/contacts?saved=1")


@router.post("/{contact_id}/remove")
async def remove_contact(
    code: str, contact_id: UUID, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now, seen: Text = ""
) -> Response:
    """Take a contact from the list."""
    await actions.remove_contact(session, code, contact_id, seen, by=by, now=now)
    return page.redirect(f"/desk/{code}/contacts?saved=1")


def _typed(chosen: Contact | None, page: Page, now: datetime) -> Typed:
    """Return a contact as its coordinator would type it today; an empty form for None."""
    today = {"as_of": typed_day(in_japan(now), page.locale)}
    if chosen is None:
        return dict.fromkeys(("purpose", "name", "mail", "phone", "note", "contact", "seen"), "") | today
    return today | {
        "purpose": chosen.purpose,
        "name": chosen.name,
        "mail": chosen.mail or "",
        "phone": chosen.phone or "",
        "note": chosen.note or "",
        "contact": str(chosen.first_id),
        "seen": str(chosen.id),
    }


async def _show(
    session: AsyncSession,
    page: Page,
    code: str,
    *,
    reader: Actor,
    typed: Typed,
    languages: list[str],
    saved: bool = False,
    moved_on: str | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    institution = await queries.own_institution(session, code, reader=reader)
    return page.show(
        "desk/contacts.html",
        status=status,
        institution=institution,
        contacts=await contacts_of(session, institution.id, reader=reader),
        purposes=list(ContactPurpose),
        typed=typed,
        languages=languages,
        saved=saved,
        moved_on=moved_on,
        errors=errors or {},
    )
