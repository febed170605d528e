"""Trial records after they are stored."""

from app.jobs.registry import Work, job
from app.trials import actions


@job
async def follow_trials(work: Work) -> None:
    """Link the trials that changes touched to institutions and make them searchable, until none waits."""
    while True:
        async with work.transaction() as session:
            if not await actions.follow(session):
                return
