"""`madoguchi enquiries read` and `madoguchi trials read`: what a file says, printed; nothing is written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import orjson
import typer

from app.cli.terminal import language
from app.enquiries.ctgov import printed
from app.enquiries.ctgov.files import LARGEST_FILE, Entry, studies_in
from app.enquiries.ctgov.study import NotAStudy, Study
from app.ground.i18n import _
from app.trials import printed as printed_trials
from app.trials.reading.files import records_in
from app.trials.reading.found import Found, Unreadable
from app.trials.written import as_json

enquiries = typer.Typer(no_args_is_help=True, help="Read what others have written about a trial.")
trials = typer.Typer(no_args_is_help=True, help="Public trial records.")

CANNOT_READ = _("The file cannot be read: %(reason)s")


@enquiries.command("read")
def read_studies(
    files: Annotated[list[Path], typer.Argument(help="ClinicalTrials.gov JSON: one study, a list, or JSON lines.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, null where the source is silent.")
    ] = False,
) -> None:
    """Print what each study in a file would bring into a draft; writes nothing."""
    failed = False
    shown: list[Study] = []
    for file in files:
        for entry in _entries(file):
            if entry.study is None:
                failed = True
                typer.echo(printed.problem(file.name, entry, language()), err=True)
            elif as_json:
                # Bytes, so that JSON is UTF-8 whatever the terminal's encoding.
                typer.echo(orjson.dumps(entry.study.said()))
            else:
                shown.append(entry.study)
    if shown:
        typer.echo(printed.table(shown, language(), width=printed.terminal_width()))
    if failed:
        raise typer.Exit(1)


def _entries(file: Path) -> Iterator[Entry]:
    """Return what a file holds, or the one problem that it cannot be read."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        return iter([Entry(None, problem=NotAStudy(CANNOT_READ, reason=error.strerror or str(error)))])
    return studies_in(content)


@trials.command("read")
def read_trials(
    files: Annotated[
        list[Path],
        typer.Argument(help="Pages of jRCT, ClinicalTrials.gov JSON (one, a list, lines), ICTRP exports (CSV, XML)."),
    ],
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line, with everything kept.")] = False,
) -> None:
    """Print the records that files of public registries hold; writes nothing."""
    failed = False
    for file in files:
        for entry in _found(file):
            if entry.record is None:
                failed = True
                typer.echo(printed_trials.problem(file.name, entry, language()), err=True)
            elif as_lines:
                # Bytes, so that JSON is UTF-8 whatever the terminal's encoding.
                typer.echo(as_json(entry.record))
            else:
                typer.echo(printed_trials.record(entry.record, language()))
    if failed:
        raise typer.Exit(1)


def _found(file: Path) -> Iterator[Found]:
    """Yield what a file holds, or the one problem that it cannot be read; a record at a time, never the whole file."""
    try:
        with file.open("rb") as opened:
            yield from records_in(opened)
    except OSError as error:
        yield Found(None, problem=Unreadable(CANNOT_READ, reason=error.strerror or str(error)))
