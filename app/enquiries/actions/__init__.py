"""What people can do with an enquiry: start, fill, import, accept the terms, submit, withdraw."""

from app.enquiries.actions.acceptance import accept_terms
from app.enquiries.actions.drafts import start_draft, submit, withdraw
from app.enquiries.actions.importing import Filled, draft_from_file, fill, import_file
from app.enquiries.actions.readings import (
    ask_reading,
    ask_reading_for,
    claim_readings,
    draft_from,
    note_failure,
    note_study,
    take_reading,
)
from app.enquiries.actions.saving import Form, Saved, save_block

__all__ = [
    "Filled", "Form", "Saved", "accept_terms", "ask_reading", "ask_reading_for", "claim_readings", "draft_from", "draft_from_file", "fill",
    "import_file", "note_failure", "note_study", "save_block", "start_draft", "submit", "take_reading",
    "withdraw",
]  # fmt: skip
