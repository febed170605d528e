"""What is known of institutions at the start, and their part of the demonstration."""

from app.sites.seeding.confirmations import demonstration_confirmations, load_confirmations
from app.sites.seeding.demonstration import load_demonstration
from app.sites.seeding.official import load_official
from app.sites.seeding.rows import institution_id

__all__ = [
    "demonstration_confirmations",
    "institution_id",
    "load_confirmations",
    "load_demonstration",
    "load_official",
]
