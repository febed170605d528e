"""The rules of an enquiry, pure: what was typed, what a registry says, what is missing, what disagrees."""

from app.enquiries.rules.imported import Imported, Lookup, as_values, imported, may_take, open_fields
from app.enquiries.rules.together import INVOLVED, disagreements
from app.enquiries.rules.typed import Wrong, is_empty, quoted, read
from app.enquiries.rules.values import (
    Source,
    Standing,
    Value,
    fingerprint,
    is_needed,
    provisional,
    settled,
    standing,
    standings,
)

__all__ = [
    "INVOLVED", "Imported", "Lookup", "Source", "Standing", "Value", "Wrong", "as_values", "disagreements", "fingerprint",
    "imported", "is_empty", "is_needed", "may_take", "open_fields", "provisional", "quoted", "read", "settled",
    "standing", "standings",
]  # fmt: skip
