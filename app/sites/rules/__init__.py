"""What may be said of an institution and how: pure, no input or output."""

from app.sites.rules.capacity import CapacityState, Statement, read_statement
from app.sites.rules.facts import (
    ALWAYS_SHOWN,
    SECTIONS,
    Dated,
    FactState,
    InstitutionKind,
    SourceKind,
    Standing,
    counting,
    months_since,
    standing,
)

__all__ = [
    "ALWAYS_SHOWN",
    "SECTIONS",
    "CapacityState",
    "Dated",
    "FactState",
    "InstitutionKind",
    "SourceKind",
    "Standing",
    "Statement",
    "counting",
    "months_since",
    "read_statement",
    "standing",
]
