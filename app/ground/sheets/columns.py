"""The columns that a table should have: one list leads out to a file and back in, in either language."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.ground.i18n import LOCALES, Message, Said
from app.ground.sheets import errors
from app.ground.sheets.errors import UnreadableFile
from app.ground.sheets.tables import Line, Table


@dataclass(frozen=True)
class Column:
    """A column: its key in the program, its name in words, and what people do with it.

    `role`: "typed" is for people to fill, "key" says which thing or version a line is about (read, not to be edited),
    "shown" is for reading only and ignored on the way in. A line needs no cell under a column that is not
    `needed`. `holds` is how Excel treats what is typed; `width` counts half-width characters; `also` are further
    names under which the column is found.
    """

    key: str
    title: Message
    role: Literal["typed", "key", "shown"] = "typed"
    needed: bool = False
    holds: Literal["text", "number", "date"] = "text"
    width: int = 16
    hidden: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matched:
    """The lines of a table with their cells by the keys of the columns, and the names of columns nobody asked for.

    `present` are the keys that the file has a column for: a column that is absent says nothing.
    """

    lines: tuple[Line, ...]
    present: frozenset[str]
    unknown: tuple[str, ...]


def matched(table: Table, columns: Sequence[Column]) -> Matched:
    """Find the columns by name in either language or by key; width, case and spaces make no difference.

    Cells of "shown" columns are left out, formulas among them too. Cells without a column's name stay refused under
    the letters of the column. Raises UnreadableFile where a needed column is missing or one stands twice.
    """
    known = {folded(name): column for column in columns for name in _names(column)}
    found: dict[str, Column] = {}
    for name in table.columns:
        column = known.get(folded(name))
        if column is not None and column in found.values():
            raise UnreadableFile(errors.TWICE, column=name)
        if column is not None:
            found[name] = column
    for column in columns:
        if column.needed and column not in found.values():
            raise UnreadableFile(errors.MISSING, column=column.title)
    unknown = tuple(name for name in table.columns if name not in found)
    keys = {name: column.key for name, column in found.items() if column.role != "shown"}
    lines = tuple(_rekeyed(line, keys, skipped=frozenset(table.columns)) for line in table.lines)
    return Matched(lines, frozenset(keys.values()), unknown)


def folded(name: str) -> str:
    """Return the form in which two writings of one column's name are the same."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _names(column: Column) -> list[str]:
    return [column.key, *(column.title.in_(locale) for locale in LOCALES), *column.also]


def _rekeyed(line: Line, keys: dict[str, str], *, skipped: frozenset[str]) -> Line:
    texts = {keys[name]: text for name, text in line.texts.items() if name in keys}
    refused: dict[str, Message | Said] = {
        keys.get(name, name): why for name, why in line.refused.items() if name in keys or name not in skipped
    }
    return Line(line.number, texts, refused)
