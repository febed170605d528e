"""What people type: needed or not, never endless, kept as it was written."""

from typing import Final

from app.ground.i18n import Message, Said, _, say

LONGEST: Final = 20_000
"""Characters of one text; minutes of a long meeting have a few thousand."""

TOO_LONG: Final = _("This is longer than %(longest)s characters. Shorten it.")


def refused_text(text: str, missing: Message) -> Message | Said | None:
    """Return why a needed text cannot be taken, or None where it can."""
    if not text.strip():
        return missing
    return say(TOO_LONG, longest=LONGEST) if len(text) > LONGEST else None
