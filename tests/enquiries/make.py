"""Builders of enquiries."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import actions, queries
from app.enquiries.ctgov.study import read_study
from app.enquiries.fields import block_of, block_with
from app.enquiries.models import Enquiry, ReadingState, RegistryReading
from app.enquiries.rules import Value, fingerprint
from app.identity.models import Organisation, Person
from app.identity.rules import SERVICE, Actor
from app.identity.standing import stand_as
from tests import make
from tests.conftest import NOW
from tests.enquiries import fictional

# Everything that is needed to submit, as a person would type it.
COMPLETE: dict[str, list[str]] = {
    "company_country": ["United States"],
    "company_kind": ["start_up"],
    "authority_to_act": ["own_company"],
    "base_in_japan": ["no"],
    "wanted_service": ["site_identification"],
    "product_code": ["SB-101"],
    "modality": ["modality.small_molecule"],
    "phase": ["phase.2"],
    "condition": ["cond.lung_cancer"],
    "is_mrct": ["yes"],
    "first_in_human": ["no"],
    "participants_japan": ["40"],
    "last_date_japan": ["2027-09-30"],
}


async def a_sponsor(session: AsyncSession, *, accepted: bool = True, **given: Any) -> Actor:
    """Return somebody who enquires, whose organisation has accepted the terms unless told otherwise."""
    by = await make.acting(session, await make.a_sponsor(session, **given))
    if accepted:
        await accept(session, by)
    return by


async def accept(session: AsyncSession, by: Actor) -> None:
    """Accept the terms for somebody's organisation."""
    enquiry = await actions.start_draft(session, by=by, now=NOW)
    await actions.accept_terms(session, enquiry.id, version=1, by=by, now=NOW)
    await session.delete(enquiry)
    await session.flush()


async def a_draft(session: AsyncSession, by: Actor | None = None, **typed: list[str]) -> Enquiry:
    """Return a draft of somebody's, with what they typed."""
    by = by or await a_sponsor(session)
    enquiry = await actions.start_draft(session, by=by, now=NOW)
    await fill_in(session, enquiry, by, **typed)
    return enquiry


async def fill_in(session: AsyncSession, enquiry: Enquiry, by: Actor, **typed: list[str]) -> None:
    """Type values into their blocks."""
    for code in {block_of(field).code for field in typed}:
        block = block_with(code)
        assert block is not None
        here = {field.code: typed[field.code] for field in block.fields if field.code in typed}
        await actions.save_block(session, enquiry.id, block, actions.Form(typed=here), by=by, now=NOW)


async def a_submitted(session: AsyncSession, by: Actor | None = None, **typed: list[str]) -> Enquiry:
    """Return a complete, submitted enquiry."""
    by = by or await a_sponsor(session)
    enquiry = await a_draft(session, by, **{**COMPLETE, **typed})
    return await actions.submit(session, enquiry.id, by=by, now=NOW)


async def a_reading(session: AsyncSession, record: Any = None, **given: Any) -> RegistryReading:
    """Return a finished reading of a fictional study, asked by a visitor unless told otherwise."""
    study = read_study(record or fictional.a_study())
    given = {"visitor_hash": "f" * 64, "state": ReadingState.READ, "study": study.kept(), "done_at": NOW, **given}
    return await make.saved(
        session, RegistryReading(**{"id": uuid4(), "number": study.number, "asked_at": NOW, **given})
    )


async def values(session: AsyncSession, enquiry_id: UUID) -> dict[str, Value]:
    """Return an enquiry's values as the service sees them."""
    await stand_as(session, SERVICE)
    return await queries.enquiry_values(session, enquiry_id, reader=SERVICE)


def as_opened(values: dict[str, Value], *fields: str) -> dict[str, str]:
    """Return the fingerprints that a form opened now carries."""
    return {field: fingerprint(values[field].value if field in values else None) for field in fields}


async def a_colleague(session: AsyncSession, of: Actor) -> Actor:
    """Return another member of somebody's organisation."""
    (place,) = of.organisation_ids
    person: Person = await make.a_sponsor(session, await session.get_one(Organisation, place))
    return await make.acting(session, person)
