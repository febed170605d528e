"""The vocabularies, read from seed_data/terms; loading again brings them to what the files say."""

import csv
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.db import stable_id
from app.ground.i18n import Said, _, say
from app.terms.models import Concept, ConceptLabel, LabelKind, Vocabulary
from app.terms.rules import fold

# What a row points to is loaded before it.
FILES = {
    Vocabulary.REGION: "regions.csv",
    Vocabulary.PREFECTURE: "prefectures.csv",
    Vocabulary.COUNTRY: "countries.csv",
    Vocabulary.AREA: "areas.csv",
    Vocabulary.PHASE: "phases.csv",
    Vocabulary.CAPABILITY: "capabilities.csv",
    Vocabulary.MODALITY: "modalities.csv",
    Vocabulary.CONDITION: "conditions.csv",
}
PUBLISHED = ("mondo", "icd10", "mesh")
LABEL_COLUMNS = (
    ("en", LabelKind.SYNONYM, "synonyms_en"),
    ("en", LabelKind.ABBREVIATION, "abbreviations_en"),
    ("ja", LabelKind.SYNONYM, "synonyms_ja"),
    ("ja", LabelKind.SYNONYM, "reading_ja"),
)
AT_ONCE = 2000
Row = dict[str, str]


async def load_official(session: AsyncSession, seed_data: Path, *, now: datetime) -> Said:
    """Load every vocabulary; a concept that has left the files stays, since others may point to it."""
    count = 0
    for vocabulary, name in FILES.items():
        with (seed_data / "terms" / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        await _load_concepts(session, [concept_of(row, vocabulary, at) for at, row in enumerate(rows)])
        await _load_labels(session, [label for row in rows for label in labels_of(row)])
        count += len(rows)
    return say(_("%(count)s terms in %(vocabularies)s vocabularies are loaded."), count=count, vocabularies=len(FILES))


async def _load_concepts(session: AsyncSession, concepts: list[dict[str, Any]]) -> None:
    adding = insert(Concept).values(concepts)
    changed = {name: adding.excluded[name] for name in concepts[0] if name != "code"}
    await session.execute(adding.on_conflict_do_update(index_elements=["code"], set_=changed))


async def _load_labels(session: AsyncSession, labels: list[dict[str, Any]]) -> None:
    codes = {label["concept_code"] for label in labels}
    stored = select(ConceptLabel.id, ConceptLabel.kind, ConceptLabel.folded).where(ConceptLabel.concept_code.in_(codes))
    known = {key: (kind, folded) for key, kind, folded in await session.execute(stored)}
    if gone := known.keys() - {label["id"] for label in labels}:
        await session.execute(delete(ConceptLabel).where(ConceptLabel.id.in_(gone)))
    # Nearly always nothing has changed, and thousands of rows need not be written again at every start.
    wanted = [label for label in labels if known.get(label["id"]) != (label["kind"], label["folded"])]
    for start in range(0, len(wanted), AT_ONCE):
        adding = insert(ConceptLabel).values(wanted[start : start + AT_ONCE])
        changed = {"kind": adding.excluded.kind, "folded": adding.excluded.folded}
        await session.execute(adding.on_conflict_do_update(index_elements=["id"], set_=changed))


def concept_of(row: Row, vocabulary: Vocabulary, position: int) -> dict[str, Any]:
    """Return the columns of one concept; `position` is its place in its file."""
    return {
        "code": row["code"],
        "vocabulary": vocabulary,
        "name_en": row["name_en"],
        "name_ja": row["name_ja"],
        "name_ja_source": row.get("name_ja_source", "agreed"),
        "reviewed": row.get("reviewed", "true") == "true",
        "parent_code": row.get("parent") or None,
        "position": position,
        "codes": published_codes(row),
        "details": DETAILS[vocabulary](row) if vocabulary in DETAILS else {},
        "source": row["source"],
        "as_of": date.fromisoformat(row["as_of"]),
    }


def published_codes(row: Row) -> dict[str, dict[str, str]]:
    """Return the published codes of a row with the name each has there and how far it fits the concept."""
    codes = {
        system: {"code": row[system], "name": row[f"{system}_name"], "fit": row[f"{system}_fit"]}
        for system in PUBLISHED
        if row.get(system)
    }
    return codes | ({"nando": {"code": row["nando"]}} if row.get("nando") else {})


def _several(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def _capability(row: Row) -> dict[str, Any]:
    months = row["stale_after_months"]
    return {
        "group": row["group"],
        "kind": row["kind"],
        "values": _several(row["values"]),
        "unit_en": row["unit_en"],
        "unit_ja": row["unit_ja"],
        "stale_months": int(months) if months else None,
        "criterion": row["criterion"] == "true",
    }


DETAILS: dict[Vocabulary, Callable[[Row], dict[str, Any]]] = {
    Vocabulary.CONDITION: lambda row: {"areas": _several(row["areas"])},
    Vocabulary.MODALITY: lambda row: {"product": row["product"], "needs": _several(row["needs"])},
    Vocabulary.PHASE: lambda row: {"ctgov": row["ctgov"].split()},
    Vocabulary.PREFECTURE: lambda row: {"iso_3166_2": row["iso_3166_2"]},
    Vocabulary.CAPABILITY: _capability,
}


def labels_of(row: Row) -> Iterator[dict[str, Any]]:
    """Yield the words that find a concept, each once a language: its names, synonyms, abbreviations and reading."""
    words = [("en", LabelKind.PREFERRED, row["name_en"]), ("ja", LabelKind.PREFERRED, row["name_ja"])]
    words += [(tongue, kind, word) for tongue, kind, column in LABEL_COLUMNS for word in _several(row.get(column, ""))]
    seen = set()
    for language, kind, word in words:
        if (language, word) not in seen:
            seen.add((language, word))
            yield {
                "id": stable_id("label", f"{row['code']}:{language}:{word}"),
                "concept_code": row["code"],
                "language": language,
                "kind": kind,
                "label": word,
                "folded": fold(word),
            }
