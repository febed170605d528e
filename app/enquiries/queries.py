"""Reads of enquiries; who may see which is decided here, and row-level security repeats it underneath."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries.ctgov.study import Study, study_from
from app.enquiries.errors import NoSuchEnquiry, NoSuchReading
from app.enquiries.models import (
    VALUE_TABLES,
    ConfidentialityTerms,
    Enquiry,
    EnquiryStage,
    RegistryReading,
    TermsAcceptance,
    TierValue,
)
from app.enquiries.rules import Lookup, Source, Value, as_values, imported
from app.ground.paging import Paged, Paging
from app.identity.models import Membership, Organisation, Person
from app.identity.rules import Actor, Role
from app.terms import queries as terms
from app.terms.models import Concept, ConceptLabel, Vocabulary
from app.terms.rules import compact, fold


def visible_to(reader: Actor) -> Select[Any]:
    """The one place that decides which enquiries a person may see.

    A sponsor sees those of its own organisations; officers those that were ever submitted, never a draft; the
    service all; everybody else none.
    """
    every = select(Enquiry)
    if reader.is_service:
        return every
    if reader.is_staff:
        return every.where(Enquiry.submitted_at.is_not(None))
    if reader.is_sponsor:
        return every.where(Enquiry.organisation_id.in_(reader.organisation_ids))
    return every.where(false())


async def get_enquiry(session: AsyncSession, enquiry_id: UUID, *, reader: Actor, lock: bool = False) -> Enquiry:
    """Return an enquiry, or refuse in the same words whether it is absent or hidden; `lock` holds it until the commit.

    Raises NoSuchEnquiry.
    """
    wanted = visible_to(reader).where(Enquiry.id == enquiry_id)
    found: Enquiry | None = await session.scalar(
        wanted.with_for_update().execution_options(populate_existing=True) if lock else wanted
    )
    if found is None:
        raise NoSuchEnquiry
    return found


async def enquiry_values(session: AsyncSession, enquiry_id: UUID, *, reader: Actor) -> dict[str, Value]:
    """Return field to value of one enquiry that the reader may see. Raises NoSuchEnquiry."""
    await get_enquiry(session, enquiry_id, reader=reader)
    return (await values_of(session, [enquiry_id], reader=reader))[enquiry_id]


async def values_of(
    session: AsyncSession, enquiry_ids: Iterable[UUID], *, reader: Actor, fields: Sequence[str] | None = None
) -> dict[UUID, dict[str, Value]]:
    """Return the values of several enquiries in one query, only those that the reader may see; an id without values,
    or hidden, has an empty dict.
    """
    ids = list(enquiry_ids)
    visible = visible_to(reader).with_only_columns(Enquiry.id).where(Enquiry.id.in_(ids)).scalar_subquery()
    rows = union_all(*(_rows(table).where(table.enquiry_id.in_(visible)) for table in VALUE_TABLES.values())).subquery()
    listed = select(rows, Person.name).outerjoin(Person, Person.id == rows.c.updated_by_id)
    if fields is not None:
        listed = listed.where(rows.c.field.in_(fields))
    found: dict[UUID, dict[str, Value]] = {one: {} for one in ids}
    for row in await session.execute(listed):
        found[row.enquiry_id][row.field] = Value(
            row.field, row.value, Source(row.source), row.as_read, row.source_ref, row.read_at, row.confirmed_at,
            row.updated_at, row.name,
        )  # fmt: skip
    return found


def _rows(table: type[TierValue]) -> Select[Any]:
    return select(
        table.enquiry_id, table.field, table.value, table.source, table.as_read, table.source_ref, table.read_at,
        table.confirmed_at, table.updated_at, table.updated_by_id,
    )  # fmt: skip


async def my_enquiries(session: AsyncSession, *, reader: Actor, paging: Paging) -> Paged[Enquiry]:
    """Return the reader's enquiries, those changed last first; a page beyond the last is the last."""
    total = await session.scalar(select(func.count()).select_from(visible_to(reader).subquery())) or 0
    paging = Paging(min(paging.number, max(1, -(-total // paging.size))), paging.size)
    ordered = visible_to(reader).order_by(Enquiry.updated_at.desc(), Enquiry.id)
    rows = await session.scalars(ordered.limit(paging.size).offset(paging.offset))
    return Paged(list(rows), total, paging)


async def organisations_of(session: AsyncSession, reader: Actor) -> list[Organisation]:
    """Return the organisations in whose name the reader may enquire, the one they joined first first."""
    held = select(Organisation).join(Membership, Membership.organisation_id == Organisation.id)
    held = held.where(
        Membership.person_id == reader.person_id, Membership.role == Role.SPONSOR, Membership.ended_at.is_(None)
    )
    return list(await session.scalars(held.order_by(Membership.created_at, Organisation.id)))


@dataclass(frozen=True)
class Acceptance:
    """The newest version of the confidentiality terms that an organisation accepted."""

    version: int
    at: Any
    person: str


async def acceptance_by(session: AsyncSession, organisation_id: UUID) -> Acceptance | None:
    """Return the newest acceptance of an organisation, None where it has accepted nothing."""
    accepted = select(TermsAcceptance.version, TermsAcceptance.at, Person.name).join(
        Person, Person.id == TermsAcceptance.person_id
    )
    accepted = accepted.where(TermsAcceptance.organisation_id == organisation_id)
    row = (await session.execute(accepted.order_by(TermsAcceptance.version.desc()).limit(1))).one_or_none()
    return None if row is None else Acceptance(row.version, row.at, row.name)


async def current_terms(session: AsyncSession, *, today: date) -> ConfidentialityTerms | None:
    """Return the confidentiality terms that are valid on a day in Japan, None before the first are published."""
    valid = select(ConfidentialityTerms).where(ConfidentialityTerms.valid_from <= today)
    return await session.scalar(valid.order_by(ConfidentialityTerms.version.desc()).limit(1))


async def get_reading(
    session: AsyncSession, reading_id: UUID, *, reader: Actor, visitor_hash: str | None = None
) -> RegistryReading:
    """Return a reading to whoever asked for it: a person, or the visitor whose cookie it is. Raises NoSuchReading."""
    mine: list[ColumnElement[bool]] = [literal(value=False)]
    if reader.person_id is not None:
        mine.append(RegistryReading.asked_by_id == reader.person_id)
    if visitor_hash is not None:
        mine.append(RegistryReading.visitor_hash == visitor_hash)
    wanted = select(RegistryReading).where(RegistryReading.id == reading_id)
    found = await session.scalar(wanted if reader.is_service else wanted.where(or_(*mine)))
    if found is None:
        raise NoSuchReading
    return found


async def reading_of(session: AsyncSession, enquiry: Enquiry) -> RegistryReading | None:
    """Return the reading that an enquiry was last asked to be filled from."""
    if enquiry.reading_id is None:
        return None
    return await session.get(RegistryReading, enquiry.reading_id, populate_existing=True)


async def drafts_waiting_for(session: AsyncSession, reading_id: UUID) -> list[Enquiry]:
    """Return the enquiries that a reading is to fill, locked until the commit."""
    waiting = select(Enquiry).where(Enquiry.reading_id == reading_id, Enquiry.stage != EnquiryStage.WITHDRAWN)
    return list(await session.scalars(waiting.order_by(Enquiry.id).with_for_update()))


async def lookup(session: AsyncSession, study: Study) -> Lookup:
    """Return what our vocabularies know of a study's words: the one condition that it is about, and its countries."""
    return Lookup(await _condition_of(session, study), await _countries_of(session, study))


async def _condition_of(session: AsyncSession, study: Study) -> str | None:
    """Return the code of the one concept that the study's headings or words name, None where it is not one."""
    headings = [spelling for heading in study.mesh or () for spelling in (heading, _mesh_heading(heading))]
    by_heading = await terms.by_mesh(session, headings, Vocabulary.CONDITION) if headings else []
    if len(by_heading) == 1:
        return by_heading[0].code
    if not study.conditions or len(study.conditions) > 1:
        return None
    named = await terms.exact(session, study.conditions[0], vocabularies=[Vocabulary.CONDITION])
    return named[0].code if len(named) == 1 else None


def _mesh_heading(code: str) -> str:
    """Return a MeSH number without the padding of older records: D000012595 is D012595 (facts/registries.md, trap 9)."""
    return f"{code[:1]}{int(code[1:]):06d}" if code[1:].isdecimal() else code


async def _countries_of(session: AsyncSession, study: Study) -> dict[str, str]:
    """Return name to ISO code for the countries that a study names, in one query."""
    written = {name: compact(fold(name)) for name in study.countries or ()}
    label = func.replace(ConceptLabel.folded, " ", "")
    named = select(label, Concept.code).join(Concept, Concept.code == ConceptLabel.concept_code)
    named = named.where(Concept.vocabulary == Vocabulary.COUNTRY, label.in_(set(written.values())))
    codes = {folded: code.removeprefix("country.") for folded, code in await session.execute(named)}
    return {name: codes[folded] for name, folded in written.items() if folded in codes}


async def reading_values(session: AsyncSession, reading: RegistryReading) -> dict[str, Value]:
    """Return what a finished reading says as values that wait to be confirmed, as a draft would show them."""
    if reading.study is None:
        return {}
    study = study_from(reading.study)
    return as_values(imported(study, await lookup(session, study)))
