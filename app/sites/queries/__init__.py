"""Who may read what of an institution is decided here, once; names and public facts are for everybody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.identity.rules import Actor
from app.sites.errors import NoSuchInstitution
from app.sites.models import (
    Capacity,
    CuratorNote,
    EligiblePatients,
    Fact,
    Institution,
    NetworkMembership,
    Partnership,
    SiteQuestion,
)
from app.sites.rules import SourceKind

Kept = Fact | Capacity | EligiblePatients | Partnership | NetworkMembership


def visible_to(reader: Actor) -> Select[Institution]:
    """Return the institutions that a person may know of: all, signed in or not, with their names loaded.

    What differs between readers is what is said of an institution: see the other functions here.
    """
    return select(Institution).options(joinedload(Institution.organisation), joinedload(Institution.prefecture))


def facts_visible_to(reader: Actor, *, at: datetime | None = None) -> ColumnElement[bool]:
    """Say which facts a person may read: the current ones or, with `at`, the ones that stood at that moment.

    Everybody reads what has a public source, what the institution vouches for, what belongs to the demonstration, and
    what a hub states of its partner: its own word, named as such. What somebody at an institution typed and nobody
    confirmed is for that institution and staff.
    """
    return fact_readable_by(reader) & standing_at(Fact, at)


def fact_readable_by(reader: Actor) -> ColumnElement[bool]:
    """Say which facts a person may read, current or past: see `facts_visible_to`."""
    public = or_(
        Fact.source_kind.in_((SourceKind.PUBLIC_PAGE, SourceKind.HUB, SourceKind.DEMONSTRATION)),
        Fact.confirmed_at.is_not(None),
    )
    return true() if reader.is_staff else or_(public, Fact.institution_id.in_(reader.institution_ids))


def standing_at(table: type[Kept], at: datetime | None) -> ColumnElement[bool]:
    """Say which rows of a table that is never overwritten stand now, or stood at a moment."""
    if at is None:
        return table.superseded_at.is_(None)
    return and_(table.recorded_at <= at, or_(table.superseded_at.is_(None), table.superseded_at > at))


def capacity_visible_to(reader: Actor, *, at: datetime | None = None) -> Select[Capacity]:
    """Return the rows of capacity that a person may read: staff all, coordinators their own, others what is public."""
    return select(Capacity).where(standing_at(Capacity, at), _stated_for(reader, Capacity))


def patients_visible_to(reader: Actor, *, at: datetime | None = None) -> Select[EligiblePatients]:
    """Return the statements on eligible patients that a person may read, as `capacity_visible_to`; withdrawn ones not."""
    stand = standing_at(EligiblePatients, at) & EligiblePatients.a_year.is_not(None)
    return select(EligiblePatients).where(stand, _stated_for(reader, EligiblePatients))


def _stated_for(reader: Actor, table: type[Capacity | EligiblePatients]) -> ColumnElement[bool]:
    """Capacity is the institution's own and staff's; public only where the site says so (product.md)."""
    if reader.is_staff or reader.is_service:
        return true()
    return or_(table.public, table.institution_id.in_(reader.institution_ids))


def questions_visible_to(reader: Actor) -> Select[SiteQuestion]:
    """Return the open questions that a person may read: staff all, coordinators their own, others none."""
    return all_questions_visible_to(reader).where(SiteQuestion.answered_at.is_(None))


def all_questions_visible_to(reader: Actor) -> Select[SiteQuestion]:
    """Return the questions, answered or not, that a person may read: see `questions_visible_to`."""
    rows = select(SiteQuestion)
    return rows if reader.is_staff else rows.where(SiteQuestion.institution_id.in_(reader.institution_ids))


def notes_visible_to(reader: Actor) -> Select[CuratorNote]:
    """Return the curator's notes that a person may read: staff all, nobody else any."""
    return select(CuratorNote).where(true() if reader.is_staff else CuratorNote.id.is_(None))


async def get_institution(session: AsyncSession, code: str, *, reader: Actor) -> Institution:
    """Return an institution by its code. Raises NoSuchInstitution."""
    return await _one(session, visible_to(reader), code)


async def own_institution(session: AsyncSession, code: str, *, reader: Actor) -> Institution:
    """Return an institution that the reader speaks for. Raises NoSuchInstitution for any other, known or not."""
    return await _one(session, visible_to(reader).where(Institution.id.in_(reader.institution_ids)), code)


async def _one(session: AsyncSession, institutions: Select[Institution], code: str) -> Institution:
    # A code with a NUL or the like cannot even be asked for.
    found = await session.scalar(institutions.where(Institution.code == code)) if code.isprintable() else None
    if found is None:
        raise NoSuchInstitution
    return found


async def lock_institution(session: AsyncSession, institution_id: UUID) -> None:
    """Hold an institution until the commit: whoever states, asks or answers for it takes turns at this row."""
    await session.execute(select(Institution.id).where(Institution.id == institution_id).with_for_update())


async def own_institutions(session: AsyncSession, *, reader: Actor) -> list[Institution]:
    """Return the institutions that the reader speaks for, by code."""
    own = visible_to(reader).where(Institution.id.in_(reader.institution_ids))
    return list(await session.scalars(own.order_by(Institution.code)))


async def capacity_of(
    session: AsyncSession, institution_id: UUID, *, reader: Actor, at: datetime | None = None
) -> list[Capacity]:
    """Return what an institution has room for, by area and phase, now or at a moment; only what the reader may know."""
    rows = capacity_visible_to(reader, at=at).where(Capacity.institution_id == institution_id)
    loaded = rows.options(joinedload(Capacity.area), joinedload(Capacity.phase))
    return sorted(await session.scalars(loaded), key=lambda row: (row.area.position, row.phase.position))


async def patients_of(
    session: AsyncSession, institution_id: UUID, *, reader: Actor, at: datetime | None = None
) -> list[EligiblePatients]:
    """Return how many eligible patients a year are stated, by condition; only what the reader may know."""
    rows = patients_visible_to(reader, at=at).where(EligiblePatients.institution_id == institution_id)
    loaded = rows.options(joinedload(EligiblePatients.condition))
    return sorted(await session.scalars(loaded), key=lambda row: (row.condition.name_en, row.source_kind))


async def questions_of(session: AsyncSession, institution_id: UUID, *, reader: Actor) -> list[SiteQuestion]:
    """Return the open questions to an institution; empty for a reader who may not know."""
    rows = questions_visible_to(reader).where(SiteQuestion.institution_id == institution_id)
    loaded = rows.options(joinedload(SiteQuestion.capability)).order_by(SiteQuestion.topic, SiteQuestion.text_en)
    return list(await session.scalars(loaded))


async def notes_of(session: AsyncSession, institution_id: UUID, *, reader: Actor) -> list[CuratorNote]:
    """Return the curator's notes on an institution; empty for anybody but staff."""
    rows = notes_visible_to(reader).where(CuratorNote.institution_id == institution_id)
    return list(await session.scalars(rows.order_by(CuratorNote.field)))
