"""Sentences put away with what fills them, so that they are said in the language of whoever reads them later."""

from collections.abc import Mapping
from typing import Any

from app.ground.i18n import Message, Said, say

SENTENCE = "sentence"


def put_away(words: Message | Said) -> dict[str, Any]:
    """Return a sentence as JSON: what it is in English, and its details; details may be sentences themselves."""
    if isinstance(words, Message):
        return {SENTENCE: words.msgid, "details": {}}
    details = {name: _plain(value) for name, value in words.details.items()}
    return {SENTENCE: words.message.msgid, "details": details}


def taken_out(kept: Mapping[str, Any]) -> Said:
    """Return the sentence that `put_away` gave. Raises KeyError for JSON of another shape."""
    details = {
        name: taken_out(value) if isinstance(value, dict) and SENTENCE in value else value
        for name, value in kept["details"].items()
    }
    return say(Message(kept[SENTENCE]), **details)


def _plain(value: object) -> object:
    if isinstance(value, Message | Said):
        return put_away(value)
    return value if isinstance(value, int | float | bool | None) else str(value)
