"""Pages of registries are forgotten in time, whether or not anybody asks for them again."""

import structlog

from app.jobs.registry import Work
from app.trials.jrct.forgetting import forget_pages

log = structlog.get_logger()


async def forget_old_pages(work: Work) -> None:
    """Forget pages that nobody has read anew for a month; a failure is logged and tried at the next look."""
    try:
        async with work.transaction() as session:
            await forget_pages(session, now=work.now)
    except Exception as error:
        # The mails that this worker looks after must not wait for it.
        log.error("old pages not forgotten", exc_info=error)
