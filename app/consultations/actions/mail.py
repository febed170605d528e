"""Mail about a case: numbers, links and dates, never a word of what is confidential."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import Consultation
from app.ground.formats import day_text
from app.ground.mail import post
from app.identity.queries import operator, recipients
from app.identity.rules import Role


async def tell_sponsor(session: AsyncSession, case: Consultation, template: str, *, now: datetime) -> None:
    """Write to every member of the company that enquires, each in their own language."""
    for person in await recipients(session, case.organisation_id, Role.SPONSOR):
        await post(session, template, to=person, now=now, number=case.number)


async def tell_staff(session: AsyncSession, case: Consultation, template: str, *, now: datetime) -> None:
    """Write to the window's officers, each in their own language."""
    window = await operator(session)
    for person in await recipients(session, window.id, Role.STAFF):
        await post(session, template, to=person, now=now, number=case.number)


async def tell_sites(
    session: AsyncSession,
    case: Consultation,
    template: str,
    institution_ids: Iterable[UUID],
    *,
    now: datetime,
    reply_by: date | None = None,
) -> None:
    """Write to the coordinators of each institution, in their own language."""
    for institution_id in institution_ids:
        for person in await recipients(session, institution_id, Role.COORDINATOR):
            dated = {"reply_by": day_text(reply_by, person.language)} if reply_by else {}
            await post(session, template, to=person, now=now, number=case.number, **dated)
