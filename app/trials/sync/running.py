"""One run from where it stands to its end: fetch outside any transaction, then store everything of it in one.

A portion is stored with the counts, the refusals and the cursor of what comes next, or not at all: a process may be
killed at any moment and another goes on. Of two that are at one run, the slower finds that it has moved, and leaves it.
"""

from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.ground.errors import Refused
from app.ground.i18n import _, say
from app.settings import Settings
from app.trials.jrct.errors import LayoutChanged, RegistryBlocked
from app.trials.models import RunState, SyncRun
from app.trials.sync.portions import portions_of
from app.trials.sync.registry import Transaction
from app.trials.sync.storing import CHANGED, Storing

UNEXPECTED = _("Something went wrong in this window, and its log says what. Nothing was lost: start again to go on.")
log = structlog.get_logger()


async def do_run(
    transaction: Transaction,
    settings: Settings,
    run_id: UUID,
    *,
    clock: Callable[[], datetime],
    told: Callable[[SyncRun], None] = lambda _run: None,
) -> None:
    """Do a run until it ends, is paused, or somebody else has gone on with it; `told` hears how it stands.

    A run that has ended is left alone. What a source refuses becomes the reason of the run; only the database's own
    errors are raised, and then the run goes on from its cursor.
    """
    storing = Storing(transaction, settings, clock, told)
    run = await storing.begin(run_id)
    if run is None:
        return
    try:
        async with aclosing(portions_of(transaction, settings, run)) as portions:
            async for portion in portions:
                if not await storing.store(run, portion):
                    return
    except RegistryBlocked as refusal:
        await storing.end(run, RunState.STOPPED, refusal.code, say(refusal.message, **refusal.details))
    except LayoutChanged as refusal:
        await storing.end(run, RunState.STOPPED, CHANGED, say(refusal.message, **refusal.details), item=refusal.because)
    except Refused as refusal:
        log.warning("run failed", run=str(run.id), code=refusal.code, because=getattr(refusal, "because", ""))
        await storing.end(run, RunState.FAILED, refusal.code, say(refusal.message, **refusal.details))
    except (OSError, SQLAlchemyError):
        raise
    except Exception as error:
        log.error("run broke", run=str(run.id), exc_info=error)
        await storing.end(run, RunState.FAILED, "unexpected", UNEXPECTED)
