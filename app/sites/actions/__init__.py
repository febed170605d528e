"""What people can do with institutions and what is said of them."""

from app.sites.actions.capacity import set_capacity
from app.sites.actions.committees import close_committee, state_committee
from app.sites.actions.confirming import Form, change_by_link, confirm_at_desk, confirm_by_link
from app.sites.actions.contacts import remove_contact, state_contact
from app.sites.actions.facts import confirm_facts, state_facts
from app.sites.actions.freshness import set_period
from app.sites.actions.meetings import cancel_meeting, plan_meeting, plan_meetings
from app.sites.actions.partner_imports import apply_partners, send_partners
from app.sites.actions.partners import end_partnership, state_partner
from app.sites.actions.patients import set_patients
from app.sites.actions.questions import answer_question, ask_about_fact
from app.sites.actions.rounds import ask_now, open_round, remind_now, remind_when_due
from app.sites.actions.sheets import apply_sheet, forget_sheets, plans_of, send_sheet
from app.sites.actions.table import SavedTable, changed_rows, save_facts_table
from app.sites.actions.verification import check_fact

__all__ = [
    "Form",
    "SavedTable",
    "answer_question",
    "apply_partners",
    "apply_sheet",
    "ask_about_fact",
    "ask_now",
    "cancel_meeting",
    "change_by_link",
    "changed_rows",
    "check_fact",
    "close_committee",
    "confirm_at_desk",
    "confirm_by_link",
    "confirm_facts",
    "end_partnership",
    "forget_sheets",
    "open_round",
    "plan_meeting",
    "plan_meetings",
    "plans_of",
    "remind_now",
    "remind_when_due",
    "remove_contact",
    "save_facts_table",
    "send_partners",
    "send_sheet",
    "set_capacity",
    "set_patients",
    "set_period",
    "state_committee",
    "state_contact",
    "state_facts",
    "state_partner",
]
