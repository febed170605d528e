"""The sheet of capacity: a line for an area and phase; new lines are added at its end."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.ground.i18n import LOCALES, Locale, Message, _, say
from app.ground.sheets import Column
from app.sites.rules.capacity import CapacityState, read_statement
from app.sites.rules.sheets.plans import Cells, Errors, Version

ROOMS_TITLE = _("Capacity for new trials")
ROOM_COLUMNS = (
    Column("area", _("Therapeutic area"), needed=True, width=26),
    Column("phase", _("Phase"), needed=True, width=18),
    Column("state", _("New trials"), width=22),
    Column("trials", _("Trials that can start"), width=12),
    Column("from_day", _("From"), holds="date", width=16),
    Column("as_of", _("As of"), holds="date", width=16),
    Column("note", _("Note"), width=48),
    Column("public", _("Shown to everybody"), width=14),
    Column("seen", _("Version (do not change)"), role="key", needed=True, width=12, hidden=True),
)
ROOM_CELLS = ("state", "trials", "from_day", "as_of", "note", "public")
YES, NO = _("Yes"), _("No")

NOT_PUBLIC = _("“%(typed)s” is neither yes nor no.")
NO_AREA = _("“%(typed)s” is not a therapeutic area of the list.")
NO_PHASE = _("“%(typed)s” is not a phase of the list.")


class Room(Protocol):
    """A row of capacity as far as a sheet shows it."""

    @property
    def state(self) -> CapacityState:
        """Whether new trials can be taken."""

    @property
    def trials_can_start(self) -> int | None:
        """How many can start."""

    @property
    def from_day(self) -> date | None:
        """From when."""

    @property
    def as_of(self) -> date:
        """The day of which it speaks."""

    @property
    def public(self) -> bool:
        """Whether everybody may read it."""


def room_key(area: str, phase: str) -> str:
    """Return the key of an area and phase, given their codes."""
    return f"{area}|{phase}"


def room_version(seen: str, room: Room, note: str | None) -> Version:
    """Return how a row of capacity stands in the sheet."""

    def cells(locale: Locale) -> dict[str, str]:
        return {
            "state": room.state.label.in_(locale),
            "trials": "" if room.trials_can_start is None else str(room.trials_can_start),
            "from_day": room.from_day.isoformat() if room.from_day else "",
            "as_of": room.as_of.isoformat(),
            "note": note or "",
            "public": (YES if room.public else NO).in_(locale),
        }

    return Version(seen, {locale: cells(locale) for locale in LOCALES})


@dataclass(frozen=True)
class RoomSheet:
    """How lines of capacity are read: with the names of areas and phases by code, and today in Japan."""

    areas: Mapping[str, Mapping[Locale, str]]
    phases: Mapping[str, Mapping[Locale, str]]
    today: date
    title = ROOMS_TITLE
    columns = ROOM_COLUMNS
    cells = ROOM_CELLS
    kept = frozenset({"state", "trials", "as_of", "public"})
    empty = Version("", {locale: {} for locale in LOCALES})

    def find(self, cells: Cells) -> tuple[str, Errors]:
        """Return the area and phase that a line names, by name in either language or by code."""
        area = _named(cells.get("area", ""), self.areas)
        phase = _named(cells.get("phase", ""), self.phases)
        errors: Errors = {}
        if area is None:
            errors["area"] = say(NO_AREA, typed=cells.get("area", ""))
        if phase is None:
            errors["phase"] = say(NO_PHASE, typed=cells.get("phase", ""))
        return room_key(area or "", phase or ""), errors

    def read(self, key: str, base: Version, touched: Cells) -> tuple[Cells, Version | None, Errors]:
        """Read a touched line: what was not touched stays, but for the day, which is today unless it is given."""
        area, _separator, phase = key.partition("|")
        typed = {**base.words["ja"], "as_of": self.today.isoformat(), **touched}
        public = _spoken(typed.get("public", ""), {"yes": YES, "no": NO})
        states = {state.value: state.label for state in CapacityState}
        typed |= {"area": area, "phase": phase, "state": _spoken(typed.get("state", ""), states)}
        said, errors = read_statement(typed | {"public": public}, today=self.today)
        if public not in {"yes", "no", ""}:
            errors["public"] = say(NOT_PUBLIC, typed=typed["public"])
        if said is None or errors:
            return {}, None, errors
        given = {name: typed.get(name, "") for name in ("area", "phase", *ROOM_CELLS)} | {"public": public}
        return given, room_version("", said, said.note), {}


def _named(text: str, names: Mapping[str, Mapping[Locale, str]]) -> str | None:
    wanted = _folded(text)
    return next(
        (code for code, named in names.items() if wanted in {code, *(_folded(name) for name in named.values())}), None
    )


def _spoken(text: str, words: Mapping[str, Message]) -> str:
    """Return the value whose word in either language a text is; what is no such word stays."""
    for value, label in words.items():
        if _folded(text) in {value, *(_folded(label.in_(locale)) for locale in LOCALES)}:
            return value
    return text


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
