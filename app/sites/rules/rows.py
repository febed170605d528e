"""Rows of capacity in a form: which row is which, and whether somebody changed what it says."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Protocol

from app.sites.rules.days import read_day


class Row(Protocol):
    """What is compared of a row of capacity."""

    @property
    def area_code(self) -> str:
        """The therapeutic area."""

    @property
    def phase_code(self) -> str:
        """The phase."""

    @property
    def state(self) -> str:
        """Open, limited or closed."""

    @property
    def trials_can_start(self) -> int | None:
        """How many trials can start, None where nobody said."""

    @property
    def from_day(self) -> date | None:
        """From when, None where nobody said."""

    @property
    def note_en(self) -> str | None:
        """The note in English."""

    @property
    def note_ja(self) -> str | None:
        """The note in Japanese."""


def row_key(row: Row) -> str:
    """Return the name of a row in a form; it stays the same when the row is superseded."""
    return f"{row.area_code}.{row.phase_code}"


def says_the_same(row: Row, typed: Mapping[str, str]) -> bool:
    """Say whether what was typed is what the row says, however its day and number are written.

    Such a row is confirmed as it is, even where its start lies so far back that nobody could type it anew.
    """
    trials = unicodedata.normalize("NFKC", typed.get("trials", "")).strip()
    start = typed.get("from_day", "").strip()
    note = typed.get("note", "").replace("\r\n", "\n").strip()
    return (
        typed.get("state", "") == row.state
        and trials == ("" if row.trials_can_start is None else str(row.trials_can_start))
        and (read_day(start) == row.from_day if start else row.from_day is None)
        and note in ({row.note_en, row.note_ja} - {None} or {""})
    )
