"""The sheet of facts: a line for every capability of the vocabulary, known or not."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.ground.i18n import LOCALES, Locale, _, say
from app.ground.sheets import Column
from app.sites.rules.facts import FactState
from app.sites.rules.sheets.plans import Cells, Errors, Version
from app.sites.rules.statements import CHOICES, CapabilityForm, folded, read_fact

FACTS_TITLE = _("Facts of the institution")
FACT_COLUMNS = (
    Column("code", _("Code"), role="key", needed=True, width=26),
    Column("name", _("Item (for reading only)"), role="shown", width=36),
    Column("state", _("State"), width=14),
    Column("value", _("Value"), width=18),
    Column("unit", _("Unit (for reading only)"), role="shown", width=10),
    Column("note_ja", _("Note in Japanese"), width=40),
    Column("note_en", _("Note in English"), width=40),
    Column("page", _("Address of the source page"), width=36),
    Column("as_of", _("As of"), holds="date", width=16),
    Column("confirmed", _("Last confirmed (for reading only)"), role="shown", holds="date", width=16),
    Column("due", _("Due again from (for reading only)"), role="shown", holds="date", width=16),
    Column("seen", _("Version (do not change)"), role="key", needed=True, width=12, hidden=True),
)
FACT_CELLS = ("state", "value", "note_ja", "note_en", "page", "as_of")
SEPARATOR: dict[Locale, str] = {"ja": "、", "en": "; "}

NO_CODE = _("“%(typed)s” is not the code of an item. Leave the codes as they were exported.")
CONTRADICTION = _("“No information” and a value contradict each other. Empty the value or choose another state.")


class Stated(Protocol):
    """A fact as far as a sheet shows it."""

    @property
    def state(self) -> FactState:
        """What is known."""

    @property
    def value(self) -> str | None:
        """The value, as codes where the item has choices."""

    @property
    def note_ja(self) -> str | None:
        """The note in Japanese."""

    @property
    def note_en(self) -> str | None:
        """The note in English."""

    @property
    def as_of(self) -> date:
        """The day of which it speaks."""


def fact_version(seen: str, said: Stated, page: str | None, labels: Mapping[str, Mapping[Locale, str]]) -> Version:
    """Return how a fact stands in the sheet; `labels` are the names of the terms that values hold, by code."""

    def cells(locale: Locale) -> dict[str, str]:
        return {
            "state": said.state.label.in_(locale),
            "value": _value(said.value, labels, locale),
            "note_ja": said.note_ja or "",
            "note_en": said.note_en or "",
            "page": page or "",
            "as_of": said.as_of.isoformat(),
        }

    return Version(seen, {locale: cells(locale) for locale in LOCALES})


def _value(value: str | None, labels: Mapping[str, Mapping[Locale, str]], locale: Locale) -> str:
    def word(code: str) -> str:
        if code in labels:
            return labels[code][locale]
        return CHOICES[code].in_(locale) if code in CHOICES else code

    return SEPARATOR[locale].join(word(code) for code in (value or "").split("|"))


@dataclass(frozen=True)
class FactSheet:
    """How lines of facts are read: with the forms of the capabilities, the names of terms and today in Japan."""

    forms: Mapping[str, CapabilityForm]
    labels: Mapping[str, Mapping[Locale, str]]
    today: date
    title = FACTS_TITLE
    columns = FACT_COLUMNS
    cells = FACT_CELLS
    kept = frozenset({"state", "as_of"})
    empty = Version("", {locale: {"state": FactState.UNKNOWN.label.in_(locale)} for locale in LOCALES})

    def find(self, cells: Cells) -> tuple[str, Errors]:
        """Return the capability whose code a line has."""
        code = unicodedata.normalize("NFKC", cells.get("code", "")).strip()
        return code, {} if code in self.forms else {"code": say(NO_CODE, typed=code)}

    def read(self, key: str, base: Version, touched: Cells) -> tuple[Cells, Version | None, Errors]:
        """Read a touched line: what was not touched stays, but for the day, which is today unless it is given.

        "No information" withdraws a state that was known, and with it the value.
        """
        form = self.forms[key]
        typed = {**base.words["ja"], "as_of": "", **touched}
        if "state" in touched and _is_unknown(touched["state"]):
            if touched.get("value"):
                return {}, None, {"value": CONTRADICTION}
            typed["value"] = ""
            typed |= {name: touched.get(name, "") for name in ("note_ja", "note_en")} if form.kind == "text" else {}
        said, errors = read_fact(form, typed, today=self.today)
        if said is None:
            return {}, None, errors
        typed["as_of"] = said.as_of.isoformat()
        return typed, fact_version("", said, said.page, self.labels), {}


def _is_unknown(text: str) -> bool:
    unknown = FactState.UNKNOWN
    return folded(text) in {folded(word) for word in (unknown.value, *(unknown.label.in_(to) for to in LOCALES))}
