"""What is due again or unknown on the desk, in the order of what depends on it, the first few to be filled in there."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.queries.effects import Effect, effects
from app.ground.i18n import Locale
from app.identity.rules import Actor
from app.sites.queries.profile import Item, Section, standing_of
from app.sites.rules import ALWAYS_SHOWN
from app.web.desk.facts_table import Row, table_of

# So many are filled in on the desk itself; the others in the table.
ON_THE_DESK = 5


@dataclass(frozen=True)
class Renewals:
    """The first items to look at with what depends on each, and how many there are of all."""

    rows: list[tuple[Row, Effect | None]]
    total: int


async def renewals(
    session: AsyncSession, sections: Mapping[str, Section], locale: Locale, *, reader: Actor
) -> Renewals:
    """Return what the coordinator should look at first; `sections` hold everything that the institution can state."""
    depending = await effects(session, reader=reader)
    items = [item for section in sections.values() for item in section.items]
    due = [item for item in items if standing_of(item) in {"stale", "unknown"}]
    first = sorted(due, key=lambda item: weight(item, depending.get(item.capability.code)))[:ON_THE_DESK]
    parts = await table_of(session, {"first": first}, locale)
    rows = [row for part in parts for row in part.rows]
    return Renewals([(row, depending.get(row.code)) for row in rows], len(due))


def weight(item: Item, effect: Effect | None) -> tuple[int, ...]:
    """Return the key of the order: what most requests depend on, what is due before what is unknown, what is asked most.

    The sort is stable, so that equals stay in the order of the vocabulary.
    """
    depends = (effect.requests, effect.required, effect.criteria) if effect else (0, 0, 0)
    return (*(-one for one in depends), not item.is_known, item.capability.code not in ALWAYS_SHOWN)
