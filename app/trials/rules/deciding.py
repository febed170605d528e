"""What an officer may decide of a facility text, and how a text stands by the rule and the newest decision."""

from enum import StrEnum

from app.ground.i18n import Message, _
from app.trials.rules.linking.shapes import DOUBTFUL, Linked


class Verdict(StrEnum):
    """A decision: this institution, none of the registry, the text does not disclose it, or leave it to the rule again."""

    INSTITUTION = "institution"
    NONE = "none"
    UNDISCLOSED = "undisclosed"
    RULE = "rule"

    @property
    def label(self) -> Message:
        """The decision in the reader's words."""
        return _VERDICTS[self]


_VERDICTS = {
    Verdict.INSTITUTION: _("This institution"),
    Verdict.NONE: _("None of the registry"),
    Verdict.UNDISCLOSED: _("Not disclosed"),
    Verdict.RULE: _("Left to the rule again"),
}


class Standing(StrEnum):
    """How a text stands: waiting for the window, decided by it, linked by the rule, or of no institution by the rule."""

    OPEN = "open"
    DECIDED = "decided"
    LINKED = "linked"
    UNLINKED = "unlinked"

    @property
    def label(self) -> Message:
        """The standing as a filter names it."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.OPEN: _("Waiting for a decision"),
    Standing.DECIDED: _("Decided by the window"),
    Standing.LINKED: _("Linked by name"),
    Standing.UNLINKED: _("No institution of the registry"),
}


def standing_of(found: Linked) -> Standing:
    """Return how a text stands by the rule alone."""
    if found.certain:
        return Standing.LINKED
    return Standing.OPEN if found.why in DOUBTFUL else Standing.UNLINKED
