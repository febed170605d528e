"""Builders: a test says only what it is about, and the rest is made up here."""

from itertools import count
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.db import Base
from app.identity.models import Membership, Organisation, OrganisationKind, Person
from app.identity.queries import actor_of
from app.identity.rules import Actor, Role
from tests.conftest import NOW

number = count(1)


Row = TypeVar("Row", bound=Base)


async def saved(session: AsyncSession, row: Row) -> Row:
    """Write a row and return it."""
    session.add(row)
    await session.flush()
    return row


async def an_organisation(session: AsyncSession, **given: Any) -> Organisation:
    n = next(number)
    given = {"kind": OrganisationKind.SPONSOR, "name_en": f"Company {n}", "name_ja": None, "created_at": NOW, **given}
    return await saved(session, Organisation(id=uuid4(), **given))


async def a_person(session: AsyncSession, **given: Any) -> Person:
    """Return somebody with an account and no role."""
    n = next(number)
    given = {"email": f"person{n}@company{n}.example", "name": f"Person {n}", "language": "en", **given}
    return await saved(session, Person(id=uuid4(), created_at=NOW, **given))


async def a_member(session: AsyncSession, role: Role, organisation: Organisation, **given: Any) -> Person:
    person = await a_person(session, **given)
    await saved(session, Membership(person_id=person.id, organisation_id=organisation.id, role=role, created_at=NOW))
    return person


async def a_sponsor(session: AsyncSession, organisation: Organisation | None = None, **given: Any) -> Person:
    """Return a member of a company that enquires (a new one, unless given)."""
    return await a_member(session, Role.SPONSOR, organisation or await an_organisation(session), **given)


async def the_operator(session: AsyncSession) -> Organisation:
    return (await session.scalars(select(Organisation).where(Organisation.kind == OrganisationKind.OPERATOR))).one()


async def an_officer(session: AsyncSession, **given: Any) -> Person:
    """Return a window officer, who reads Japanese unless told otherwise."""
    return await a_member(session, Role.STAFF, await the_operator(session), **{"language": "ja", **given})


async def an_observer(session: AsyncSession, **given: Any) -> Person:
    return await a_member(session, Role.OBSERVER, await the_operator(session), **{"language": "ja", **given})


async def an_administrator(session: AsyncSession, **given: Any) -> Person:
    return await a_member(session, Role.ADMINISTRATOR, await the_operator(session), **given)


async def a_coordinator(session: AsyncSession, institution: Any, **given: Any) -> Person:
    """Return a coordinator of an institution (the organisation, or the institution of the same id)."""
    organisation = await session.get_one(Organisation, institution.id)
    return await a_member(session, Role.COORDINATOR, organisation, **{"language": "ja", **given})


async def acting(session: AsyncSession, person: Person) -> Actor:
    """Return a person as one who acts, with the roles they hold now."""
    actor = await actor_of(session, person.id)
    assert actor is not None
    return actor


def somebody(person_id: UUID | None = None, **given: Any) -> Actor:
    """Return an actor that stands in no table, for rules that ask nothing of the database."""
    return Actor(person_id=person_id or uuid4(), name="Somebody", **given)
