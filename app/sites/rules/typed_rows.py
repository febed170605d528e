"""A row of the facts table: what stands in its fields, and whether somebody changed it."""

import unicodedata
from collections.abc import Mapping
from typing import Protocol

from app.sites.rules.days import read_day
from app.sites.rules.facts import FactState
from app.sites.rules.statements import FIELDS


class Stated(Protocol):
    """What a row needs to know of a fact."""

    @property
    def state(self) -> FactState:
        """What is known."""

    @property
    def value(self) -> str | None:
        """The value, in codes."""

    @property
    def note_ja(self) -> str | None:
        """The note in Japanese."""

    @property
    def note_en(self) -> str | None:
        """The note in English."""

    @property
    def source_url(self) -> str | None:
        """The page that says so."""


def as_typed(said: Stated | None) -> dict[str, str]:
    """Return what the fields of a row hold for a fact, in codes; the day is empty: what is saved holds as of today."""
    if said is None:
        return dict.fromkeys(FIELDS, "")
    return {
        "state": "" if said.state is FactState.UNKNOWN else said.state.value,
        "value": said.value or "",
        "note_ja": said.note_ja or "",
        "note_en": said.note_en or "",
        "page": said.source_url or "",
        "as_of": "",
    }


def is_changed(kind: str, typed: Mapping[str, str], shown: Mapping[str, str]) -> bool:
    """Say whether a row differs from what its page showed; a field that was not sent is as it was shown.

    `kind` is that of the capability. What a browser does to a text (its line ends, spaces around it) is no change.
    """
    return any(_folded(kind, name, typed.get(name, shown[name])) != _folded(kind, name, shown[name]) for name in FIELDS)


def completed(kind: str, typed: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """Return a row with what its form does not ask: a value or text that stands keeps its state.

    Only a capability that is a state has a field for it; one known by its value may stand as partly so.
    """
    row = {name: typed.get(name, shown[name]) for name in FIELDS}
    if kind == "text":
        return row | {"state": shown["state"] if row["note_ja"].strip() or row["note_en"].strip() else ""}
    if kind != "state":
        same = _folded(kind, "value", row["value"]) == _folded(kind, "value", shown["value"])
        return row | {"state": shown["state"] if same else ""}
    return row


def _folded(kind: str, name: str, text: str) -> object:
    plain = text.replace("\r\n", "\n").strip()
    if name == "state":
        return "" if plain == FactState.UNKNOWN else plain
    if name != "value":
        return plain
    if kind == "date":
        return read_day(plain) or plain
    return frozenset(plain.split("|")) if kind == "list" else unicodedata.normalize("NFKC", plain)
