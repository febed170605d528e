"""The real institutions with what public sources say of them."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.db import stable_id
from app.ground.i18n import Said, _, say
from app.sites.errors import SeedWithoutSource
from app.sites.models import CuratorNote, Fact, SiteQuestion
from app.sites.rules import Dated, SourceKind
from app.sites.seeding.rows import READ_ON, Row, institution_id, load_institutions, rows_of, said_in

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
    institutions = rows_of(folder / "institutions.csv")
    await load_institutions(session, institutions, demo=False, now=now)
    await _load_facts(session, _sourced_facts(folder / "facts.csv"), now=now)
    await _load_notes(session, rows_of(folder / "curator_notes.csv"))
    await load_questions(session, rows_of(folder / "questions.csv"), now=now)
    return say(_("%(count)s institutions are loaded with their facts."), count=len(institutions))


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
    for line, row in enumerate(rows_of(path), start=2):
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
        **said_in(row),
        "source_url": addresses[0] if addresses else None,
        "further_sources": addresses[1:],
        "source_words": words[0] if words else None,
        "as_of": date.fromisoformat(row["as_of"]),
        "dated": Dated(row["dated"]),
        "confidence": row["confidence"],
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


async def load_questions(session: AsyncSession, rows: list[Row], *, now: datetime) -> None:
    """Add what institutions are asked; a question that is there stays as it is, answered or not."""
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
