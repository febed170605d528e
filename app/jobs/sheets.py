"""Files that coordinators sent in are forgotten in time, whether or not anybody comes by."""

import structlog

from app.jobs.registry import Work
from app.sites import actions

log = structlog.get_logger()


async def forget_old_sheets(work: Work) -> None:
    """Forget the lines of files on which nobody has decided in time; a failure is logged and tried at the next look."""
    try:
        async with work.transaction() as session:
            await actions.forget_sheets(session, now=work.now)
    except Exception as error:
        # Pages treat such a file as gone already; the mails that this worker looks after must not wait for it.
        log.error("old sheets not forgotten", exc_info=error)
