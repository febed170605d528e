"""What an asked site may answer, and what may become of it; every asked site hears an outcome."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final

from app.consultations.rules.texts import TOO_LONG, refused_text
from app.ground.i18n import Message, Said, _


class Answer(StrEnum):
    """What a site says to the request: it is interested, later perhaps, or not."""

    INTERESTED = "interested"
    LATER = "later"
    NO = "no"

    @property
    def label(self) -> Message:
        """The answer in the reader's words."""
        return ANSWERS[self]


class Outcome(StrEnum):
    """What became of an asked site."""

    SELECTED = "selected"
    ON_HOLD = "on_hold"
    NOT_SELECTED = "not_selected"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Message:
        """The outcome in the reader's words."""
        return OUTCOMES[self]


ANSWERS: Final[dict[Answer, Message]] = {
    Answer.INTERESTED: _("Interested"),
    Answer.LATER: _("Not now, ask us later"),
    Answer.NO: _("Unable to take part"),
}

OUTCOMES: Final[dict[Outcome, Message]] = {
    Outcome.SELECTED: _("Selected"),
    Outcome.ON_HOLD: _("On hold"),
    Outcome.NOT_SELECTED: _("Not selected"),
    Outcome.DECLINED: _("Declined by the site"),
    Outcome.NO_ANSWER: _("No answer"),
    Outcome.WITHDRAWN: _("Request withdrawn"),
}

FINAL: Final = frozenset(Outcome) - {Outcome.ON_HOLD}
# What the sponsor decides; the rest the site or the window does.
DECIDED: Final = frozenset({Outcome.SELECTED, Outcome.ON_HOLD, Outcome.NOT_SELECTED})
# A hospital is never told "not selected" or kept waiting without a reason that it can read.
NEEDS_REASON: Final = frozenset({Outcome.ON_HOLD, Outcome.NOT_SELECTED})
NEEDS_REPLY_BY: Final = frozenset({Outcome.ON_HOLD})


def outcomes_for(answer: Answer | None) -> tuple[Outcome, ...]:
    """Return the outcomes that a site may have after this answer, or after none.

    A site that refused is never "not selected", and nobody is selected who has not answered.
    """
    if answer is None:
        return (Outcome.NO_ANSWER, Outcome.DECLINED, Outcome.WITHDRAWN)
    if answer is Answer.NO:
        return (Outcome.DECLINED,)
    decided = (Outcome.SELECTED, Outcome.ON_HOLD, Outcome.NOT_SELECTED)
    return (*decided, Outcome.DECLINED, Outcome.WITHDRAWN)


def is_final(outcome: Outcome | None) -> bool:
    """Say whether a site has heard its last word; "on hold" is not one."""
    return outcome in FINAL


def without_final_outcome(outcomes: Iterable[Outcome | None]) -> int:
    """Count the asked sites that still wait for a final outcome; above 0 the case cannot close."""
    return sum(not is_final(outcome) for outcome in outcomes)


def refused(
    outcome: Outcome, reason_en: str, reason_ja: str, reply_by: date | None, *, today: date
) -> dict[str, Message | Said]:
    """Return why an outcome cannot be recorded as it was typed, field by field; empty where it can."""
    errors: dict[str, Message | Said] = {}
    if outcome in NEEDS_REASON and not reason_ja.strip():
        errors["reason_ja"] = _("Write the reason in Japanese. The hospital reads it.")
    if outcome in NEEDS_REPLY_BY and reply_by is None:
        errors["reply_by"] = _("Write the day by which the sponsor replies, for example 2026-12-18.")
    elif reply_by is not None and reply_by < today:
        errors["reply_by"] = _("This day is over. Write the day by which the sponsor replies.")
    long = {"reason_en": reason_en, "reason_ja": reason_ja}
    too_long = {field: refused_text(text, TOO_LONG) for field, text in long.items() if text.strip()}
    return errors | {field: reason for field, reason in too_long.items() if reason is not None}
