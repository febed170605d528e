"""Two coordinators of one institution take turns: the second sees what the first has written."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.sites.models import Institution


async def take_turns(session: AsyncSession, institution_id: UUID) -> None:
    """Wait until nobody else changes this institution, and hold it until the commit."""
    await session.execute(select(Institution.id).where(Institution.id == institution_id).with_for_update())
