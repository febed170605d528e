"""A trial of a list as plain JSON, as the API gives it and as the JSON file holds it."""

from collections.abc import Iterable
from typing import Any, Final

from app.trials.models import Source, TrialRecord
from app.trials.queries import Listed

COLUMNS: Final = (
    "source", "number", "address", "version", "title_en", "title_ja", "sponsor_en", "sponsor_ja", "status",
    "study_type", "phases", "first_in_human", "decentralised", "international", "registered_on", "updated_on",
    "first_seen_at", "last_seen_at", "demo",
)  # fmt: skip


def trial(row: Listed, institutions: Iterable[str]) -> dict[str, Any]:
    """Return the number of the record that leads, all its records, where in Japan it has sites, and the institutions
    that we take sites for.
    """
    return {
        "number": row.lead.number,
        "records": [record(one) for one in row.records],
        "prefectures": row.prefectures,
        "institutions": sorted(institutions),
    }


def record(one: TrialRecord) -> dict[str, Any]:
    """Return what one source says in short; `licence` is where its terms of use stand."""
    return {name: getattr(one, name) for name in COLUMNS} | {"licence": one.source.terms.address}


def terms() -> list[dict[str, str]]:
    """Return on what terms each source gives its words, in both languages."""
    return [
        {
            "source": source.value,
            "name": source.terms.name.in_("en"),
            "attribution_en": source.terms.line.in_("en"),
            "attribution_ja": source.terms.line.in_("ja"),
            "licence": source.terms.address,
        }
        for source in Source
    ]
