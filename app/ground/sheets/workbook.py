"""A workbook (.xlsx) read as a stream: formulas and merged cells are seen, nothing is calculated, run or fetched."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from app.ground.sheets import errors
from app.ground.sheets.errors import NoSuchSheet, UnreadableFile
from app.ground.sheets.package import Package, SheetPart
from app.ground.sheets.parts import Book, SharedTexts, SheetRows, Styles, Written
from app.ground.sheets.tables import Cell, Limits, Row
from app.ground.sheets.values import said_by


def workbook_rows(data: bytes, *, names: Collection[str] | None, limits: Limits) -> Iterator[tuple[str, list[Row]]]:
    """Yield the sheets called `names`, else the first visible one, with their rows. Raises UnreadableFile."""
    package = Package(data)
    book = Book()
    package.read(package.book, book)
    related = package.related(package.book)
    sheets = _chosen(book.sheets(related), names)
    read = [(sheet.name, _rows_of(package, sheet, limits)) for sheet in sheets]
    words = _words(package, related, [rows for _name, rows in read], limits, from_1904=book.from_1904)
    for name, rows in read:
        yield name, [words.row(number, cells) for number, cells in rows.items()]


def _chosen(sheets: list[SheetPart], names: Collection[str] | None) -> list[SheetPart]:
    if names is None:
        visible = [sheet for sheet in sheets if sheet.visible]
        if not visible:
            raise UnreadableFile(errors.NO_TABLE)
        return visible[:1]
    wanted = {name.strip().casefold() for name in names}
    # Excel lets no two sheets share a name; a file that does so must not be read once for each.
    chosen = {name: sheet for sheet in sheets if (name := sheet.name.strip().casefold()) in wanted}
    if not chosen:
        raise NoSuchSheet(errors.NO_SHEET, names=next(iter(names), ""))
    return list(chosen.values())


def _rows_of(package: Package, sheet: SheetPart, limits: Limits) -> dict[int, list[Written]]:
    rows = SheetRows(limits)
    package.read(sheet.part, rows)
    if rows.merged:
        raise UnreadableFile(errors.MERGED, range=rows.merged[0], sheet=sheet.name)
    return rows.found


def _words(
    package: Package,
    related: dict[str, tuple[str, str]],
    sheets: list[dict[int, list[Written]]],
    limits: Limits,
    *,
    from_1904: bool,
) -> "_Words":
    """Read the words and number formats that these sheets refer to, and no others."""
    cells = [cell for rows in sheets for written in rows.values() for cell in written]
    texts = SharedTexts({cell.text for cell in cells if cell.kind == "s"}, longest=limits.longest_text + 1)
    styles = Styles()
    for kind, part in related.values():
        if kind == "sharedStrings" and texts.wanted:
            package.read(part, texts)
        elif kind == "styles":
            package.read(part, styles)
    return _Words(texts, styles, from_1904)


@dataclass(frozen=True)
class _Words:
    texts: SharedTexts
    styles: Styles
    from_1904: bool

    def row(self, number: int, cells: list[Written]) -> Row:
        said = {cell.column: self._said(cell) for cell in cells}
        return Row(number, {column: cell for column, cell in said.items() if not isinstance(cell, str) or cell.strip()})

    def _said(self, cell: Written) -> Cell:
        if cell.formula:
            return errors.FORMULA
        if cell.kind == "s":
            if cell.text not in self.texts.found:
                raise UnreadableFile(errors.BROKEN)
            return self.texts.found[cell.text]
        if cell.kind == "n" and not cell.text.strip():
            return ""
        return said_by(cell.kind, cell.text, self.styles.shape(cell.style), from_1904=self.from_1904)
