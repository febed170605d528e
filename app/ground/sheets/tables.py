"""A table as it was read: the names of its columns, and its lines with the row numbers that Excel shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.ground.i18n import Message, Said, say
from app.ground.sheets import errors
from app.ground.sheets.errors import UnreadableFile

# What a cell says, or why it cannot be taken.
Cell = str | Message | Said


@dataclass(frozen=True)
class Limits:
    """How much is read at most: lines below the names of the columns, columns, and characters of one cell."""

    most_rows: int = 5_000
    most_columns: int = 60
    longest_text: int = 10_000


@dataclass(frozen=True)
class Row:
    """A row with text in it: its number as Excel shows it, and its cells by column, counted from 1."""

    number: int
    cells: Mapping[int, Cell]


@dataclass(frozen=True)
class Line:
    """A line of a table: what its cells say, and why a cell cannot be taken; both by column, empty ones left out.

    `number` is the row as Excel shows it; the names of the columns stand in row 1.
    """

    number: int
    texts: Mapping[str, str]
    refused: Mapping[str, Message | Said] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table; `name` is that of its sheet, empty for a CSV file, and `columns` are named as in its first row."""

    name: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def letters(column: int) -> str:
    """Return the letters of a column, counted from 1: 1 is A, 27 is AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def tabulated(name: str, rows: Iterable[Row], limits: Limits) -> Table:
    """Read rows as a table whose columns are named in row 1. Raises UnreadableFile; empty rows do not count."""
    first, *rest = [*rows] or [Row(0, {})]
    if first.number != 1 or not any(isinstance(cell, str) for cell in first.cells.values()):
        raise UnreadableFile(errors.NO_HEADER, sheet=name) if name else UnreadableFile(errors.NO_HEADER_CSV)
    names = _names(first)
    return Table(name, tuple(names.values()), tuple(_line(row, names, limits) for row in rest))


def _names(first: Row) -> dict[int, str]:
    names: dict[int, str] = {}
    for column, cell in sorted(first.cells.items()):
        if not isinstance(cell, str) or not _is_text(cell):
            raise UnreadableFile(errors.HEADER_NOT_TEXT, column=letters(column))
        named = " ".join(cell.split())
        if named in names.values():
            raise UnreadableFile(errors.TWICE, column=named)
        names[column] = named
    return names


def _line(row: Row, names: Mapping[int, str], limits: Limits) -> Line:
    texts: dict[str, str] = {}
    refused: dict[str, Message | Said] = {}
    for column, cell in row.cells.items():
        taken = _taken(cell, limits)
        if column not in names:
            refused[letters(column)] = errors.NO_NAME
        elif isinstance(taken, str):
            texts[names[column]] = taken
        else:
            refused[names[column]] = taken
    return Line(row.number, texts, refused)


def _taken(cell: Cell, limits: Limits) -> Cell:
    if not isinstance(cell, str):
        return cell
    if len(cell) > limits.longest_text:
        return say(errors.TOO_LONG, most=limits.longest_text)
    return cell if _is_text(cell) else errors.CONTROL


def _is_text(cell: str) -> bool:
    """Say whether a text can be kept: no control character but tab and line ends, no half of a character."""
    return not any((sign < " " and sign not in "\t\n\r") or "\ud800" <= sign <= "\udfff" for sign in cell)
