"""Reads of the regulatory steps. They are public: there is nobody to hide a step from."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.readiness.models import RegulatoryStep


async def steps(session: AsyncSession) -> list[RegulatoryStep]:
    """Return all steps, stage by stage."""
    return list(await session.scalars(select(RegulatoryStep).order_by(RegulatoryStep.stage, RegulatoryStep.position)))
