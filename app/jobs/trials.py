"""Trial records: runs that bring them in, and what follows once they are stored."""

from uuid import UUID

from app.jobs.registry import Work, job
from app.trials import actions
from app.trials.sync.running import do_run


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
