"""Take typed texts as they are stored, or refuse them beside their field."""

from app.consultations.rules.texts import TOO_LONG, refused_text
from app.ground.errors import Unacceptable
from app.ground.i18n import Message


def needed_text(field: str, text: str, missing: Message) -> str:
    """Return a text as it is stored. Raises Unacceptable where it is empty or endless."""
    refused = refused_text(text, missing)
    if refused is not None:
        raise Unacceptable({field: refused})
    return text.strip()


def optional_text(field: str, text: str) -> str | None:
    """Return a text as it is stored, None where nothing was typed. Raises Unacceptable where it is endless."""
    return needed_text(field, text, TOO_LONG) if text.strip() else None
