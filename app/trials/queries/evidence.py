"""What public records show that an institution has run: trials linked to it, and how they divide.

Trials are counted, not records, from the index that the search counts from: a figure and the list it opens are one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.trials.models import Source, TrialChoice, TrialRecord, TrialSearch
from app.trials.queries.asking import RUNNING, Search
from app.trials.queries.hits import hits_of

FIELDS = ("area", "phase", "modality", "year", "status")


@dataclass(frozen=True)
class Evidence:
    """How many trials are linked to an institution, how many are before their end, and how they divide.

    `by` has for each of FIELDS the codes with their trials, the most frequent first, years newest first. A trial has one
    year and status and may have several areas, phases and modalities, or none that was understood. `read` says for each
    source when the newest of these records was read.
    """

    institution: str
    trials: int = 0
    running: int = 0
    by: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    read: Mapping[Source, datetime] = field(default_factory=dict)

    @property
    def newest(self) -> datetime | None:
        """When the newest of these records was read; None where there are none."""
        return max(self.read.values(), default=None)

    @property
    def sources(self) -> list[Source]:
        """Who said it, in the order in which registries speak."""
        return sorted(self.read, key=lambda source: source.rank)

    @property
    def codes(self) -> set[str]:
        """The codes that are terms of the vocabulary."""
        return {code for name in ("area", "phase", "modality") for code in self.by.get(name, ())}

    def address(self, field: str = "", code: str = "") -> str:
        """Return the query string of the search that shows the trials behind a figure; "" for all of them."""
        return Search.asked(institution=self.institution).address(**({field: code} if field else {}))


async def evidence_of(session: AsyncSession, code: str) -> Evidence:
    """Return what is linked to the institution of a code; nothing for one that no trial names. Three queries."""
    hits = await hits_of(session, Search.asked(institution=code))
    if hits.none or not hits.choices:
        return Evidence(code)
    linked = TrialSearch.choices.contains(list(hits.choices))
    each = select(func.unnest(TrialSearch.choices).label("choice")).where(linked).subquery()
    counted = (
        select(TrialChoice.field, TrialChoice.code, func.count())
        .join(each, each.c.choice == TrialChoice.id)
        .group_by(TrialChoice.field, TrialChoice.code)
    )
    found: dict[str, dict[str, int]] = {}
    for name, value, trials in await session.execute(counted):
        found.setdefault(name, {})[value] = trials
    read = (
        select(TrialRecord.source, func.max(TrialRecord.last_seen_at))
        .where(TrialRecord.trial_id.in_(select(TrialSearch.trial_id).where(linked)))
        .group_by(TrialRecord.source)
    )
    running = found.get("status", {}).pop(RUNNING, 0)
    by = {name: _ordered(name, found.get(name, {})) for name in FIELDS}
    return Evidence(
        code, found.get("institution", {}).get(code, 0), running, by, dict(iter(await session.execute(read)))
    )


def _ordered(name: str, counts: Mapping[str, int]) -> dict[str, int]:
    if name == "year":
        return dict(sorted(counts.items(), reverse=True))
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
