"""CSV as the offices of the world write it: by its encoding, its separator and the numbers of its rows."""

import csv
import io
import re
from collections.abc import Iterator

from app.ground.sheets import errors
from app.ground.sheets.errors import UnreadableFile
from app.ground.sheets.tables import Limits, Row

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = (",", ";", "\t")
# Excel runs a cell that begins with one of these, and Japanese Excel takes the full-width ones for the same
# (OWASP, CSV injection). A negative number is left as it is: running it gives itself.
_RUN = re.compile("'*[ \u3000]*[=+\\-@\t\r\n＝＋－＠]")
_NEGATIVE = re.compile(r"-\d+(\.\d+)?")
# Not text: the control characters, but for tab, line ends, and the vertical tab and form feed of old programs.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# Bytes that Shift_JIS leaves undefined and that its decoder lets pass all the same.
_NO_SIGN = re.compile("[\x80\uf8f0-\uf8f3]")


def csv_rows(data: bytes, limits: Limits) -> Iterator[Row]:
    """Yield the rows with text in them. Raises UnreadableFile as soon as a limit is passed."""
    text = _text(data).rstrip("\x1a")
    if _CONTROL.search(text):
        raise UnreadableFile(errors.NOT_TEXT)
    lines = _Lines(text, _separator(text), limits)
    reader = csv.reader(lines, delimiter=lines.separator, strict=True)
    number = filled = 0
    try:
        for number, cells in enumerate(reader, 1):
            lines.read = 0
            kept = {column: unguarded(cell) for column, cell in enumerate(cells, 1) if cell.strip()}
            if not kept:
                continue
            filled += 1
            if filled > limits.most_rows + 1:
                raise UnreadableFile(errors.TOO_MANY_ROWS, most=f"{limits.most_rows:,}")
            if max(kept) > limits.most_columns:
                raise UnreadableFile(errors.TOO_MANY_COLUMNS, most=limits.most_columns)
            yield Row(number, kept)
    except csv.Error:
        raise UnreadableFile(errors.BROKEN_QUOTES, row=number + 1) from None


class _Lines:
    """The lines of a text for a reader that would hold all cells of a row, however many there are."""

    def __init__(self, text: str, separator: str, limits: Limits) -> None:
        self.separator = separator
        self.read = 0
        self._lines = io.StringIO(text, newline="")
        self._limits = limits

    def __iter__(self) -> Iterator[str]:
        """Yield the lines; refuse where more of them belong to one row than its cells can hold."""
        most = self._limits.most_columns * (self._limits.longest_text + 3) * 2
        for line in self._lines:
            self.read += len(line)
            if self.read > most:
                raise UnreadableFile(errors.TOO_MANY_COLUMNS, most=self._limits.most_columns)
            yield line


def _text(data: bytes) -> str:
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    # Strict UTF-8 first: what is Shift_JIS is as good as never UTF-8 too, but the other way round it often is.
    for encoding in (marked,) if marked else ("utf-8", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not (encoding == "cp932" and _NO_SIGN.search(text)):
            return text
    raise UnreadableFile(errors.NOT_TEXT if b"\0" in data else errors.ENCODING)


def _separator(text: str) -> str:
    """Return what the first line is parted by, a comma where it is parted by nothing."""
    line = re.sub('"[^"]*"', "", text.lstrip()[:20_000].splitlines()[0])
    return max(_SEPARATORS, key=line.count)


def guarded(text: str) -> str:
    """Return text that Excel, opening a CSV file, shows and does not run: an apostrophe goes before what it would."""
    return f"'{text}" if _RUN.match(text) and not _NEGATIVE.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Take back what `guarded` did, and nothing else: guarded(text) comes back as text, whatever it was."""
    return text[1:] if text.startswith("'") and _RUN.match(text) else text
