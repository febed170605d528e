"""What every file of the seed has in common: rows, institutions, and what a row says."""

import csv
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.db import stable_id
from app.identity.models import Organisation, OrganisationKind
from app.sites.models import Institution

Row = Mapping[str, str]
# The day on which the collection was read (seed_data/sites/README.md).
READ_ON = date(2026, 11, 20)


def institution_id(code: str) -> UUID:
    """Return the id of an institution that the product ships."""
    return stable_id("institution", code)


def rows_of(path: Path) -> list[Row]:
    """Return the rows of a file of the seed, by column."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def load_institutions(session: AsyncSession, rows: list[Row], *, demo: bool, now: datetime) -> None:
    """Add institutions with their names, or bring what is known of their names and places up to date."""
    names = insert(Organisation).values([_organisation(row, demo=demo, now=now) for row in rows])
    await session.execute(
        names.on_conflict_do_update(
            index_elements=["id"], set_={"name_en": names.excluded.name_en, "name_ja": names.excluded.name_ja}
        )
    )
    places = insert(Institution).values([_institution(row, demo=demo) for row in rows])
    kept = ("kind", "prefecture_code", "city_en", "city_ja", "website", "as_of")
    await session.execute(
        places.on_conflict_do_update(index_elements=["id"], set_={name: places.excluded[name] for name in kept})
    )


def _organisation(row: Row, *, demo: bool, now: datetime) -> dict[str, Any]:
    return {
        "id": institution_id(row["code"]),
        "kind": OrganisationKind.INSTITUTION,
        "name_en": row["name_en"],
        "name_ja": row["name_ja"],
        "demo": demo,
        "created_at": now,
    }


def _institution(row: Row, *, demo: bool) -> dict[str, Any]:
    return {
        "id": institution_id(row["code"]),
        "code": row["code"],
        "kind": row["kind"],
        "prefecture_code": row["prefecture"],
        "city_en": row["city_en"] or None,
        "city_ja": row["city_ja"] or None,
        "website": row["website"] or None,
        "as_of": READ_ON,
        "demo": demo,
    }


def said_in(row: Row) -> dict[str, Any]:
    """Return what a row says of one capability of one institution."""
    return {
        "institution_id": institution_id(row["institution"]),
        "capability_code": row["capability"],
        "state": row["state"],
        **{name: row[name] or None for name in ("value", "unit", "note_en", "note_ja")},
    }
