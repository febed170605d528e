"""Values that must agree with each other."""

from collections.abc import Mapping
from typing import Any

from app.ground.i18n import Said, _, say

# Which values each sentence is about.
INVOLVED = {"maximum_age": ("minimum_age", "maximum_age"), "participants_japan": ("participants_japan", "enrolment")}


def disagreements(values: Mapping[str, Any]) -> dict[str, Said]:
    """Return what does not fit together: field to the sentence beside it. Absent values disagree with nothing."""
    found = {"maximum_age": _ages(values), "participants_japan": _participants(values)}
    return {field: said for field, said in found.items() if said is not None}


def _ages(values: Mapping[str, Any]) -> Said | None:
    low, high = values.get("minimum_age"), values.get("maximum_age")
    if low is None or high is None or low <= high:
        return None
    words = _("Enter %(minimum)s or more. You typed %(maximum)s, and the minimum age is %(minimum)s.")
    return say(words, minimum=low, maximum=high)


def _participants(values: Mapping[str, Any]) -> Said | None:
    japan, worldwide = values.get("participants_japan"), values.get("enrolment")
    # A registered enrolment of 0 means that a study was withdrawn, not that nobody may take part.
    if japan is None or not worldwide or japan <= worldwide:
        return None
    words = _("Enter %(worldwide)s or less. You typed %(japan)s, and there are %(worldwide)s participants worldwide.")
    return say(words, japan=f"{japan:,}", worldwide=f"{worldwide:,}")
