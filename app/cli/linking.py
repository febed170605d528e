"""`madoguchi trials link`: every place linked to institutions anew, with a progress bar on a terminal and lines elsewhere."""

import sys
from collections.abc import AsyncIterator, Callable

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.cli.reading import trials
from app.cli.terminal import language, run, say, settings_or_stop
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.i18n import Message, _
from app.settings import Settings
from app.trials.actions.relinking import SoFar, judge_all, link_all

JUDGING = _("Facility texts judged: %(done)s of %(total)s.")
LINKING = _("Trials linked: %(done)s of %(total)s.")
DONE = _("Texts linked otherwise than before: %(texts)s. Records with other places than before: %(records)s.")
UNCHANGED = _("Nothing has changed.")
Step = Callable[[async_sessionmaker[AsyncSession]], AsyncIterator[SoFar]]


@trials.command("link")
def link_trials() -> None:
    """Link all places of trials to institutions anew, after institutions or their names changed; harmless to repeat."""
    settings, counts = settings_or_stop(), []

    async def linked() -> None:
        counts.extend([await _done(settings, judge_all, JUDGING), await _done(settings, link_all, LINKING)])

    run(linked)
    texts, records = (one.changed for one in counts)
    say(DONE, texts=texts, records=records)
    if not texts and not records:
        say(UNCHANGED)


async def _done(settings: Settings, step: Step, words: Message) -> SoFar:
    """Do one step to its end and tell how it goes; a bar moves by itself, lines are written where nobody watches one."""
    engine, so_far = engine_for(settings.database_url, role=SERVICE_ROLE), SoFar()
    try:
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
            bar = progress.add_task("", total=None)
            async for so_far in step(sessions_for(engine)):
                told = words.in_(language(), done=so_far.done, total=so_far.total)
                progress.update(bar, description=told, completed=so_far.done, total=so_far.total)
                if progress.disable:
                    typer.echo(told)
    finally:
        await engine.dispose()
    return so_far
