"""What may be said of an institution and how: pure, no input or output."""

from app.sites.rules.capacity import CapacityState, Statement, read_statement
from app.sites.rules.days import read_day
from app.sites.rules.facts import (
    ALWAYS_SHOWN,
    ALWAYS_SHOWN_OF_PARTNERS,
    NOT_STATED_BY_SITES,
    OWN_WORD,
    PARTNER_KINDS,
    SECTIONS,
    SITE_KINDS,
    Dated,
    FactState,
    InstitutionKind,
    SourceKind,
    Standing,
    authority,
    counting,
    due_again,
    last_stale_day,
    months_since,
    standing,
)
from app.sites.rules.patients import SourceOfPatients
from app.sites.rules.statements import CHOICES, CapabilityForm, FactStatement, read_fact
from app.sites.rules.typed_rows import as_typed, completed, is_changed

__all__ = [
    "ALWAYS_SHOWN",
    "ALWAYS_SHOWN_OF_PARTNERS",
    "CHOICES",
    "NOT_STATED_BY_SITES",
    "OWN_WORD",
    "PARTNER_KINDS",
    "SECTIONS",
    "SITE_KINDS",
    "CapabilityForm",
    "CapacityState",
    "Dated",
    "FactState",
    "FactStatement",
    "InstitutionKind",
    "SourceKind",
    "SourceOfPatients",
    "Standing",
    "Statement",
    "as_typed",
    "authority",
    "completed",
    "counting",
    "due_again",
    "is_changed",
    "last_stale_day",
    "months_since",
    "read_day",
    "read_fact",
    "read_statement",
    "standing",
]
