"""The visibly fictional institutions of the demonstration, with all that belongs to them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.calendar import in_japan
from app.ground.db import stable_id
from app.ground.i18n import Said, _, say
from app.identity.rules import Role
from app.identity.seeding import add_demonstration_person
from app.sites.models import Capacity, EligiblePatients, Fact, Institution
from app.sites.rules import Dated, SourceKind
from app.sites.seeding.committees import load_committees_and_contacts
from app.sites.seeding.official import load_questions
from app.sites.seeding.partners import load_memberships, load_partners
from app.sites.seeding.rows import Row, institution_id, load_institutions, rows_of, said_in


async def load_demonstration(session: AsyncSession, demo_data: Path, *, now: datetime) -> Said:
    """Load the fictional institutions with their coordinators, facts and capacity; harmless when run again.

    Their dates are told as days before today, so that a demonstration is as fresh next year.
    """
    institutions = rows_of(demo_data / "institutions.csv")
    is_new = await session.get(Institution, institution_id(institutions[0]["code"])) is None
    await load_institutions(session, institutions, demo=True, now=now)
    if is_new:
        coordinators = await _load_coordinators(session, rows_of(demo_data / "coordinators.csv"), now=now)
        facts = [_invented(row, coordinators, now=now) for row in rows_of(demo_data / "facts.csv")]
        rooms = [_room(row, coordinators, now=now) for row in rows_of(demo_data / "capacity.csv")]
        await session.execute(insert(Fact), facts)
        patients = [_patients(row, coordinators, now=now) for row in rows_of(demo_data / "patients.csv")]
        await session.execute(insert(Capacity), rooms)
        await session.execute(insert(EligiblePatients), patients)
    await load_questions(session, rows_of(demo_data / "questions.csv"), now=now)
    await load_partners(session, demo_data, now=now)
    await load_memberships(session, rows_of(demo_data / "memberships.csv"), SourceKind.DEMONSTRATION, now=now)
    await load_committees_and_contacts(session, demo_data, now=now)
    return say(_("%(count)s fictional institutions are loaded."), count=len(institutions))


async def _load_coordinators(session: AsyncSession, rows: list[Row], *, now: datetime) -> dict[str, UUID]:
    """Add the coordinator of each fictional institution; return their ids by its code."""
    for row in rows:
        place = institution_id(row["institution"])
        await add_demonstration_person(
            session, row["email"], row["name"], row["language"], Role.COORDINATOR, place, now=now
        )
    return {row["institution"]: stable_id("person", row["email"]) for row in rows}


def _invented(row: Row, coordinators: Mapping[str, UUID], *, now: datetime) -> dict[str, Any]:
    said_at = now - timedelta(days=int(row["days_ago"]))
    confirmed = {"confirmed_by_id": coordinators[row["institution"]], "confirmed_at": said_at}
    return {
        **said_in(row),
        "source_kind": SourceKind.DEMONSTRATION,
        "further_sources": [],
        "as_of": in_japan(said_at),
        "dated": Dated.DAY,
        "confidence": "invented",
        "recorded_at": said_at,
        **(confirmed if row["confirmed"] else {"confirmed_by_id": None, "confirmed_at": None}),
    }


def _room(row: Row, coordinators: Mapping[str, UUID], *, now: datetime) -> dict[str, Any]:
    said_at = now - timedelta(days=int(row["days_ago"]))
    return {
        "institution_id": institution_id(row["institution"]),
        "area_code": row["area"],
        "phase_code": row["phase"],
        "state": row["state"],
        "trials_can_start": int(row["trials_can_start"]),
        "from_day": _first_of_month(in_japan(now), int(row["months_ahead"])) if row["months_ahead"] else None,
        "note_en": row["note_en"] or None,
        "note_ja": row["note_ja"] or None,
        "as_of": in_japan(said_at),
        "recorded_at": said_at,
        "recorded_by_id": coordinators[row["institution"]],
    }


def _patients(row: Row, coordinators: Mapping[str, UUID], *, now: datetime) -> dict[str, Any]:
    said_at = now - timedelta(days=int(row["days_ago"]))
    return {
        "institution_id": institution_id(row["institution"]),
        "condition_code": row["condition"],
        "a_year": int(row["a_year"]),
        "source_kind": row["source_kind"],
        "source_words": row["source_words"] or None,
        "note_en": row["note_en"] or None,
        "note_ja": row["note_ja"] or None,
        "public": row["public"] == "yes",
        "as_of": in_japan(said_at),
        "recorded_at": said_at,
        "recorded_by_id": coordinators[row["institution"]],
    }


def _first_of_month(today: date, months_ahead: int) -> date:
    months = today.year * 12 + today.month - 1 + months_ahead
    return date(months // 12, months % 12 + 1, 1)
