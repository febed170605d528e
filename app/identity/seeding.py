"""The people of the demonstration, each visibly fictional."""

import csv
from datetime import datetime
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.db import stable_id
from app.ground.i18n import Said, _, say
from app.identity import queries
from app.identity.models import Membership, Organisation, OrganisationKind, Person
from app.identity.rules import Role


async def load_demonstration(session: AsyncSession, demo_data: Path, *, now: datetime) -> Said:
    """Load the fictional officers and sponsors with their companies; harmless when run again."""
    with (demo_data / "people.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    operator = await queries.operator(session)
    companies = {row["organisation"]: row for row in rows if row["organisation"] != "operator"}
    await session.execute(
        insert(Organisation)
        .values(
            [
                {
                    "id": stable_id("organisation", code),
                    "kind": OrganisationKind.SPONSOR,
                    "name_en": row["organisation_name_en"],
                    "name_ja": row["organisation_name_ja"],
                    "demo": True,
                    "created_at": now,
                }
                for code, row in companies.items()
            ]
        )
        .on_conflict_do_nothing()
    )
    for row in rows:
        place = operator.id if row["organisation"] == "operator" else stable_id("organisation", row["organisation"])
        await add_demonstration_person(
            session, row["email"], row["name"], row["language"], Role(row["role"]), place, now=now
        )
    return say(_("%(count)s fictional people are loaded."), count=len(rows))


async def add_demonstration_person(
    session: AsyncSession, email: str, name: str, language: str, role: Role, organisation_id: object, *, now: datetime
) -> None:
    """Add one fictional person with a role in an organisation, unless they are there already."""
    person_id = stable_id("person", email)
    person = {"id": person_id, "email": email, "name": name, "language": language, "demo": True, "created_at": now}
    await session.execute(insert(Person).values(person).on_conflict_do_nothing())
    membership = {
        "id": stable_id("membership", f"{email}:{role}"),
        "person_id": person_id,
        "organisation_id": organisation_id,
        "role": role,
        "created_at": now,
    }
    await session.execute(insert(Membership).values(membership).on_conflict_do_nothing())
