"""`madoguchi trials sync`: what has changed at a source brought in, with a progress bar on a terminal, lines elsewhere."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.importing import DONE, UNCHANGED
from app.cli.pulling import as_worker
from app.cli.reading import trials
from app.cli.terminal import language, say, settings_or_stop
from app.ground.i18n import _
from app.identity.rules import SERVICE
from app.jobs.registry import Work
from app.trials.actions import running
from app.trials.models import RunState, Source, SyncRun
from app.trials.queries.runs import STANDS_STILL, get_run
from app.trials.sync.running import do_run

GOES_ON = _("The sync that was begun before goes on: %(read)s read so far.")
SO_FAR = _("%(registry)s: %(read)s read so far.")
OTHERS = _("Another worker is at it; waiting until it is done.")
PAUSED = _("Paused. `madoguchi trials resume %(source)s` lets it go on.")
LOOK_EVERY = 1.0  # seconds
NOT_DONE, IS_PAUSED = 1, 3
Told = Callable[[SyncRun], None]


@trials.command("sync")
def sync_source(source: Annotated[Source, typer.Argument(help="ctgov or jrct.")]) -> None:
    """Bring in what has changed at a source, from where an unfinished sync stands.

    Exit 0 where it is done, 1 where it failed or was stopped (the sentence says why; run it again to go on), 3 where
    somebody paused it.
    """
    settings, ended = settings_or_stop(), list[SyncRun]()

    async def synced(work: Work) -> None:
        async with work.transaction() as session:
            run = await running.open_sync(session, source, settings=settings, by=SERVICE, now=work.now)
        if run.read:
            say(GOES_ON, read=run.read)
        with _told(source) as told:
            ended.append(await _to_its_end(work, run.id, told))

    as_worker(settings, synced)
    raise typer.Exit(_report(ended[0]))


async def _to_its_end(work: Work, run_id: UUID, told: Told) -> SyncRun:
    """Do a run, or watch it where another worker does; take it over where that one is lost."""
    await do_run(work.transaction, work.settings, run_id, clock=lambda: work.now, told=told)
    said = False
    while True:
        async with work.transaction() as session:
            run = await get_run(session, run_id)
        told(run)
        if run.state not in running.UNDER_WAY:
            return run
        if not said:
            say(OTHERS)
            said = True
        if work.now - run.moved_at > STANDS_STILL:
            await do_run(work.transaction, work.settings, run_id, clock=lambda: work.now, told=told)
        await asyncio.sleep(LOOK_EVERY)


@contextmanager
def _told(source: Source) -> Iterator[Told]:
    name = source.terms.name.in_(language())
    if not sys.stderr.isatty():
        spoken: set[int] = set()

        def in_lines(run: SyncRun) -> None:
            if run.read not in spoken:
                spoken.add(run.read)
                say(SO_FAR, registry=name, read=run.read)

        yield in_lines
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(name, total=None)
        yield lambda run: progress.update(bar, total=run.expected, completed=run.passed)


def _report(run: SyncRun) -> int:
    """Say what came of a run; return the exit code."""
    say(DONE, new=run.new, changed=run.changed, same=run.same, older=run.older, refused=run.refused)
    if run.why is not None:
        typer.echo(run.why.in_(language()), err=run.state is not RunState.DONE)
    elif run.state is RunState.DONE and not run.new and not run.changed:
        say(UNCHANGED)
    if run.state is RunState.PAUSED:
        say(PAUSED, source=str(run.source))
        return IS_PAUSED
    return 0 if run.state is RunState.DONE else NOT_DONE
