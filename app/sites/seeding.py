"""Load the institutions with their sourced facts, and the visibly fictional ones of the demonstration."""

import csv
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.calendar import in_japan
from app.ground.db import stable_id
from app.ground.i18n import Said, _, say
from app.identity.models import Organisation, OrganisationKind
from app.identity.rules import Role
from app.identity.seeding import add_demonstration_person
from app.sites.errors import SeedWithoutSource
from app.sites.fictional import load_committees_and_contacts
from app.sites.models import Capacity, CuratorNote, Fact, Institution, SiteQuestion
from app.sites.partner_seeding import load_memberships, load_partners
from app.sites.rules import Dated, SourceKind

Row = Mapping[str, str]
# The day on which the collection was read (seed_data/sites/README.md).
READ_ON = date(2026, 11, 20)
# What makes two facts the same; when and by whom they were recorded does not.
SAID = (
    "state", "value", "unit", "note_en", "note_ja",
    "source_url", "further_sources", "source_words", "as_of", "dated", "confidence",
)  # fmt: skip


async def load_official(session: AsyncSession, seed_data: Path, *, now: datetime) -> Said:
    """Load the real institutions with what public sources say of them.

    Run again it changes nothing; with a newer collection it supersedes the facts that the collection
    says differently and adds what is new. What an institution itself said is never touched. Raises
    SeedWithoutSource for a fact that does not say where it comes from and of which day it speaks.
    """
    folder = seed_data / "sites"
    institutions = _rows(folder / "institutions.csv")
    await _load_institutions(session, institutions, demo=False, now=now)
    await _load_facts(session, _sourced_facts(folder / "facts.csv"), now=now)
    await _load_notes(session, _rows(folder / "curator_notes.csv"))
    await _load_questions(session, _rows(folder / "questions.csv"), now=now)
    return say(_("%(count)s institutions are loaded with their facts."), count=len(institutions))


async def load_demonstration(session: AsyncSession, demo_data: Path, *, now: datetime) -> Said:
    """Load the fictional institutions with their coordinators, facts and capacity; harmless when run again.

    Their dates are told as days before today, so that a demonstration is as fresh next year.
    """
    institutions = _rows(demo_data / "institutions.csv")
    is_new = await session.get(Institution, institution_id(institutions[0]["code"])) is None
    await _load_institutions(session, institutions, demo=True, now=now)
    if is_new:
        coordinators = await _load_coordinators(session, _rows(demo_data / "coordinators.csv"), now=now)
        facts = [_invented(row, coordinators, now=now) for row in _rows(demo_data / "facts.csv")]
        rooms = [_room(row, coordinators, now=now) for row in _rows(demo_data / "capacity.csv")]
        await session.execute(insert(Fact), facts)
        await session.execute(insert(Capacity), rooms)
    await load_partners(session, demo_data, now=now)
    await load_memberships(session, _rows(demo_data / "memberships.csv"), SourceKind.DEMONSTRATION, now=now)
    await load_committees_and_contacts(session, demo_data, now=now)
    return say(_("%(count)s fictional institutions are loaded."), count=len(institutions))


def institution_id(code: str) -> UUID:
    """Return the id of an institution that the product ships."""
    return stable_id("institution", code)


async def _load_institutions(session: AsyncSession, rows: list[Row], *, demo: bool, now: datetime) -> None:
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


async def _load_facts(session: AsyncSession, told: list[dict[str, Any]], *, now: datetime) -> None:
    """Record what the collection says differently from before, and supersede what it no longer says."""
    # What a person recorded since, a page that a hub named for its partner too, is not the collection's to supersede.
    public = select(Fact).where(
        Fact.source_kind == SourceKind.PUBLIC_PAGE,
        Fact.hub_id.is_(None),
        Fact.recorded_by_id.is_(None),
        Fact.superseded_at.is_(None),
    )
    known = {(fact.institution_id, fact.capability_code): fact for fact in await session.scalars(public)}
    for fact in told:
        before = known.get((fact["institution_id"], fact["capability_code"]))
        if before is not None and all(getattr(before, name) == fact[name] for name in SAID):
            del known[(fact["institution_id"], fact["capability_code"])]
        else:
            session.add(Fact(**fact, source_kind=SourceKind.PUBLIC_PAGE, recorded_at=now))
    for outdated in known.values():
        outdated.superseded_at = now
    await session.flush()


def _sourced_facts(path: Path) -> list[dict[str, Any]]:
    """Return the facts of a file, each with its source and its date. Raises SeedWithoutSource."""
    facts = []
    for line, row in enumerate(_rows(path), start=2):
        sources = [source.strip() for source in (row["source_url"] or "").split("|") if source.strip()]
        if not sources or not _is_day(row["as_of"]):
            raise SeedWithoutSource(path.name, line, row["institution"], row["capability"])
        facts.append(_sourced(row, sources))
    return facts


def _is_day(text: str | None) -> bool:
    try:
        return date.fromisoformat(text or "") <= READ_ON
    except ValueError:
        return False


def _sourced(row: Row, sources: list[str]) -> dict[str, Any]:
    addresses = [source for source in sources if source.startswith("http")]
    words = [source for source in sources if not source.startswith("http")]
    return {
        **_said(row),
        "source_url": addresses[0] if addresses else None,
        "further_sources": addresses[1:],
        "source_words": words[0] if words else None,
        "as_of": date.fromisoformat(row["as_of"]),
        "dated": Dated(row["dated"]),
        "confidence": row["confidence"],
    }


def _said(row: Row) -> dict[str, Any]:
    return {
        "institution_id": institution_id(row["institution"]),
        "capability_code": row["capability"],
        "state": row["state"],
        **{name: row[name] or None for name in ("value", "unit", "note_en", "note_ja")},
    }


async def _load_notes(session: AsyncSession, rows: list[Row]) -> None:
    values = [
        {"id": stable_id("curator_note", f"{row['institution']}:{row['field']}"),
         "institution_id": institution_id(row["institution"]), "field": row["field"], "note": row["note"]}
        for row in rows
    ]  # fmt: skip
    notes = insert(CuratorNote).values(values)
    await session.execute(
        notes.on_conflict_do_update(index_elements=["institution_id", "field"], set_={"note": notes.excluded.note})
    )


async def _load_questions(session: AsyncSession, rows: list[Row], *, now: datetime) -> None:
    values = [
        {
            "id": stable_id("site_question", f"{row['institution']}:{row['cell']}:{row['text_en']}"),
            "institution_id": institution_id(row["institution"]),
            "topic": row["cell"],
            "capability_code": row["capability"] or None,
            "text_en": row["text_en"],
            "text_ja": row["text_ja"],
            "asked_at": now,
        }
        for row in rows
    ]
    await session.execute(insert(SiteQuestion).values(values).on_conflict_do_nothing())


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
        **_said(row),
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


def _first_of_month(today: date, months_ahead: int) -> date:
    months = today.year * 12 + today.month - 1 + months_ahead
    return date(months // 12, months % 12 + 1, 1)


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
