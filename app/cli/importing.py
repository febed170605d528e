"""`madoguchi trials import`: records of files into the database, with a progress bar on a terminal and lines elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.reading import CANNOT_READ, trials
from app.cli.terminal import language, run, say, settings_or_stop
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.i18n import _
from app.ground.i18n import say as said
from app.identity.rules import SERVICE
from app.settings import Settings
from app.trials.actions import Incoming, Loaded, Refusal, incoming, load
from app.trials.reading.files import Repeated, records_in

SO_FAR = _("%(file)s: %(read)s read so far.")
DONE = _(
    "New: %(new)s. Changed: %(changed)s. Same as before: %(same)s. Older than what is stored: %(older)s. Refused: %(refused)s."
)
UNCHANGED = _("Nothing has changed.")
REFUSED = _("%(file)s, %(place)s: %(reason)s")
REFUSED_WHOLE = _("%(file)s: %(reason)s")


@trials.command("import")
def import_trials(
    files: Annotated[
        list[Path],
        typer.Argument(help="Pages of jRCT, ClinicalTrials.gov JSON (one, a list, lines), ICTRP exports (CSV, XML)."),
    ],
) -> None:
    """Bring the records of files into the database; the same again changes nothing. Exit 1 where any was refused."""
    settings, total = settings_or_stop(), Loaded()
    run(lambda: _imported(settings, files, total))
    say(
        DONE, new=total.new, changed=total.changed, same=total.same, older=total.older, refused=len(total.refused)
    )  # fmt: skip
    if not total.new and not total.changed:
        say(UNCHANGED)
    if total.refused:
        raise typer.Exit(1)


async def _imported(settings: Settings, files: list[Path], total: Loaded) -> None:
    engine = engine_for(settings.database_url, role=SERVICE_ROLE)
    try:
        for file in files:
            done = Loaded()
            try:
                with _opened(file) as opened:
                    # A bar moves by itself; lines are written where nobody watches one.
                    told = (lambda _so_far: None) if _watched() else _line_of(file)
                    entries = _entries(opened, done)
                    done.add(await load(sessions_for(engine), entries, by=SERVICE, now=datetime.now(UTC), told=told))
            except OSError as error:
                done.refused.append(Refusal(None, said(CANNOT_READ, reason=error.strerror or str(error))))
            for refusal in done.refused:
                _complain(file, refusal)
            total.add(done)
    finally:
        await engine.dispose()


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    if not _watched():
        with file.open("rb") as opened:
            yield opened
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with (
        Progress(*columns, console=Console(stderr=True)) as progress,
        progress.open(file, "rb", description=file.name) as opened,
    ):
        yield opened


def _watched() -> bool:
    return sys.stderr.isatty()


def _entries(file: IO[bytes], done: Loaded) -> Iterator[Incoming | Refusal]:
    for found in records_in(file):
        if found.record is not None:
            yield incoming(found.record, found.place)
        elif isinstance(found.problem, Repeated):
            done.same += 1
        elif found.problem is not None:
            yield Refusal(found.place, said(found.problem.message, **found.problem.details), found.raw)


def _line_of(file: Path) -> Callable[[Loaded], None]:
    return lambda so_far: say(SO_FAR, file=file.name, read=so_far.read)


def _complain(file: Path, refusal: Refusal) -> None:
    reason = refusal.reason.in_(language())
    if refusal.place is None:
        typer.echo(REFUSED_WHOLE.in_(language(), file=file.name, reason=reason), err=True)
    else:
        place = refusal.place.in_(language())
        typer.echo(REFUSED.in_(language(), file=file.name, place=place, reason=reason), err=True)
