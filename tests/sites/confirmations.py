"""Builders of the monthly confirmation, and the link in a mail."""

import re
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.rules import SERVICE
from app.sites import actions
from app.sites.models import ConfirmationRound, Institution
from app.sites.queries.confirmations import institution_by_id
from app.sites.rules.confirming import Pace
from tests.conftest import NOW

SECRET = "for development only"
PACE = Pace()
# Tables that a confirmation writes to; the queue and the attempts too, so that nothing at all goes unnoticed.
WATCHED = (
    "capacity", "confirmation_round", "confirmation_link", "confirmation_reminder",
    "audit_event", "outgoing_mail", "pgqueuer", "attempt", "signed_session", "fact",
)  # fmt: skip


def in_december(day: int, hour: int = 1) -> datetime:
    """Return a moment of December 2026, at ten in the morning in Japan unless told otherwise."""
    return datetime(2026, 12, day, hour, tzinfo=UTC)


async def a_round(
    session: AsyncSession, institution: Institution, *, now: datetime = NOW, **given: Any
) -> ConfirmationRound:
    """Ask an institution, as the worker would."""
    found = await institution_by_id(session, institution.id, reader=SERVICE)
    opened = await actions.open_round(session, found, secret=SECRET, pace=PACE, by=SERVICE, now=now, **given)
    assert opened is not None
    await session.commit()
    return opened


def link_in(mail: EmailMessage) -> str:
    """Return the address (without the host) of the confirmation link in a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"http://testserver(/confirm\?token=\S+)", body.get_content())
    assert found, body.get_content()
    return found[1]


def token_in(mail: EmailMessage) -> str:
    return link_in(mail).split("token=")[1]


async def everything(session: AsyncSession) -> dict[str, list[str]]:
    """Return every row of the watched tables as text, to be compared with a later look."""
    return {
        table: sorted((await session.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} AS t"))).all())
        for table in WATCHED
    }


def month(moment: datetime) -> date:
    return (moment + timedelta(hours=9)).date().replace(day=1)
