"""Studies and their problems as a terminal shows them: nothing in a file can steer the terminal."""

import shutil
import sys
from collections.abc import Sequence
from io import StringIO

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.enquiries.ctgov.files import Entry
from app.enquiries.ctgov.study import Study
from app.ground.i18n import Locale, Message, _
from app.trials.printed import harmless

# Wide enough for every column where no terminal says how wide it is.
WIDE = 160
SILENT = "—"
COLUMNS: tuple[tuple[Message, str], ...] = (
    (_("Number"), "number"),
    (_("Title"), "title"),
    (_("Phase"), "phases"),
    (_("Condition"), "conditions"),
    (_("Minimum age"), "minimum_age"),
    (_("Maximum age"), "maximum_age"),
    (_("Sex"), "sex"),
    (_("Participants"), "enrolment"),
    (_("Intervention"), "intervention_types"),
    (_("Sponsor"), "sponsor"),
)
WIDEST = {"title": 32, "sponsor": 16}
AT_PLACE = _("%(file)s, %(place)s: %(problem)s")
IN_FILE = _("%(file)s: %(problem)s")


def table(studies: Sequence[Study], locale: Locale, *, width: int) -> str:
    """Return the studies as a table of this many columns of text."""
    shown = Table(box=SIMPLE, show_edge=False, pad_edge=False)
    for heading, name in COLUMNS:
        shown.add_column(heading.in_(locale), no_wrap=name == "number", overflow="fold", min_width=WIDEST.get(name))
    for study in studies:
        shown.add_row(*(Text(_cell(getattr(study, name))) for _heading, name in COLUMNS))
    written = StringIO()
    Console(file=written, width=width, color_system=None).print(shown)
    return written.getvalue().rstrip("\n")


def problem(file: str, entry: Entry, locale: Locale) -> str:
    """Return what is wrong with one study, or with a whole file, in one line. Raises ValueError where nothing is."""
    if entry.problem is None:
        raise ValueError("there is no problem to print")
    words = {"file": harmless(file), "problem": harmless(entry.problem.in_(locale))}
    return AT_PLACE.in_(locale, place=entry.place, **words) if entry.place else IN_FILE.in_(locale, **words)


def terminal_width() -> int:
    """Return the width of the terminal, or a wide one where the output goes into a file or a pipe."""
    return shutil.get_terminal_size((WIDE, 24)).columns if sys.stdout.isatty() else WIDE


def _cell(value: object) -> str:
    if value is None:
        return SILENT
    words = ", ".join(dict.fromkeys(map(str, value))) if isinstance(value, list) else str(value)
    return harmless(words)
