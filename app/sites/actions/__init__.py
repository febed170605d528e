"""What people can do with institutions and what is said of them."""

from app.sites.actions.capacity import set_capacity
from app.sites.actions.confirming import Form, change_by_link, confirm_at_desk, confirm_by_link
from app.sites.actions.facts import confirm_facts, state_facts
from app.sites.actions.rounds import ask_now, open_round, remind_now, remind_when_due

__all__ = [
    "Form",
    "ask_now",
    "change_by_link",
    "confirm_at_desk",
    "confirm_by_link",
    "confirm_facts",
    "open_round",
    "remind_now",
    "remind_when_due",
    "set_capacity",
    "state_facts",
]
