"""What may be said of an institution and how: pure, no input or output."""

from app.sites.rules.capacity import CapacityState, Statement, read_statement
from app.sites.rules.facts import (
    Dated,
    InstitutionKind,
    SourceKind,
    Standing,
    FactState,
    counting,
    months_since,
    standing,
)

__all__ = [
    "CapacityState",
    "Dated",
    "InstitutionKind",
    "SourceKind",
    "Standing",
    "FactState",
    "Statement",
    "counting",
    "months_since",
    "read_statement",
    "standing",
]
