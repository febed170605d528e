"""The people of the demonstration, each able to act as themselves."""

import csv
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.db import stable_id
from app.identity.models import Membership, Organisation, OrganisationKind, Person
from app.identity.queries import actor_of
from app.identity.rules import Actor, Role
from app.identity.seeding import add_demonstration_person
from app.sites.models import Institution


@dataclass
class Cast:
    """Who acts in the demonstration: the officer, sponsors by address, coordinators by institution code."""

    session: AsyncSession
    officer: Actor
    institutions: dict[str, UUID]
    known: dict[str, Actor] = field(default_factory=dict)

    async def sponsor(self, email: str) -> Actor:
        """Return a sponsor."""
        return await self._known(email, select(Person.id).where(Person.email == email, Person.demo))

    async def coordinator(self, code: str) -> Actor:
        """Return a coordinator of a fictional institution."""
        speaks = select(Person.id).join(Membership, Membership.person_id == Person.id).where(Person.demo)
        speaks = speaks.where(
            Membership.role == Role.COORDINATOR, Membership.organisation_id == self.institutions[code]
        )
        return await self._known(code, speaks.limit(1))

    async def _known(self, name: str, wanted: Select[UUID]) -> Actor:
        if name not in self.known:
            self.known[name] = await the_actor(self.session, (await self.session.scalars(wanted)).one())
        return self.known[name]


async def the_cast(session: AsyncSession, folder: Path, *, now: datetime) -> Cast:
    """Return the cast, after adding the companies of the folder's file; only fictional institutions are in it."""
    with (folder / "companies.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            await _add_company(session, row, now)
    officers = select(Person.id).join(Membership, Membership.person_id == Person.id)
    officer = (await session.scalars(officers.where(Person.demo, Membership.role == Role.STAFF).limit(1))).one()
    fictional = await session.execute(select(Institution.code, Institution.id).where(Institution.demo))
    return Cast(session, await the_actor(session, officer), {row.code: row.id for row in fictional})


async def the_actor(session: AsyncSession, person_id: UUID) -> Actor:
    """Return somebody of the demonstration as one who acts. Raises LookupError for a disabled account."""
    actor = await actor_of(session, person_id)
    if actor is None:
        raise LookupError(f"{person_id} cannot act")
    return actor


async def _add_company(session: AsyncSession, row: dict[str, str], now: datetime) -> None:
    organisation_id = stable_id("organisation", row["code"])
    company = {
        "id": organisation_id,
        "kind": OrganisationKind.SPONSOR,
        "name_en": row["name_en"],
        "name_ja": row["name_ja"],
        "demo": True,
        "created_at": now,
    }
    await session.execute(insert(Organisation).values(company).on_conflict_do_nothing())
    await add_demonstration_person(
        session, row["email"], row["person"], row["language"], Role.SPONSOR, organisation_id, now=now
    )
