"""What a person can do with a consultation: one function each, with its audit row, event and mails."""

from app.consultations.actions.closing import close, withdraw_consultation
from app.consultations.actions.listing import release_list
from app.consultations.actions.meeting import approve_synopsis, record_intake_meeting
from app.consultations.actions.opening import open_consultation
from app.consultations.actions.pace import move_on, resume, wait
from app.consultations.actions.survey import Decided, answer_request, ask_sites, record_outcome
from app.consultations.actions.triage import accept, declare_out_of_scope, refer

__all__ = [
    "Decided",
    "accept",
    "answer_request",
    "approve_synopsis",
    "ask_sites",
    "close",
    "declare_out_of_scope",
    "move_on",
    "open_consultation",
    "record_intake_meeting",
    "record_outcome",
    "refer",
    "release_list",
    "resume",
    "wait",
    "withdraw_consultation",
]
