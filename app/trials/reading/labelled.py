"""A page of labelled rows while it is read: who asked for which row, in which language, and what nobody asked for."""

import re
from collections.abc import Callable, Iterable

from app.trials.reading.notes import Notes
from app.trials.reading.pages import Row, is_japanese
from app.trials.record import NOTHING, Day, Further, Text

_PERSONAL = re.compile(r"氏名|e-?rad|電話|fax|ファックス|メール|e-?mail|telephone|^tel$|^name$|役職|^position$|管理者$")
# Where a person gets mail; a hospital's own address stands in its block of rows and is kept there.
_CONTACT_ADDRESS = re.compile(r"担当者.*(?:住所|郵便番号)")
_NOT_A_NAME = re.compile(r"住所|郵便番号|e-?rad|電話|fax|ファックス|メール|e-?mail|telephone|^tel$|役職|^position$")
# The name of a committee and the like begin with these words in English and are no person's.
_OF_A_THING = ("nameof",)


def is_personal(row: Row) -> bool:
    """Say whether a row holds a person's name, address for mail, telephone, researcher's number or post."""
    parts = row.parts
    if any(_CONTACT_ADDRESS.search(part) for part in parts):
        return True
    return any(_PERSONAL.search(part) for part in parts if not part.startswith(_OF_A_THING))


def names_in(rows: Iterable[Row]) -> list[str]:
    """Return the names that the rows of a page state in cells of their own."""
    return [
        cell
        for row in rows
        if is_personal(row) and not any(_NOT_A_NAME.search(part) for part in row.parts)
        for cell in row.cells
        if cell
    ]


class Labelled:
    """The rows of one page, without the personal ones, and the notes of the record that is made of them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        rows = list(rows)
        self.rows = [row for row in rows if not is_personal(row)]
        self.notes = Notes(names_in(rows))
        self.japanese = any(is_japanese(row.label) for row in self.rows)
        self._used: set[int] = set()

    def first(self, *names: str, within: str = "", under: str = "") -> Row | None:
        """Return the row of one of these labels that says most, in sections and under headings that begin so."""
        rows = [row for row in self.rows if row.is_called(*names) and _is_in(row, within, under)]
        self._used.update(map(id, rows))
        return max(rows, key=lambda row: sum(map(bool, row.cells)), default=None)

    def has(self, *names: str) -> bool:
        """Say whether the page has a row of one of these labels, filled or not."""
        return any(row.is_called(*names) for row in self.rows)

    def text(self, item: str, *names: str, within: str = "", under: str = "", names_too: bool = True) -> Text:
        """Return what a row says in its two languages; a single cell is in the language of the page."""
        row = self.first(*names, within=within, under=under)
        return self.of(row, item, names_too=names_too) if row else NOTHING

    def of(self, row: Row, item: str, *, names_too: bool = True) -> Text:
        """Return what this row says in its two languages, and note that it was asked for."""
        self.use([row])
        if len(row.cells) > 1:
            return self.notes.text(item, ja=row.cells[0], en=row.cells[1], names_too=names_too)
        only = row.cells[0]
        if self.japanese:
            return self.notes.text(item, ja=only, names_too=names_too)
        return self.notes.text(item, en=only, names_too=names_too)

    def words(self, item: str, *names: str, within: str = "", under: str = "") -> str | None:
        """Return what a row says in either language."""
        return self.text(item, *names, within=within, under=under).any() or None

    def day(self, item: str, *names: str, kind: str | None = None) -> Day | None:
        """Return the date of a row."""
        return self.notes.day(item, self.words(item, *names), kind)

    def use(self, rows: Iterable[Row]) -> None:
        """Note that these rows have found their place in the record."""
        self._used.update(map(id, rows))

    def blocks(self, begins: Callable[[Row], bool], belongs: Callable[[Row], bool]) -> list[list[Row]]:
        """Return the rows that belong, cut before each row that begins another block."""
        blocks: list[list[Row]] = []
        for row in self.rows:
            if begins(row):
                blocks.append([row])
            elif blocks and belongs(row):
                blocks[-1].append(row)
        return blocks

    def further(self) -> tuple[Further, ...]:
        """Return every filled row for which nobody asked, by its section, headings and label."""
        return tuple(
            Further(row.section, _plain(" > ".join((*row.headings, row.label))), said)
            for row in self.rows
            if id(row) not in self._used and (said := self.of(row, "further"))
        )


def _is_in(row: Row, within: str, under: str) -> bool:
    return row.section.startswith(within) and (not under or any(under in "".join(h.split()) for h in row.headings))


def _plain(label: str) -> str:
    return " ".join(label.split())
