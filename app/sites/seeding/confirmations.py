"""The demonstration's monthly confirmations: one answered, one that waits and was reminded, one never asked for."""

import csv
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.calendar import JST, in_japan
from app.ground.db import stable_id
from app.ground.i18n import Said, _, say
from app.identity.models import Membership, Organisation, Person
from app.identity.rules import Role, hashed, token_for
from app.sites.models import ConfirmationLink, ConfirmationReminder, ConfirmationRound
from app.sites.rules.confirming import CONFIRMATION, month_of, runs_out

ASKED_AT = time(9, 30)
MOMENTS = ("asked", "reminded", "answered")


async def load_confirmations(
    session: AsyncSession, demo_data: Path, *, secret: str, lasts: timedelta, now: datetime
) -> Said:
    """Load the fictional askings of this month; harmless when run again. No mail of them is sent.

    Their dates are told as days before today. Each stands for this month, whenever it was, so that nobody is asked
    twice in the demonstration's first month.
    """
    with (demo_data / "confirmations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        await _load(session, row, secret=secret, lasts=lasts, now=now)
    return say(_("%(count)s fictional monthly confirmations are loaded."), count=len(rows))


async def _load(session: AsyncSession, row: dict[str, str], *, secret: str, lasts: timedelta, now: datetime) -> None:
    at = {name: _moment(row[f"{name}_days_ago"], now) for name in MOMENTS}
    asked, reminded, answered = (at[name] for name in MOMENTS)
    place, people = await _coordinators(session, row["institution"])
    if asked is None or not people:
        return
    asking: dict[str, Any] = {
        "id": stable_id("confirmation_round", row["institution"]),
        "institution_id": place,
        "month": month_of(in_japan(now)),
        "opened_at": asked,
        "opened_by_id": None,
        "expires_at": runs_out(asked, lasts),
        "answered_at": answered,
        "answered_by_id": people[0] if answered else None,
    }
    added = insert(ConfirmationRound).values(asking).on_conflict_do_nothing().returning(ConfirmationRound.id)
    if await session.scalar(added) is None:
        return
    for person in people:
        key = stable_id("confirmation_link", f"{row['institution']}:{person}")
        token_hash = hashed(token_for(secret, CONFIRMATION, key))
        session.add(
            ConfirmationLink(
                id=key, round_id=asking["id"], person_id=person, token_hash=token_hash, created_at=asked,
                expires_at=runs_out(asked, lasts),
            )
        )  # fmt: skip
    if reminded:
        session.add(
            ConfirmationReminder(
                round_id=asking["id"], number=1, day=in_japan(reminded), sent_at=reminded, recipients=len(people)
            )
        )
    await session.flush()


def _moment(days_ago: str, now: datetime) -> datetime | None:
    """Return half past nine in Japan so many days ago, None for an empty cell."""
    return datetime.combine(in_japan(now) - timedelta(days=int(days_ago)), ASKED_AT, JST) if days_ago else None


async def _coordinators(session: AsyncSession, code: str) -> tuple[UUID, list[UUID]]:
    place = stable_id("institution", code)
    held = select(Membership.person_id).where(
        Membership.organisation_id == place, Membership.role == Role.COORDINATOR, Membership.ended_at.is_(None)
    )
    return place, list(await session.scalars(held))


async def demonstration_confirmations(session: AsyncSession, *, secret: str, now: datetime) -> list[tuple[str, str]]:
    """Return whom each open link of the demonstration was mailed to, and its token, to be printed at a start."""
    links = (
        select(Person.name, ConfirmationLink.id)
        .join(ConfirmationRound, ConfirmationRound.id == ConfirmationLink.round_id)
        .join(Person, Person.id == ConfirmationLink.person_id)
        .join(Organisation, Organisation.id == ConfirmationRound.institution_id)
        .where(Organisation.demo, Person.demo)
        .where(ConfirmationRound.answered_at.is_(None), ConfirmationLink.expires_at > now)
        .order_by(Person.email)
    )
    return [(name, token_for(secret, CONFIRMATION, key)) for name, key in await session.execute(links)]
