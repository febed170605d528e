"""Tell PostgreSQL who a transaction acts for, so that row-level security can guard the rows under the rules above it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.rules import Actor

STAND = text(
    "SELECT set_config('madoguchi.standing', :standing, true), set_config('madoguchi.organisations', :organisations, true)"
)


async def stand_as(session: AsyncSession, actor: Actor) -> None:
    """Let the rest of this transaction see what this actor may see.

    Without it the tables of tiers show no row at all. The settings end with the transaction.
    """
    organisations = ",".join(sorted(str(one) for one in actor.organisation_ids))
    await session.execute(STAND, {"standing": actor.standing, "organisations": organisations})
