"""What a coordinator's file would change: compared with what it was exported from and with what stands now."""

from app.sites.rules.sheets.facts import FACT_CELLS, FACT_COLUMNS, FACTS_TITLE, FactSheet, fact_version
from app.sites.rules.sheets.plans import (
    Change,
    ChangedCell,
    Kind,
    Plan,
    Refusal,
    Version,
    fingerprint,
    planned,
)
from app.sites.rules.sheets.rooms import (
    NO,
    ROOM_CELLS,
    ROOM_COLUMNS,
    ROOMS_TITLE,
    YES,
    RoomSheet,
    room_key,
    room_version,
)

__all__ = [
    "FACTS_TITLE",
    "FACT_CELLS",
    "FACT_COLUMNS",
    "NO",
    "ROOMS_TITLE",
    "ROOM_CELLS",
    "ROOM_COLUMNS",
    "YES",
    "Change",
    "ChangedCell",
    "FactSheet",
    "Kind",
    "Plan",
    "Refusal",
    "RoomSheet",
    "Version",
    "fact_version",
    "fingerprint",
    "planned",
    "room_key",
    "room_version",
]
