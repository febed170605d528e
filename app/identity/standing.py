"""Tell PostgreSQL who a transaction acts for, so that row-level security can guard the rows under the rules above it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.rules import SERVICE, Actor

STAND = text(
    "SELECT set_config('madoguchi.standing', :standing, true), set_config('madoguchi.organisations', :organisations, true)"
)


async def stand_as(session: AsyncSession, actor: Actor) -> None:
    """Let the rest of this transaction see what this actor may see.

    Without it the tables of tiers show no row at all. The settings end with the transaction.
    """
    organisations = ",".join(sorted(str(one) for one in actor.organisation_ids))
    await session.execute(STAND, {"standing": actor.standing, "organisations": organisations})


STANDING = text(
    "SELECT current_setting('madoguchi.standing', true) AS standing,"
    " current_setting('madoguchi.organisations', true) AS organisations"
)


@asynccontextmanager
async def as_the_service(session: AsyncSession) -> AsyncIterator[None]:
    """Let the service reckon over rows that the reader may not see; afterwards the transaction stands as before.

    Only for figures in which no single row can be found again, such as how many open requests ask for something.
    """
    before = (await session.execute(STANDING)).one()
    await stand_as(session, SERVICE)
    try:
        yield
    finally:
        await session.execute(STAND, {"standing": before.standing or "", "organisations": before.organisations or ""})
