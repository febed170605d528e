"""Tables on their way to Excel: text stays text, whatever it begins with, and nothing in it is run."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xlsxwriter import Workbook

from app.ground.i18n import Locale
from app.ground.sheets.columns import Column
from app.ground.sheets.csv_files import guarded
from app.ground.sheets.tables import letters

Value = str | int | date | None

# Below the last line, so that lines can be added and still offer their choices.
ROOM_BELOW = 200
# Excel takes a list of choices in place up to this many characters; longer ones go to a hidden sheet.
LONGEST_LIST = 255
DAY_FORMATS: dict[Locale, str] = {"ja": 'yyyy"年"m"月"d"日"', "en": "yyyy-mm-dd"}


@dataclass(frozen=True)
class Sheet:
    """A table to be written: `rows` by the keys of the columns; `choices` are what a column offers, as words."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Value]]
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


def write_csv(columns: Sequence[Column], rows: Iterable[Mapping[str, Value]], *, locale: Locale) -> bytes:
    """Return a CSV file that Excel opens rightly (UTF-8 with a mark, CRLF) and that `read_tables` takes unchanged.

    Days are ISO 8601. Text that Excel would run carries an apostrophe, which reading takes away again.
    """
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([column.title.in_(locale) for column in columns])
    lines.writerows([[_csv_cell(row.get(column.key)) for column in columns] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else str(value)


def write_xlsx(sheets: Sequence[Sheet], *, locale: Locale) -> bytes:
    """Return a workbook: names of the columns frozen on top, choices offered in the cells, reading-only columns grey."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(file, options) as book:
        formats = _Formats(book, locale)
        offers = _Offers(book)
        for sheet in sheets:
            _write(book.add_worksheet(sheet.title), sheet, formats, offers, locale)
        offers.write()
    return file.getvalue()


class _Formats:
    """The looks of cells, made once a workbook."""

    def __init__(self, book: Any, locale: Locale) -> None:
        self._book, self._locale = book, locale
        self._made: dict[tuple[str, bool, bool], Any] = {}

    def of(self, holds: str, *, shown: bool, quoted: bool = False) -> Any:
        """Return the look of a cell; `quoted` text stays text when somebody edits it, be it "=1+1"."""
        key = (holds, shown, quoted)
        if key not in self._made:
            code = {"text": "@", "number": "0", "date": DAY_FORMATS[self._locale]}.get(holds, "General")
            look: dict[str, Any] = {"num_format": code, "valign": "top", "text_wrap": holds == "text"}
            look |= {"font_color": "#555555", "bg_color": "#EFEFEF"} if shown else {}
            look |= {"bold": True, "bottom": 1, "num_format": "@"} if holds == "header" else {}
            self._made[key] = self._book.add_format(look | {"quote_prefix": quoted})
        return self._made[key]


class _Offers:
    """Lists of choices too long for a cell, kept in a hidden sheet."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._long: list[Sequence[str]] = []

    def source(self, choices: Sequence[str]) -> list[str] | str:
        """Return the choices as Excel's validation takes them."""
        if len(",".join(choices)) <= LONGEST_LIST and not any("," in choice for choice in choices):
            return list(choices)
        self._long.append(choices)
        letter = chr(ord("A") + len(self._long) - 1)
        return f"=_choices!${letter}$1:${letter}${len(choices)}"

    def write(self) -> None:
        """Add the hidden sheet where it is needed."""
        if self._long:
            sheet = self._book.add_worksheet("_choices")
            sheet.very_hidden()
            for column, choices in enumerate(self._long):
                for row, choice in enumerate(choices):
                    sheet.write_string(row, column, choice)


def _write(page: Any, sheet: Sheet, formats: _Formats, offers: _Offers, locale: Locale) -> None:
    last = len(sheet.rows) + ROOM_BELOW
    page.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        grey = column.role != "typed"
        page.set_column(place, place, column.width, formats.of(column.holds, shown=grey), {"hidden": column.hidden})
        page.write_string(0, place, column.title.in_(locale), formats.of("header", shown=grey))
        if choices := sheet.choices.get(column.key):
            page.data_validation(1, place, last, place, {"validate": "list", "source": offers.source(choices)})
        for number, row in enumerate(sheet.rows, 1):
            _write_cell(page, number, place, row.get(column.key), column, formats)
    if sheet.rows:
        # A value such as 120 is text like any other here; Excel would put a warning in each such cell.
        page.ignore_errors({"number_stored_as_text": f"A1:{letters(len(sheet.columns))}{last + 1}"})
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)


def _write_cell(page: Any, number: int, place: int, value: Value, column: Column, formats: _Formats) -> None:
    look = formats.of(column.holds, shown=column.role != "typed")
    if isinstance(value, str) and value:
        quoted = guarded(value) != value
        page.write_string(
            number, place, value, formats.of("text", shown=column.role != "typed", quoted=quoted) if quoted else look
        )
    elif isinstance(value, date):
        page.write_datetime(number, place, value, look)
    elif isinstance(value, int):
        page.write_number(number, place, value, look)
