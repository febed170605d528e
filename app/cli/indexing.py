"""`madoguchi trials index`: trials made searchable anew, with a progress bar on a terminal and lines elsewhere."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from app.cli.reading import trials
from app.cli.terminal import language, run, say, settings_or_stop
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.i18n import _
from app.settings import Settings
from app.trials.actions.reindexing import index_all
from app.trials.actions.relinking import SoFar

INDEXING = _("Trials indexed: %(done)s of %(total)s.")
UP_TO_DATE = _("The search index is up to date.")


@trials.command("index")
def index_trials(
    anew: Annotated[bool, typer.Option("--all", help="Also those that are up to date.")] = False,
) -> None:
    """Index the trials that an older vocabulary or older rules made searchable; harmless to repeat or to break off."""
    settings = settings_or_stop()
    run(lambda: _indexed(settings, anew))
    say(UP_TO_DATE)


async def _indexed(settings: Settings, anew: bool) -> None:
    engine, so_far = engine_for(settings.database_url, role=SERVICE_ROLE), SoFar()
    try:
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
            bar = progress.add_task("", total=None)
            async for so_far in index_all(sessions_for(engine), anew=anew):
                told = INDEXING.in_(language(), done=so_far.done, total=so_far.total)
                progress.update(bar, description=told, completed=so_far.done, total=so_far.total)
                if progress.disable:
                    typer.echo(told)
    finally:
        await engine.dispose()
