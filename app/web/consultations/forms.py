"""What the pages of the case desk share: their typed fields, and how one is shown again when it is refused."""

import re
from contextlib import suppress
from datetime import date, time
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Form, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import Page
from app.consultations import queries
from app.ground.i18n import _
from app.identity.rules import Actor

Text = Annotated[str, Form()]
Texts = Annotated[list[str], Form(default_factory=list)]
Errors = dict[str, str]
CHOOSE = _("Choose one.")
NO_DAY = _("Write the day as in 2026-11-20.")
# 2026年11月20日 and 2026/11/20 are read as well as 2026-11-20.
_BETWEEN = re.compile(r"[年月/.]")


async def show_form(
    session: AsyncSession,
    page: Page,
    reader: Actor,
    number: str,
    name: str,
    errors: Errors,
    typed: dict[str, Any],
    **more: Any,
) -> Response:
    """Show one step of a case; with errors, what was typed stays and the answer is 422."""
    case = await queries.get_consultation(session, number, reader=reader)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return page.show(f"consultations/{name}.html", status=status, case=case, errors=errors, typed=typed, **more)


def day_of(text: str) -> date | None:
    """Return a day as people write it, or None where it is none."""
    with suppress(ValueError):
        parts = _BETWEEN.sub("-", text.strip().removesuffix("日")).split("-")
        return date(*(int(part) for part in parts)) if len(parts) == len("ymd") else None
    return None


def time_of(text: str) -> time | None:
    """Return a time of day such as 9:30 or 15:00, or None where it is none."""
    hours, _colon, minutes = text.strip().replace("：", ":").partition(":")
    with suppress(ValueError):
        return time(int(hours), int(minutes))
    return None
