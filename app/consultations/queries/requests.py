"""Requests to institutions: what was asked, answered and decided."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.errors import NoSuchRequest
from app.consultations.models import AskedSite, Consultation
from app.identity.rules import Actor


async def requests_of(session: AsyncSession, case: Consultation) -> list[AskedSite]:
    """Return every request of a case, in the order in which they were made."""
    asked = select(AskedSite).where(AskedSite.consultation_id == case.id)
    return list(await session.scalars(asked.order_by(AskedSite.asked_at, AskedSite.institution_id)))


async def get_asked_site(
    session: AsyncSession, case: Consultation, institution_id: UUID, *, reader: Actor
) -> AskedSite:
    """Return the request to one institution: for staff, and for that institution's own coordinators.

    Raises NoSuchRequest, in the same words whether it is absent or hidden.
    """
    asked = select(AskedSite).where(AskedSite.consultation_id == case.id, AskedSite.institution_id == institution_id)
    site: AskedSite | None = None
    if reader.is_staff or reader.is_service or institution_id in reader.institution_ids:
        site = await session.scalar(asked.execution_options(populate_existing=True))
    if site is None:
        raise NoSuchRequest
    return site
