"""Load who works with whom: sourced memberships of networks, and the fictional partners of the demonstration."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.calendar import in_japan
from app.identity.models import Organisation, OrganisationKind
from app.sites.models import Fact, Institution, NetworkMembership, Partnership
from app.sites.rules import SourceKind
from app.sites.seeding.rows import Row, institution_id

CAPABILITIES = ("dct.econsent", "dct.telemedicine", "dct.home_nursing", "dct.dtp_ip", "dct.epro", "dct.wearable")


async def load_partners(session: AsyncSession, demo_data: Path, *, now: datetime) -> None:
    """Load the fictional partners of the fictional hubs with what their hubs say of them; harmless when run again."""
    with (demo_data / "partners.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if await session.get(Institution, institution_id(rows[0]["code"])) is not None:
        return
    await session.execute(insert(Organisation), [_organisation(row, now) for row in rows])
    await session.execute(insert(Institution), [_institution(row, now) for row in rows])
    await session.execute(insert(Partnership), [_partnership(row, now) for row in rows])
    await session.execute(insert(Fact), [fact for row in rows for fact in _facts(row, now)])


async def load_memberships(session: AsyncSession, rows: list[Row], source_kind: SourceKind, *, now: datetime) -> None:
    """Load which institutions a source says belong to a network; adds what is new, changes nothing that is there.

    `rows` hold network, institution, source_url and as_of; without as_of the day is today (the demonstration).
    """
    current = select(NetworkMembership).where(NetworkMembership.superseded_at.is_(None))
    known = {(row.network_id, row.institution_id) for row in await session.scalars(current)}
    for row in rows:
        if (institution_id(row["network"]), institution_id(row["institution"])) not in known:
            session.add(_membership(row, source_kind, now))
    await session.flush()


def _membership(row: Row, source_kind: SourceKind, now: datetime) -> NetworkMembership:
    return NetworkMembership(
        network_id=institution_id(row["network"]),
        institution_id=institution_id(row["institution"]),
        source_kind=source_kind,
        source_url=row["source_url"] or None,
        as_of=date.fromisoformat(row["as_of"]) if row["as_of"] else in_japan(now),
        recorded_at=now,
    )


def _organisation(row: Row, now: datetime) -> dict[str, Any]:
    return {
        "id": institution_id(row["code"]),
        "kind": OrganisationKind.INSTITUTION,
        "name_en": row["name_en"],
        "name_ja": row["name_ja"],
        "demo": True,
        "created_at": now,
    }


def _institution(row: Row, now: datetime) -> dict[str, Any]:
    return {
        "id": institution_id(row["code"]),
        "code": row["code"],
        "kind": row["kind"],
        "prefecture_code": row["prefecture"],
        "city_en": row["city_en"] or None,
        "city_ja": row["city_ja"] or None,
        "as_of": _said_on(row, now),
        "demo": True,
    }


def _partnership(row: Row, now: datetime) -> dict[str, Any]:
    return {
        "hub_id": institution_id(row["hub"]),
        "partner_id": institution_id(row["code"]),
        "since": in_japan(now) - timedelta(days=int(row["since_days_ago"])),
        "as_of": _said_on(row, now),
        "recorded_at": now,
    }


def _facts(row: Row, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "institution_id": institution_id(row["code"]),
            "capability_code": code,
            "state": row[code],
            "source_kind": SourceKind.HUB,
            "hub_id": institution_id(row["hub"]),
            "further_sources": [],
            "as_of": _said_on(row, now),
            "confidence": "invented",
            "recorded_at": now,
        }
        for code in CAPABILITIES
        if row[code]
    ]


def _said_on(row: Row, now: datetime) -> date:
    return in_japan(now) - timedelta(days=int(row["days_ago"]))
