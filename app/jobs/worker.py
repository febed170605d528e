"""A worker: takes jobs from PostgreSQL until it is told to stop; any number may run beside each other."""

import asyncio
import signal
from datetime import timedelta
from functools import partial

import asyncpg
import orjson
import structlog
from pgqueuer import PgQueuer
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.models import Job as QueuedJob

from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.jobs.confirmations import Confirmations
from app.jobs.mail import post_again_what_was_lost
from app.jobs.pages import forget_old_pages
from app.jobs.registry import Job, Work, load_every_job
from app.jobs.sheets import forget_old_sheets
from app.jobs.trials import look_after_runs
from app.settings import Settings

# A job whose worker has not given a sign of life for this long is taken by another.
SILENCE = timedelta(seconds=15)
SWEEP_EVERY = 30.0  # seconds
MOST_ATTEMPTS = 12
log = structlog.get_logger()


async def run_worker(settings: Settings) -> None:
    """Do jobs until SIGTERM or SIGINT; those under way are finished first."""
    engine = engine_for(settings.database_url, role=SERVICE_ROLE)
    work = Work(sessions_for(engine), settings)
    connection = await asyncpg.connect(
        settings.database_url.replace("postgresql+asyncpg://", "postgresql://"), server_settings={"role": SERVICE_ROLE}
    )
    try:
        queuer = queuer_over(connection, work)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, queuer.shutdown.set)
        sweeping = asyncio.create_task(sweep(work, queuer.shutdown))
        log.info("worker ready")
        await queuer.run(dequeue_timeout=timedelta(seconds=5), heartbeat_timeout=SILENCE)
        await sweeping
    finally:
        await connection.close()
        await engine.dispose()


def queuer_over(connection: asyncpg.Connection, work: Work) -> PgQueuer:
    """Return PgQueuer knowing every job; a failing one is tried again, later each time, and then kept for a person."""
    queuer = PgQueuer.from_asyncpg_connection(connection)
    for name, function in load_every_job().items():
        queuer.entrypoint(name, on_failure="hold", executor_factory=patient)(partial(perform, function, work))
    return queuer


def patient(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
    """Try a failing job again after 2, 4, 8 ... seconds, at most five minutes apart."""
    return DatabaseRetryEntrypointExecutor(
        parameters=parameters, max_attempts=MOST_ATTEMPTS, initial_delay=timedelta(seconds=2)
    )


async def perform(function: Job, work: Work, queued: QueuedJob) -> None:
    """Do one job with the arguments that it was enqueued with."""
    arguments = orjson.loads(queued.payload or b"{}")
    log.info("job begins", job=queued.entrypoint, id=queued.id, attempt=queued.attempts)
    await function(work, **arguments)


async def sweep(work: Work, shutdown: asyncio.Event) -> None:
    """Look now and then for mails whose job was lost, confirmations to ask for, old files and pages, lost runs, until it stops."""
    confirmations = Confirmations()
    while not shutdown.is_set():
        await post_again_what_was_lost(work)
        await confirmations.look(work, now=work.now)
        await forget_old_sheets(work)
        await forget_old_pages(work)
        await look_after_runs(work)
        try:
            await asyncio.wait_for(shutdown.wait(), SWEEP_EVERY)
        except TimeoutError:
            continue
