"""One line of a file against what it was exported from and what stands now: a change, no change, or a refusal.

A line that nobody touched changes nothing, whatever has happened since. A touched line is a change where what it was
exported from still stands, and a refusal where somebody else has changed it since.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import orjson

from app.ground.i18n import LOCALES, Locale, Message, Said, _, say
from app.ground.sheets import Column, Line, Matched
from app.sites.rules.days import read_day

# Cells of a line by the key of their column; and the same in each language.
Cells = Mapping[str, str]
Worded = Mapping[Locale, Cells]
Errors = dict[str, Message | Said]

MOVED_ON = _(
    "Somebody else changed this row after your file was made. Export it again and enter your change there, or change it on the desk."
)
TWICE = _("This row speaks of the same thing as row %(first)s. Keep one of the two.")
NO_VERSION = _("The version in this row is not one of yours. Export the sheet again and enter your change there.")
OTHER_THING = _(
    "This row was exported for something else. Leave codes, areas and phases as they were, and add a new row instead."
)


@dataclass(frozen=True)
class Version:
    """A row as it stands, or stood when a file was made: its id, empty for nothing, and its cells in each language."""

    seen: str
    words: Worded


@dataclass(frozen=True)
class ChangedCell:
    """A cell before and after, in each language."""

    column: Column
    before: Mapping[Locale, str]
    after: Mapping[Locale, str]

    @property
    def day_before(self) -> date | None:
        """The day before, in a column of days."""
        return self._day(self.before)

    @property
    def day_after(self) -> date | None:
        """The day after, in a column of days."""
        return self._day(self.after)

    def _day(self, words: Mapping[Locale, str]) -> date | None:
        return read_day(words["en"]) if self.column.holds == "date" else None


@dataclass(frozen=True)
class Change:
    """A line that changes something. `typed` is what the action takes; `seen` is the version that it replaces."""

    row: int
    key: str
    seen: str
    cells: tuple[ChangedCell, ...]
    typed: Cells


@dataclass(frozen=True)
class Refusal:
    """A cell that cannot be taken, and with it its line; `column` is a letter where the column has no name.

    `typed` is what the cell says, None where it could not even be read.
    `now` is what stands in its place, where somebody else has changed it since the file was made.
    """

    row: int
    column: Message | str
    why: Message | Said
    key: str | None = None
    typed: str | None = ""
    now: Mapping[Locale, str] | None = None


@dataclass(frozen=True)
class Plan:
    """What one sheet would change; `unknown` are columns that are not read."""

    title: Message
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]
    unchanged: int
    unknown: tuple[str, ...] = ()

    @property
    def refused_rows(self) -> int:
        """How many lines are refused."""
        return len({refusal.row for refusal in self.refusals})


class Kind(Protocol):
    """What differs between the sheets."""

    @property
    def title(self) -> Message:
        """The name of the sheet."""

    @property
    def columns(self) -> Sequence[Column]:
        """Its columns, the first of them saying what a line is about."""

    @property
    def cells(self) -> Sequence[str]:
        """The columns that are compared."""

    @property
    def kept(self) -> frozenset[str]:
        """Those of them whose empty cell leaves what stands."""

    @property
    def empty(self) -> Version:
        """How it stands where nothing was said."""

    def find(self, cells: Cells) -> tuple[str, Errors]:
        """Return the key of what a line speaks of, or why that cannot be told."""

    def read(self, key: str, base: Version, touched: Cells) -> tuple[Cells, Version | None, Errors]:
        """Return what the action takes and how it will stand, or a sentence for each cell that cannot be taken."""


def planned(kind: Kind, read: Matched, *, now: Mapping[str, Version], was: Mapping[str, tuple[str, Version]]) -> Plan:
    """Say what the lines of a sheet would change; what has no column in the file is left as it stands.

    `now` holds what stands, by key; `was` holds the key and version of every id that the lines name as seen.
    """
    changes: list[Change] = []
    refusals: list[Refusal] = []
    first: dict[str, int] = {}
    for line in read.lines:
        for one in _outcome(_Line(kind, line, read.present, now, was), first):
            if isinstance(one, Change):
                changes.append(one)
            else:
                refusals.append(one)
    unchanged = len(read.lines) - len(changes) - len({refusal.row for refusal in refusals})
    return Plan(kind.title, tuple(changes), tuple(refusals), unchanged, read.unknown)


@dataclass(frozen=True)
class _Line:
    kind: Kind
    line: Line
    present: Collection[str]
    now: Mapping[str, Version]
    was: Mapping[str, tuple[str, Version]]

    def refused(self, errors: Errors, key: str | None = None, now: Version | None = None) -> list[Refusal]:
        titles = {column.key: column.title for column in self.kind.columns}
        return [
            Refusal(
                self.line.number,
                titles.get(name, name),
                why,
                key,
                None if name in self.line.refused else self.line.texts.get(name, ""),
                {locale: now.words[locale].get(name, "") for locale in LOCALES} if now else None,
            )
            for name, why in errors.items()
        ]

    def touched(self, base: Version) -> dict[str, str]:
        """Return the cells that a person changed since the file was made."""
        cells = {name: self.line.texts.get(name, "").strip() for name in self.kind.cells if name in self.line.texts}
        # A cell that is empty in the file has no text at all; it was emptied where the export had one.
        emptied = {name: "" for name in self.kind.cells if name in self.present and name not in self.kind.kept}
        written = emptied | {name: text for name, text in cells.items() if text}
        return {name: text for name, text in written.items() if not _same(name, text, base, self.kind)}


def _outcome(at: _Line, first: dict[str, int]) -> Sequence[Change | Refusal]:
    """Return the change of a line, its refusals, or nothing where it changes nothing."""
    key, errors = at.kind.find(at.line.texts)
    if at.line.refused:
        return at.refused(dict(at.line.refused), None if errors else key)
    if errors:
        return at.refused(errors)
    before = first.setdefault(key, at.line.number)
    if before != at.line.number:
        return at.refused({at.kind.columns[0].key: say(TWICE, first=before)}, key)
    seen = at.line.texts.get("seen", "").strip()
    exported_for, base = at.was.get(seen, ("", None)) if seen else (key, at.kind.empty)
    if base is None or exported_for != key:
        return at.refused({at.kind.columns[0].key: OTHER_THING if base else NO_VERSION}, key)
    touched = at.touched(base)
    if not any(at.line.texts.get(name, "").strip() for name in at.kind.cells):
        return ()
    return _touched(at, key, base, touched) if touched else ()


def _touched(at: _Line, key: str, base: Version, touched: dict[str, str]) -> Sequence[Change | Refusal]:
    typed, after, errors = at.kind.read(key, base, touched)
    now = at.now.get(key, at.kind.empty)
    # The day that a touched line is given by itself is no change of its own.
    compared = [name for name in at.kind.cells if name != "as_of" or name in touched]
    if after is not None and all(_reads_the_same(name, now, after) for name in compared):
        return ()
    if now.seen != base.seen:
        return at.refused(dict.fromkeys(touched, MOVED_ON), key, now)
    if errors or after is None:
        return at.refused(errors, key)
    titles = {column.key: column for column in at.kind.columns}
    cells = [
        ChangedCell(
            titles[name],
            {locale: now.words[locale].get(name, "") for locale in LOCALES},
            {locale: after.words[locale].get(name, "") for locale in LOCALES},
        )
        for name in at.kind.cells
        if not _reads_the_same(name, now, after)
    ]
    return [Change(at.line.number, key, now.seen, tuple(cells), typed)]


def _reads_the_same(name: str, one: Version, other: Version) -> bool:
    return one.words["en"].get(name, "") == other.words["en"].get(name, "")


def _same(name: str, text: str, base: Version, kind: Kind) -> bool:
    """Say whether a cell still says what was exported, in whichever language it was."""
    was = {_plain(base.words[locale].get(name, "")) for locale in LOCALES}
    if _plain(text) in was:
        return True
    dated = next(column.holds for column in kind.columns if column.key == name) == "date"
    return dated and read_day(text) is not None and read_day(text) in {read_day(day) for day in was}


def _plain(text: str) -> str:
    """Return a text without what Excel changes by itself: kinds of line ends, spaces at the ends."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()


def fingerprint(plans: Sequence[Plan]) -> str:
    """Return a digest of what was shown, so that nothing else is applied than what somebody agreed to."""
    told = [
        [
            plan.title.msgid,
            [[change.row, change.key, change.seen, dict(change.typed)] for change in plan.changes],
            [[refusal.row, str(refusal.column), refusal.why.in_("en"), refusal.now] for refusal in plan.refusals],
            plan.unchanged,
        ]
        for plan in plans
    ]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
