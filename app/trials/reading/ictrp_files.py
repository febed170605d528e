"""ICTRP export files, CSV and XML, trial by trial in little memory; a file that is cut names the place where it ends."""

import csv
import io
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from app.ground.i18n import Said, _, say
from app.trials.reading.found import Found, Unreadable, refused
from app.trials.reading.ictrp import key, read_trial
from app.trials.reading.shown import shown_fields
from app.trials.record import Record

_TRIAL = "Trial"
# Nothing in an export lies deeper; a file of nested elements is refused before it fills the memory.
_DEEPEST = 12
# A row or an element beyond this is no trial, and is not gathered in memory.
_LONGEST = 32 * 1024 * 1024
_LINE = _("line %(number)s")
_BROKEN_XML = _("This is not whole XML: reading stopped at line %(line)s, column %(column)s.")
_WRONG_COLUMNS = _("This row has %(found)s columns instead of %(expected)s.")
_NOT_UTF8 = _("This row is not in UTF-8.")


def read_csv(file: IO[bytes]) -> Iterator[Found]:
    """Yield each row of a CSV export as a record, or as a problem with its line. Never raises for what the file says."""
    rows = csv.reader(_bounded_lines(file), strict=True)
    try:
        header = [key(name) for name in next(rows, [])]
    except csv.Error as error:
        header, problem = [], str(error)
    else:
        problem = ""
    if "trialid" not in header:
        yield refused(None, Unreadable(_("This is not an ICTRP export: it has no column TrialID.")), problem)
        return
    held = False
    while True:
        begins = rows.line_num + 1
        place = say(_LINE, number=begins)
        try:
            row = next(rows, None)
        except csv.Error as error:
            held = True
            yield refused(place, Unreadable(_("This row is not whole CSV: %(reason)s."), reason=str(error)))
            continue
        if row is None:
            break
        if row:
            held = True
            yield _row(place, header, row)
    if not held:
        yield refused(None, Unreadable(_("The file holds no trial.")))


def read_xml(file: IO[bytes]) -> Iterator[Found]:
    """Yield each <Trial> of an XML export; where the XML breaks off, what came before is kept and the place named."""
    number, depth, root = 0, 0, None
    try:
        bounded = _Bounded(file)
        for event, element in iterparse(bounded, events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > _DEEPEST:
                yield refused(None, Unreadable(_("This XML is nested deeper than an ICTRP export.")))
                return
            root = element if root is None else root
            if event == "end" and _named(element) == _TRIAL:
                number += 1
                yield _trial(say(_("trial %(number)s"), number=number), element)
                root.clear()
                bounded.since = 0
    except ParseError as error:
        line, column = error.position
        yield refused(None, Unreadable(_BROKEN_XML, line=line, column=column + 1))
        return
    except (DefusedXmlException, ValueError, LookupError) as error:
        yield refused(None, Unreadable(_("This XML is refused: %(reason)s."), reason=type(error).__name__))
        return
    if not number:
        yield refused(None, Unreadable(_("This XML holds no <Trial> of an ICTRP export.")))


def _text(file: IO[bytes]) -> io.TextIOWrapper:
    """Open the file as text; bytes that are not UTF-8 stay visible as such, and their row is refused by itself."""
    beginning = file.read(2)
    file.seek(0)
    encoding = "utf-16" if beginning in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return io.TextIOWrapper(
        file, encoding=encoding, errors="surrogateescape" if "8" in encoding else "replace", newline=""
    )


def _bounded_lines(file: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a file; a line that does not end ends the reading. Raises csv.Error there."""
    text = _text(file)
    try:
        while line := text.readline(_LONGEST):
            if len(line) == _LONGEST and not line.endswith("\n"):
                raise csv.Error(f"longer than {_LONGEST} characters")
            yield line
    finally:
        # The file is the caller's to close.
        text.detach()


class _Bounded:
    """A file that refuses to be read on where one trial does not end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        """Read on. Raises ValueError where one trial has grown beyond all measure."""
        chunk = self._file.read(size)
        self.since += len(chunk)
        if self.since > _LONGEST:
            raise ValueError("a trial that does not end")
        return chunk


def _row(place: Said, header: list[str], row: list[str]) -> Found:
    if len(row) != len(header):
        # Which column a text stands in is not known, so that no name can be told from a title: only the beginning.
        raw = shown_fields(dict(zip(header[:3], row[:3], strict=False)))
        return refused(place, Unreadable(_WRONG_COLUMNS, found=len(row), expected=len(header)), raw)
    if any("\udc80" <= sign <= "\udcff" for cell in row for sign in cell if sign > "\ud7ff"):
        return refused(place, Unreadable(_NOT_UTF8), shown_fields(dict(zip(header, row, strict=True))))
    return _read(place, dict(zip(header, row, strict=True)))


def _trial(place: Said, element: Element) -> Found:
    return _read(place, {key(_named(child)): "".join(child.itertext()) for child in element})


def _read(place: Said, fields: dict[str, str]) -> Found:
    try:
        record: Record = read_trial(fields)
    except Unreadable as problem:
        return refused(place, problem, shown_fields(fields))
    return Found(place, record)


def _named(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""
