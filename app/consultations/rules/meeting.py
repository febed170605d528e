"""What an intake meeting's record must say."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.consultations.rules.texts import refused_text
from app.ground.i18n import Message, Said, _


class Mode(StrEnum):
    """How people met."""

    ONLINE = "online"
    IN_PERSON = "in_person"
    TELEPHONE = "telephone"

    @property
    def label(self) -> Message:
        """The way in the reader's words."""
        return MODES[self]


MODES: Final[dict[Mode, Message]] = {
    Mode.ONLINE: _("Online"),
    Mode.IN_PERSON: _("In person"),
    Mode.TELEPHONE: _("By telephone"),
}


@dataclass(frozen=True)
class MeetingHeld:
    """A meeting as an officer typed it in; `synopsis_approved`: the sponsor agreed to what sites may read."""

    held_at: datetime
    mode: Mode
    participants: str
    minutes_en: str
    minutes_ja: str
    synopsis_approved: bool = False


def refused(held: MeetingHeld, *, received_at: datetime, now: datetime) -> dict[str, Message | Said]:
    """Return why a meeting cannot be recorded as it was typed, field by field; empty where it can."""
    reasons = {
        "held_on": _refused_moment(held.held_at, received_at, now),
        "participants": refused_text(held.participants, _("Write who took part.")),
        "minutes_en": refused_text(held.minutes_en, _("Write the minutes in English.")),
        "minutes_ja": refused_text(held.minutes_ja, _("Write the minutes in Japanese.")),
    }
    return {field: reason for field, reason in reasons.items() if reason is not None}


def _refused_moment(held_at: datetime, received_at: datetime, now: datetime) -> Message | None:
    if held_at > now:
        return _("This moment is still to come. Record a meeting after it was held.")
    # Meetings are typed to the minute.
    if held_at < received_at.replace(second=0, microsecond=0):
        return _("This is before the enquiry was received. Check the day and the time.")
    return None
