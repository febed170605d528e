"""A file of partners: its columns, the lines as they are kept until somebody decides, and what they would change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.ground.i18n import Locale, Message, Said, _, say
from app.ground.sheets import Column, Line, UnreadableFile, matched, read_tables
from app.sites.rules.facts import FactState
from app.sites.rules.partners import Known

NO_LINES = _("The table has no row below the names of its columns.")
HUB = Column("hub", _("Hub (code or name)"), needed=True, width=24)
CODE = Column("code", _("Code"), "key", width=18)
BEFORE = (
    Column("name_ja", _("Japanese name"), needed=True, width=30),
    Column("name_en", _("English name"), width=30),
    Column("kind", _("Kind of partner"), needed=True, width=22),
    Column("prefecture", _("Prefecture"), needed=True, width=12),
    Column("city", _("City"), width=16),
    Column("website", _("Website"), width=30),
    Column("since", _("Partner since"), holds="date", width=16),
)
AFTER = (
    Column("source", _("Public page that says so"), width=30),
    Column("as_of", _("As of"), needed=True, holds="date", width=16),
)
TITLES = {column.key: column.title for column in (HUB, CODE, *BEFORE, *AFTER)}


@dataclass(frozen=True)
class Term(Message):
    """The name of a term as the title of its column: data, so no catalogue has it."""

    name_ja: str

    def in_(self, locale: Locale, **details: object) -> str:
        """Return the name in a language."""
        return self.name_ja if locale == "ja" else self.msgid


def columns(capabilities: Iterable[tuple[str, str, str]], *, with_hub: bool) -> list[Column]:
    """Return the columns of a file; `capabilities` are code, English and Japanese name, in order."""
    stated = [Column(code, Term(name_en, name_ja), width=12) for code, name_en, name_ja in capabilities]
    return [*([HUB] if with_hub else []), CODE, *BEFORE, *stated, *AFTER]


def read_file(data: bytes, wanted: Sequence[Column]) -> dict[str, Any]:
    """Return the lines of a file as plain values to be kept, and the columns that nobody asked for.

    Raises UnreadableFile with one sentence. A cell under a column that is there says something, be it nothing.
    """
    found = matched(read_tables(data)[0], wanted)
    if not found.lines:
        raise UnreadableFile(NO_LINES)
    empty = dict.fromkeys(found.present, "")
    lines = [[line.number, {**empty, **line.texts}, _kept(line.refused)] for line in found.lines]
    return {"lines": lines, "unknown": list(found.unknown)}


def _kept(refused: Mapping[str, Message | Said]) -> dict[str, list[Any]]:
    return {
        name: [why.message.msgid, {key: str(detail) for key, detail in why.details.items()}]
        if isinstance(why, Said)
        else [why.msgid, {}]
        for name, why in refused.items()
    }


def lines_of(content: Mapping[str, Any]) -> list[Line]:
    """Return the lines of a kept file."""
    return [
        Line(number, texts, {name: say(Message(msgid), **details) for name, (msgid, details) in refused.items()})
        for number, texts, refused in content["lines"]
    ]


def row_of(known: Known, locale: Locale, prefectures: Mapping[str, str]) -> dict[str, Any]:
    """Return a partner as a row of the file; `prefectures` are their names by code."""
    said = known.said
    states = {code: state.label.in_(locale) for code, state in said.states.items() if state is not FactState.UNKNOWN}
    return {
        "code": known.code,
        "name_ja": said.name_ja,
        "name_en": said.name_en if said.name_en != said.name_ja else None,
        "kind": said.kind.label.in_(locale),
        "prefecture": prefectures.get(said.prefecture),
        "city": said.city,
        "website": said.website,
        "since": said.since,
        **states,
        "source": said.source,
        "as_of": said.as_of,
    }
