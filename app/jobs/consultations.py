"""What an enquiry's submission and withdrawal cause at the case desk."""

from uuid import UUID

from app.consultations import actions
from app.identity.rules import SERVICE
from app.jobs.registry import Work, job


@job
async def open_consultation(work: Work, *, enquiry_id: str) -> None:
    """Open the case of a submitted enquiry. Harmless when run twice."""
    async with work.transaction() as session:
        await actions.open_consultation(session, UUID(enquiry_id), by=SERVICE, now=work.now)


@job
async def withdraw_consultation(work: Work, *, enquiry_id: str) -> None:
    """End the case of a withdrawn enquiry. Harmless when run twice."""
    async with work.transaction() as session:
        await actions.withdraw_consultation(session, UUID(enquiry_id), by=SERVICE, now=work.now)
