"""The monthly confirmation at the coordinator's desk: every row as it stands."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.asking.page import InPage
from app.asking.transaction import Now, Transaction
from app.asking.who import CoordinatorOnly
from app.sites import actions

router = APIRouter()


@router.post("/desk/{code}/capacity/confirm")
async def confirm(
    code: str,
    session: Transaction,
    page: InPage,
    by: CoordinatorOnly,
    now: Now,
    seen: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Confirm every row of capacity as it stands; this answers the month's asking too."""
    await actions.confirm_at_desk(session, code, seen, by=by, now=now)
    return page.redirect(f"/desk?at={code}&confirmed=1#capacity")
