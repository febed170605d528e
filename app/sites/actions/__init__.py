"""What people can do with institutions and what is said of them."""

from app.sites.actions.capacity import set_capacity

__all__ = ["set_capacity"]
