"""What people can do with institutions and what is said of them."""

from app.sites.actions.capacity import set_capacity
from app.sites.actions.facts import confirm_facts, state_facts

__all__ = ["confirm_facts", "set_capacity", "state_facts"]
