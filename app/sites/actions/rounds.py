"""Asking institutions to confirm their capacity: by the month, by hand, and once more where nobody answers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.calendar import in_japan
from app.ground.formats import day_text, pick
from app.ground.mail import Recipient, post
from app.identity.queries import recipients
from app.identity.rules import Actor, Role, hashed, token_for
from app.sites.errors import AskedAlready, NobodyToAsk, RemindedEnough
from app.sites.models import ConfirmationLink, ConfirmationReminder, ConfirmationRound, Institution
from app.sites.queries import lock_institution
from app.sites.queries.confirmations import (
    asking_of,
    current_round,
    institution_by_id,
    staffed_institution,
)
from app.sites.rules.confirming import (
    CONFIRMATION,
    MOST_REMINDERS,
    Pace,
    last_day,
    may_remind,
    month_of,
    reminder_due,
    runs_out,
)


async def open_round(
    session: AsyncSession, institution: Institution, *, secret: str, pace: Pace, by: Actor, now: datetime
) -> ConfirmationRound | None:
    """Ask an institution's coordinators to confirm its capacity, each by a link of their own.

    Returns None where this month has been asked or answered already, whoever was first, or where nobody speaks for
    the institution. `institution` must have been loaded with its names.
    """
    # Who answers holds the institution and then adds the month's round: in the same order nobody waits for ever.
    await lock_institution(session, institution.id)
    people = await recipients(session, institution.id, Role.COORDINATOR)
    if not people:
        return None
    values = {
        "id": uuid4(), "institution_id": institution.id, "month": month_of(in_japan(now)),
        "opened_at": now, "opened_by_id": by.person_id, "expires_at": runs_out(now, pace.link_lasts),
    }  # fmt: skip
    # Several workers may try at once: the unique month lets one of them in.
    once = insert(ConfirmationRound).values(values).on_conflict_do_nothing().returning(ConfirmationRound)
    opened = (await session.scalars(once)).one_or_none()
    if opened is not None:
        await _mail_links(session, opened, institution, people, secret=secret, pace=pace, now=now)
        audit.record(
            session, "confirmation.asked", subject=institution.id, by=by, now=now,
            round=str(opened.id), recipients=len(people),
        )  # fmt: skip
    return opened


async def ask_now(
    session: AsyncSession, code: str, *, secret: str, pace: Pace, by: Actor, now: datetime
) -> ConfirmationRound:
    """Ask an institution at once: open this month's asking, or send it to coordinators who came after it opened.

    For staff. Raises NoSuchInstitution, NobodyToAsk, and AskedAlready where the month is answered or everybody has
    been asked.
    """
    institution = await staffed_institution(session, code, reader=by)
    await lock_institution(session, institution.id)
    people = await recipients(session, institution.id, Role.COORDINATOR)
    if not people:
        raise NobodyToAsk
    current = await current_round(session, institution.id, now=now)
    if current is None:
        opened = await open_round(session, institution, secret=secret, pace=pace, by=by, now=now)
        if opened is None:
            raise AskedAlready
        return opened
    asked = set(
        await session.scalars(select(ConfirmationLink.person_id).where(ConfirmationLink.round_id == current.id))
    )
    newcomers = [person for person in people if person.person_id not in asked]
    if current.answered_at is not None or not newcomers:
        raise AskedAlready
    current.expires_at = runs_out(now, pace.link_lasts)
    await _mail_links(session, current, institution, newcomers, secret=secret, pace=pace, now=now)
    audit.record(
        session, "confirmation.asked", subject=institution.id, by=by, now=now,
        round=str(current.id), recipients=len(newcomers),
    )  # fmt: skip
    return current


async def remind_now(session: AsyncSession, code: str, *, by: Actor, now: datetime) -> int:
    """Remind an institution at once and return how many were reminded; for staff, never twice a day, twice in all.

    Raises NoSuchInstitution, RemindedEnough, and NobodyToAsk where none of those asked speaks for it any more.
    """
    institution = await staffed_institution(session, code, reader=by)
    await lock_institution(session, institution.id)
    current = await current_round(session, institution.id, now=now)
    if current is None or not may_remind(await asking_of(session, current), now):
        raise RemindedEnough(most=MOST_REMINDERS)
    count = await _remind(session, current, institution, by=by, now=now)
    if count == 0:
        raise NobodyToAsk
    return count


async def remind_when_due(session: AsyncSession, round_id: UUID, *, pace: Pace, by: Actor, now: datetime) -> bool:
    """Send the reminder that is due on an asking; say whether one went. Harmless when run twice or beside another."""
    found = await session.get_one(ConfirmationRound, round_id)
    await lock_institution(session, found.institution_id)
    current = await current_round(session, found.institution_id, now=now)
    if current is None or current.id != found.id:
        return False
    if reminder_due(await asking_of(session, found), now, pace) is None:
        return False
    institution = await institution_by_id(session, found.institution_id, reader=by)
    return await _remind(session, found, institution, by=by, now=now) > 0


async def _remind(
    session: AsyncSession, found: ConfirmationRound, institution: Institution, *, by: Actor, now: datetime
) -> int:
    """Mail everybody once more who was asked and still speaks for the institution; return how many."""
    current = {person.person_id: person for person in await recipients(session, institution.id, Role.COORDINATOR)}
    links = select(ConfirmationLink).where(
        ConfirmationLink.round_id == found.id,
        ConfirmationLink.person_id.in_(current),
        ConfirmationLink.expires_at > now,
    )
    held = list(await session.scalars(links.order_by(ConfirmationLink.created_at, ConfirmationLink.id)))
    if not held:
        return 0
    number = len((await asking_of(session, found)).reminded_on) + 1
    session.add(
        ConfirmationReminder(
            round_id=found.id, number=number, day=in_japan(now), sent_at=now, sent_by_id=by.person_id,
            recipients=len(held),
        )
    )  # fmt: skip
    for link in held:
        await _post(session, "capacity_reminder", current[link.person_id], institution, link, now=now)
    audit.record(
        session, "confirmation.reminded", subject=institution.id, by=by, now=now,
        round=str(found.id), number=number, recipients=len(held),
    )  # fmt: skip
    return len(held)


async def _mail_links(
    session: AsyncSession,
    opened: ConfirmationRound,
    institution: Institution,
    people: Sequence[Recipient],
    *,
    secret: str,
    pace: Pace,
    now: datetime,
) -> None:
    for person in people:
        link = ConfirmationLink(id=uuid4(), round_id=opened.id, person_id=person.person_id, created_at=now)
        link.token_hash = hashed(token_for(secret, CONFIRMATION, link.id))
        link.expires_at = runs_out(now, pace.link_lasts)
        session.add(link)
        await session.flush()
        await _post(session, "capacity_confirmation", person, institution, link, now=now)


async def _post(
    session: AsyncSession,
    template: str,
    to: Recipient,
    institution: Institution,
    link: ConfirmationLink,
    *,
    now: datetime,
) -> None:
    """Write the mail: the hospital's name, the last day of the link, and which link it is; no word of what it says."""
    await post(
        session,
        template,
        to=to,
        now=now,
        confirmation_id=str(link.id),
        institution=pick(institution, to.language)[0],
        works_until=day_text(last_day(link.expires_at), to.language),
    )
