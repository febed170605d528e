"""The services elsewhere to which the window refers."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import ReferralService


async def referral_services(session: AsyncSession) -> list[ReferralService]:
    """Return the services, in the order of their list; they are public, so everybody may see them."""
    return list(await session.scalars(select(ReferralService).order_by(ReferralService.position)))
