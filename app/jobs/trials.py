"""Trial records: runs that bring them in, and what follows once they are stored."""

from datetime import timedelta
from uuid import UUID

import structlog

from app.ground.calendar import in_japan
from app.ground.errors import Refused
from app.identity.rules import SERVICE
from app.jobs.registry import Work, job
from app.trials import actions
from app.trials.actions import dropping, running
from app.trials.models import RunState, Source
from app.trials.sync.running import do_run

log = structlog.get_logger()
# A sync that failed is tried again by itself after this long; what failed it may have passed.
TRIED_AGAIN_AFTER = timedelta(hours=1)


@job
async def follow_trials(work: Work) -> None:
    """Link the trials that changes touched to institutions and make them searchable, until none waits."""
    while True:
        async with work.transaction() as session:
            if not await actions.follow(session):
                return


@job
async def run_sync(work: Work, *, run_id: str) -> None:
    """Do a run of a sync, of one record or of a file, from where it stands. Harmless when run twice, or by two at once."""
    await do_run(work.transaction, work.settings, UUID(run_id), clock=lambda: work.now)


async def look_after_runs(work: Work) -> None:
    """Wake runs whose worker is lost, forget old files, begin the day's sync; a failure is tried at the next look."""
    try:
        async with work.transaction() as session:
            await running.wake_lost_runs(session, now=work.now)
            await dropping.forget_old_files(session, now=work.now)
        if work.settings.ctgov_sync == "daily":
            await sync_of_the_day(work)
    except Exception as error:
        # The next look is half a minute away; the mails that this worker looks after must not wait for it.
        log.error("runs not looked after", exc_info=error)


async def sync_of_the_day(work: Work) -> None:
    """Ask for what has changed at ClinicalTrials.gov, once a day in Japan; nothing where it is paused or stopped."""
    now = work.now
    async with work.transaction() as session:
        state = await running.locked_state(session, Source.CTGOV)
        if state.succeeded_at is not None and in_japan(state.succeeded_at) == in_japan(now):
            return
        run = await running.unfinished(session, Source.CTGOV)
        if run is not None and not (run.state is RunState.FAILED and run.moved_at < now - TRIED_AGAIN_AFTER):
            return
        try:
            await running.ask_sync(session, Source.CTGOV, settings=work.settings, by=SERVICE, now=now)
        except Refused as refusal:
            log.info("no sync of the day", code=refusal.code)
