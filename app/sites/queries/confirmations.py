"""Askings of the monthly confirmation, and what a mailed link opens: decided here, for whoever holds it."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.ground.calendar import in_japan
from app.identity.models import Person
from app.identity.queries import actor_of
from app.identity.rules import Actor, hashed
from app.sites.errors import NoSuchInstitution
from app.sites.models import Capacity, ConfirmationLink, ConfirmationReminder, ConfirmationRound, Institution
from app.sites.queries import capacity_of, get_institution, lock_institution, visible_to
from app.sites.rules.confirming import Asking, LinkState, month_of, next_asking


@dataclass(frozen=True)
class FoundLink:
    """What a token opens: only a GOOD one has everything; ANSWERED has who answered and when."""

    state: LinkState
    institution: Institution | None = None
    by: Actor | None = None
    rows: list[Capacity] = field(default_factory=list)
    answered_on: date | None = None
    answered_by: str = ""


@dataclass(frozen=True)
class Confirmations:
    """What an institution's own desk says of its monthly confirmation."""

    last: date | None
    next: date
    open_since: date | None


async def staffed_institution(session: AsyncSession, code: str, *, reader: Actor) -> Institution:
    """Return an institution that staff may ask. Raises NoSuchInstitution, for everybody else too."""
    if not reader.is_staff:
        raise NoSuchInstitution
    return await get_institution(session, code, reader=reader)


async def institution_by_id(session: AsyncSession, institution_id: UUID, *, reader: Actor) -> Institution:
    """Return an institution with its names. Raises NoSuchInstitution."""
    found = await session.scalar(visible_to(reader).where(Institution.id == institution_id))
    if found is None:
        raise NoSuchInstitution
    return found


async def current_round(session: AsyncSession, institution_id: UUID, *, now: datetime) -> ConfirmationRound | None:
    """Return the asking that counts now: this month's, else an earlier one whose links still work."""
    rounds = select(ConfirmationRound).where(ConfirmationRound.institution_id == institution_id)
    counts = rounds.where(
        or_(
            ConfirmationRound.month == month_of(in_japan(now)),
            ConfirmationRound.answered_at.is_(None) & (ConfirmationRound.expires_at > now),
        )
    )
    newest = counts.order_by(ConfirmationRound.month.desc()).limit(1).execution_options(populate_existing=True)
    return await session.scalar(newest)


async def asking_of(session: AsyncSession, found: ConfirmationRound) -> Asking:
    """Return an asking with its reminders, as the rules look at it."""
    days = await session.scalars(
        select(ConfirmationReminder.day).where(ConfirmationReminder.round_id == found.id).order_by("number")
    )
    return Asking(found.month, found.opened_at, found.expires_at, found.answered_at, tuple(days))


async def find_link(session: AsyncSession, token: str, *, now: datetime, lock: bool = False) -> FoundLink:
    """Return what a token of a mailed link opens, and change nothing.

    With `lock` the institution is held until the commit, so that two answers take turns. A coordinator who left reads
    nothing of what stands, not even who answered.
    """
    rows = select(ConfirmationLink, ConfirmationRound).join(
        ConfirmationRound, ConfirmationRound.id == ConfirmationLink.round_id
    )
    found = (await session.execute(rows.where(ConfirmationLink.token_hash == hashed(token)))).one_or_none()
    if found is None:
        return FoundLink(LinkState.UNKNOWN)
    link, asked = found
    if lock:
        await lock_institution(session, asked.institution_id)
        await session.refresh(asked)
    by = await actor_of(session, link.person_id)
    if by is None or asked.institution_id not in by.institution_ids:
        return FoundLink(LinkState.LEFT)
    institution = await institution_by_id(session, asked.institution_id, reader=by)
    if asked.answered_at is not None:
        name = await session.scalar(select(Person.name).where(Person.id == asked.answered_by_id)) or ""
        day = in_japan(asked.answered_at)
        return FoundLink(LinkState.ANSWERED, institution, by, answered_on=day, answered_by=name)
    if link.expires_at <= now:
        return FoundLink(LinkState.EXPIRED, institution, by)
    standing = await capacity_of(session, institution.id, reader=by)
    return FoundLink(LinkState.GOOD if standing else LinkState.EMPTY, institution, by, standing)


async def rows_seen(session: AsyncSession, found: FoundLink, seen: Iterable[str]) -> dict[str, Capacity]:
    """Return the rows that a page showed, superseded or not, by id as it stands in the form; only the link's own."""
    if found.institution is None:
        return {}
    known = select(Capacity).where(Capacity.institution_id == found.institution.id)
    known = known.options(joinedload(Capacity.area), joinedload(Capacity.phase))
    rows = await session.scalars(known.where(cast(Capacity.id, String).in_(list(seen))))
    return {str(row.id): row for row in rows}


async def confirmations_of(
    session: AsyncSession, institution_id: UUID, *, reader: Actor, now: datetime, closing_days: Container[date]
) -> Confirmations | None:
    """Return when an institution confirmed last and is asked next; None for a reader who does not speak for it."""
    if institution_id not in reader.institution_ids:
        return None
    mine = ConfirmationRound.institution_id == institution_id
    last = await session.scalar(select(func.max(ConfirmationRound.answered_at)).where(mine))
    this = month_of(in_japan(now))
    asked = await session.scalars(select(ConfirmationRound.month).where(mine, ConfirmationRound.month >= this))
    waiting = await session.scalar(
        select(func.min(ConfirmationRound.opened_at)).where(
            mine, ConfirmationRound.answered_at.is_(None), ConfirmationRound.expires_at > now
        )
    )
    return Confirmations(
        last=in_japan(last) if last else None,
        next=next_asking(in_japan(now), list(asked), closing_days),
        open_since=in_japan(waiting) if waiting else None,
    )
