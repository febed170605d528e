"""The facts that a page showed when it was made, whether they still stand or not."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.sites.models import Fact


async def shown_facts(
    session: AsyncSession, institution_id: UUID, rows: Mapping[str, Mapping[str, str]]
) -> dict[str, Fact]:
    """Return by capability the fact whose id stands in `shown` of a row; what is no fact of the institution is left out."""
    ids = {capability: uuid_of(row.get("shown", "")) for capability, row in rows.items()}
    wanted = select(Fact).where(Fact.id.in_([one for one in ids.values() if one]))
    found = {fact.id: fact for fact in await session.scalars(wanted.where(Fact.institution_id == institution_id))}
    facts = {capability: found[key] for capability, key in ids.items() if key in found}
    return {capability: fact for capability, fact in facts.items() if fact.capability_code == capability}


def uuid_of(text: str) -> UUID | None:
    """Return the id that a text is, None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
