"""Builders of records for tests."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.identity.rules import SERVICE
from app.trials.actions import follow, incoming, load
from app.trials.record import Coded, Day, Design, Number, Party, Phases, Record, Site, Text
from tests.conftest import NOW


async def stored_and_followed(
    sessions: async_sessionmaker[AsyncSession], *records: Record, days: int = 0, demo: bool = False
) -> None:
    """Load records as they were read on a day, and follow them up, so that they are linked and found."""
    batch = [incoming(one) for one in records]
    await load(sessions, batch, by=SERVICE, now=NOW + timedelta(days=days), demo=demo)
    async with sessions.begin() as session:
        while await follow(session):
            continue


def a_number(value: str, scheme: str | None = "nct") -> Number:
    return Number(value, scheme, value)


def a_record(number: str = "NCT99900001", source: str = "ctgov", **changes: Any) -> Record:
    """Return a fictional record: recruiting, phase 1, one Japanese hospital."""
    record = Record(
        source=source,
        registry="jrct" if number.startswith("jRCT") else "nct",
        number=number,
        address=f"https://registry.example/{number}",
        registered=Day("2026-01-10", "2026-01-10"),
        updated=Day("2026-02-01", "2026-02-01"),
        public_title=Text("見本薬の第Ⅰ相試験", "A phase 1 trial of sample drug"),
        sponsor=Party(Text(None, "Sample Biotech Inc.")),
        design=Design(phase=Phases(Text(None, "Phase 1"), ("phase.1",)), kind=Coded(Text(None, "Interventional"), "interventional")),
        status=Coded(Text("募集中", "Recruiting"), "recruiting"),
        sites=(Site(1, Text("見本大学病院", "Sample University Hospital"), city="Sample City", prefecture="pref.14"),),
    )  # fmt: skip
    return replace(record, **changes)
