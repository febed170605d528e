"""Reading a record of a registry: taken, asked for and noted in three steps, so that no transaction waits for it."""

import asyncio
from uuid import UUID

import structlog

from app.enquiries import actions
from app.enquiries.ctgov.client import RegistryError, registry
from app.identity.rules import SERVICE
from app.jobs.registry import Work, job

log = structlog.get_logger()


@job
async def read_registry(work: Work, *, reading_id: str) -> None:
    """Read one record of ClinicalTrials.gov. Harmless when run twice; a failure is kept for whoever asked."""
    key = UUID(reading_id)
    async with work.transaction() as session:
        taken = await actions.take_reading(session, key, now=work.now)
    if taken is None:
        return
    number, moment = taken
    await asyncio.sleep(max(0.0, (moment - work.now).total_seconds()))
    try:
        async with registry(work.settings.ctgov_url) as ctgov:
            study = await ctgov.study(number)
    except RegistryError as error:
        log.warning("registry gave no study", reading=reading_id, code=error.code, reason=str(error))
        async with work.transaction() as session:
            await actions.note_failure(session, key, error.code, now=work.now)
        return
    async with work.transaction() as session:
        await actions.note_study(session, key, study, by=SERVICE, now=work.now)
