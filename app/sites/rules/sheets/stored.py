"""What was read from a file, put away until somebody decides, and taken out again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.ground.i18n import LOCALES, Message, Said, _, say
from app.ground.sheets import Limits, Matched, NoSuchSheet, Table, UnreadableFile, matched, read_tables
from app.ground.sheets.columns import folded
from app.ground.sheets.tables import Line
from app.sites.rules.sheets.facts import FACT_COLUMNS, FACTS_TITLE
from app.sites.rules.sheets.rooms import ROOM_COLUMNS, ROOMS_TITLE

# How long a file waits for somebody to decide; then its lines are forgotten, and only its name and counts stay.
KEPT = timedelta(days=7)
LIMITS = Limits(most_rows=5_000, most_columns=40, longest_text=5_000)
KINDS = {"facts": (FACTS_TITLE, FACT_COLUMNS), "rooms": (ROOMS_TITLE, ROOM_COLUMNS)}
BOTH_LANGUAGES = _("The workbook has one sheet twice, in Japanese and in English. Remove one of the two.")


def read_uploaded(data: bytes) -> dict[str, Any]:
    """Return what a coordinator's file says, ready to be put away: by kind of sheet, "facts" and "rooms".

    A workbook with none of our sheets, such as a CSV file that somebody saved as .xlsx, is read by the columns of its
    first sheet. Raises UnreadableFile.
    """
    names = [title.in_(locale) for title, _columns in KINDS.values() for locale in ("ja", "en")]
    try:
        tables = read_tables(data, names=names, limits=LIMITS)
    except NoSuchSheet as refusal:
        tables = _by_columns(data, refusal)
    kept: dict[str, Any] = {}
    for table in tables:
        kind = _kind_of(table)
        if kind in kept:
            raise UnreadableFile(BOTH_LANGUAGES)
        kept[kind] = _stored(matched(table, KINDS[kind][1]))
    return kept


def _by_columns(data: bytes, refusal: NoSuchSheet) -> list[Table]:
    try:
        tables = read_tables(data, limits=LIMITS)
        matched(tables[0], KINDS[_kind_of(tables[0])][1])
    except UnreadableFile:
        raise refusal from None
    return tables


def _kind_of(table: Table) -> str:
    for kind, (title, _columns) in KINDS.items():
        if table.name in {title.in_(locale) for locale in LOCALES}:
            return kind
    areas = {folded(word) for word in ("area", *(ROOM_COLUMNS[0].title.in_(locale) for locale in LOCALES))}
    return "rooms" if areas & {folded(name) for name in table.columns} else "facts"


def _stored(found: Matched) -> dict[str, Any]:
    return {
        "present": sorted(found.present),
        "unknown": list(found.unknown),
        "lines": [
            [line.number, dict(line.texts), {name: _written(why) for name, why in line.refused.items()}]
            for line in found.lines
        ],
    }


def _written(why: Message | Said) -> list[Any]:
    return [why.message.msgid, dict(why.details)] if isinstance(why, Said) else [why.msgid, {}]


def is_kept(content: Mapping[str, Any] | None, uploaded_at: datetime, *, now: datetime) -> bool:
    """Say whether somebody can still decide on a file that was sent in, whether its lines have been forgotten yet or not."""
    return content is not None and now - uploaded_at < KEPT


def restored(kept: Mapping[str, Any]) -> Matched:
    """Return the lines of one sheet as they were read."""
    lines = tuple(
        Line(number, texts, {name: _said(*why) for name, why in refused.items()})
        for number, texts, refused in kept["lines"]
    )
    return Matched(lines, frozenset(kept["present"]), tuple(kept["unknown"]))


def _said(msgid: str, details: Mapping[str, object]) -> Message | Said:
    return say(Message(msgid), **details) if details else Message(msgid)
