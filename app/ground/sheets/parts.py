"""The parts of a workbook (ECMA-376 part 1, chapter 18), each heard for what a table needs of it and no more."""

import re
from dataclasses import dataclass

from app.ground.sheets import errors
from app.ground.sheets.errors import UnreadableFile
from app.ground.sheets.package import SheetPart
from app.ground.sheets.tables import Limits
from app.ground.sheets.values import Shape, shape_of, unescaped
from app.ground.sheets.xml import Listener

LAST_ROW = 1_048_576
MOST_SHEETS = 200
MOST_STYLES = 65_500
_CELL = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")


class Book(Listener):
    """The workbook: its sheets in order, and the day from which it counts."""

    def __init__(self) -> None:
        super().__init__()
        self.from_1904 = False
        self._listed: list[tuple[str, str, bool]] = []

    def opened(self, name: str, about: dict[str, str]) -> None:
        """Note a sheet, or from when days are counted."""
        if name == "workbookPr":
            self.from_1904 = about.get("date1904") in {"1", "true"}
        elif name == "sheet" and len(self._listed) < MOST_SHEETS:
            self._listed.append((about.get("name", ""), about.get("id", ""), about.get("state", "") in {"", "visible"}))

    def sheets(self, related: dict[str, tuple[str, str]]) -> list[SheetPart]:
        """Return the sheets that hold cells; sheets of charts do not."""
        return [
            SheetPart(name, related[key][1], visible)
            for name, key, visible in self._listed
            if key in related and related[key][0] == "worksheet"
        ]


class Styles(Listener):
    """The number formats, by the number of a cell's style."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, str] = {}
        self._shapes: list[Shape] = []
        self._within = False

    def opened(self, name: str, about: dict[str, str]) -> None:
        """Note a format, or that a style has one."""
        if name == "numFmt" and len(self._codes) < MOST_STYLES:
            self._codes[about.get("numFmtId", "")] = about.get("formatCode", "")[:255]
        elif name == "cellXfs":
            self._within = True
        elif name == "xf" and self._within and len(self._shapes) < MOST_STYLES:
            key = about.get("numFmtId", "0")
            self._shapes.append(shape_of(int(key) if key.isdecimal() else 0, self._codes.get(key, "")))

    def closed(self, name: str) -> None:
        """Leave the list that cells refer to."""
        self._within = self._within and name != "cellXfs"

    def shape(self, style: int) -> Shape:
        """Return how cells of a style show a number."""
        return self._shapes[style] if style < len(self._shapes) else "general"


class _Texts(Listener):
    """Hears text within `t` elements, without the readings (furigana) that Japanese Excel keeps beside it."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self._longest = longest
        self._pieces: list[str] = []
        self._length = 0
        self._hears = self._reading = False

    def begin(self) -> None:
        """Forget the text so far."""
        self._pieces, self._length = [], 0

    def said(self, text: str) -> None:
        """Keep a piece of text; what is longer than any cell may be is cut, one character over the limit."""
        if self._hears and not self._reading and self._length < self._longest:
            self._pieces.append(text[: self._longest - self._length])
            self._length += len(self._pieces[-1])

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._pieces)


class SharedTexts(_Texts):
    """The texts that cells refer to by number; only the wanted ones are kept."""

    def __init__(self, wanted: set[str], *, longest: int) -> None:
        super().__init__(longest)
        self.wanted = wanted
        self.found: dict[str, str] = {}
        self._number = -1

    def opened(self, name: str, about: dict[str, str]) -> None:
        """Begin a text, a piece of it or its reading."""
        if name == "si":
            self._number += 1
            self.begin()
        elif name == "t":
            self._hears = str(self._number) in self.wanted
        elif name == "rPh":
            self._reading = True

    def closed(self, name: str) -> None:
        """End what began."""
        if name == "si" and str(self._number) in self.wanted:
            self.found[str(self._number)] = unescaped(self.text)
        elif name == "t":
            self._hears = False
        elif name == "rPh":
            self._reading = False


@dataclass(frozen=True, slots=True)
class Written:
    """A cell as it is written in the file: its column from 1, type, style, text, and whether a formula made it."""

    column: int
    kind: str
    style: int
    text: str
    formula: bool


class SheetRows(_Texts):
    """The rows of a sheet with anything in them, by number, and the ranges that are merged."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits.longest_text + 1)
        self._limits = limits
        self.found: dict[int, list[Written]] = {}
        self.merged: list[str] = []
        self._row = self._column = 0
        self._about: dict[str, str] = {}
        self._formula = False

    def opened(self, name: str, about: dict[str, str]) -> None:
        """Begin a row, a cell or what it holds."""
        if name == "c":
            self._begin_cell(about)
        elif name in {"v", "t"}:
            self._hears = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._begin_row(about)
        elif name == "rPh":
            self._reading = True
        elif name == "mergeCell" and not self.merged:
            self.merged.append(about.get("ref", "")[:30])

    def closed(self, name: str) -> None:
        """End a cell or what it holds."""
        if name in {"v", "t"}:
            self._hears = False
        elif name == "rPh":
            self._reading = False
        elif name == "c":
            self._end_cell()

    def _begin_row(self, about: dict[str, str]) -> None:
        given = about.get("r", str(self._row + 1))
        number = int(given) if given.isdecimal() and len(given) <= len(str(LAST_ROW)) else 0
        if not self._row < number <= LAST_ROW:
            raise UnreadableFile(errors.BROKEN)
        self._row, self._column = number, 0

    def _begin_cell(self, about: dict[str, str]) -> None:
        place = _CELL.fullmatch(about["r"]) if "r" in about else None
        column = _column(place[1]) if place else self._column + 1
        wrong = ("r" in about and place is None) or (place is not None and int(place[2]) != self._row)
        if wrong or column <= self._column or self._row == 0:
            raise UnreadableFile(errors.BROKEN)
        self._column, self._about, self._formula = column, about, False
        self.begin()

    def _end_cell(self) -> None:
        if not self._length and not self._formula:
            return
        if self._column > self._limits.most_columns:
            raise UnreadableFile(errors.TOO_MANY_COLUMNS, most=self._limits.most_columns)
        style = self._about.get("s", "0")
        cell = Written(
            self._column, self._about.get("t", "n"), int(style) if style.isdecimal() else 0, self.text, self._formula
        )
        if self._row not in self.found and len(self.found) > self._limits.most_rows:
            raise UnreadableFile(errors.TOO_MANY_ROWS, most=f"{self._limits.most_rows:,}")
        self.found.setdefault(self._row, []).append(cell)


def _column(name: str) -> int:
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
