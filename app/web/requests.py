"""A request as the asked hospital sees it: what is not confidential, its own answer, its own outcome."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from app.asking.closing_days import InClosingDays
from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import CoordinatorOnly
from app.consultations import actions, queries
from app.consultations.errors import NoSuchRequest
from app.consultations.rules.outcomes import Answer
from app.enquiries.fields import FIELDS, Tier
from app.enquiries.words import spoken
from app.ground.errors import Unacceptable
from app.identity.rules import Actor
from app.web.consultations.forms import CHOOSE, Errors, Text

router = APIRouter(prefix="/desk/requests/{number}")
Typed = dict[str, str]


@router.get("")
async def request(
    number: str,
    session: Transaction,
    page: InPage,
    reader: CoordinatorOnly,
    now: Now,
    closing_days: InClosingDays,
    institution: str = "",
) -> Response:
    """Show what a hospital may read of a request, and its answer so far.

    Who speaks for several asked institutions gets the one that waits, or the one that is named.
    """
    mine = await queries.asked_of(session, reader=reader, now=now, closing_days=closing_days, number=number)
    return await _show(session, page, reader, number, mine, {}, {"institution": institution})


@router.post("")
async def answer(
    number: str,
    session: Transaction,
    page: InPage,
    by: CoordinatorOnly,
    now: Now,
    closing_days: InClosingDays,
    institution: Annotated[UUID, Form()],
    answer: Text = "",
    note: Text = "",
) -> Response:
    """Take the hospital's answer."""
    try:
        if answer not in set(Answer):
            raise Unacceptable({"answer": CHOOSE})
        await actions.answer_request(session, number, institution, Answer(answer), note, by=by, now=now)
    except Unacceptable as refusal:
        mine = await queries.asked_of(session, reader=by, now=now, closing_days=closing_days, number=number)
        typed = {"answer": answer, "note": note, "institution": str(institution)}
        return await _show(session, page, by, number, mine, refusal.by_field(page.locale), typed)
    return page.redirect(f"/desk/requests/{number}")


async def _show(
    session: Transaction,
    page: Page,
    reader: Actor,
    number: str,
    mine: list[queries.Request],
    errors: Errors,
    typed: Typed,
) -> Response:
    if not mine:
        raise NoSuchRequest
    current = next((one for one in mine if str(one.site.institution_id) == typed.get("institution")), mine[0])
    case = await queries.get_consultation(session, number, reader=reader)
    values = await queries.open_values(session, case)
    return page.show(
        "requests/request.html",
        status=422 if errors else 200,
        requests=mine,
        current=current,
        line=current.line,
        words=await spoken(session, values),
        fields=[field for field in FIELDS.values() if field.tier is Tier.NON_CONFIDENTIAL and field.code in values],
        answers=Answer,
        errors=errors,
        typed=typed,
    )
