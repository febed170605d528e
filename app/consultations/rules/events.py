"""What happened to a case, in words; who may read which of it."""

from collections.abc import Mapping
from typing import Any, Final

from app.consultations.rules.outcomes import Answer, Outcome
from app.consultations.rules.stages import Ending, Stage, Waiting
from app.ground.i18n import Message, Said, _, say

KINDS: Final[dict[str, Message]] = {
    "received": _("The enquiry was received."),
    "acknowledged": _("The receipt was acknowledged."),
    "accepted": _("The consultation was accepted."),
    "referred": _("The sponsor was referred to another service."),
    "out_of_scope": _("The enquiry was found out of scope."),
    "met": _("The intake meeting was held and its minutes recorded."),
    "met_again": _("A further meeting was held and its minutes recorded."),
    "synopsis_approved": _("The sponsor approved what sites may read before an agreement."),
    "waiting": _("The clock was paused: %(waiting)s."),
    "resumed": _("The clock runs again."),
    "list_released": _("A list was released to the sponsor. Institutions on it: %(sites)s."),
    "sites_asked": _("Institutions were asked whether they are interested: %(sites)s."),
    "site_answered": _("A site answered: %(answer)s."),
    "outcome_recorded": _("The outcome of a site was recorded: %(outcome)s."),
    "moved_on": _("The case moved on to stage %(number)s %(stage)s."),
    "withdrawn": _("The sponsor withdrew the enquiry."),
    "closed": _("The case was closed: %(ending)s."),
}

FOR_SPONSOR: Final = frozenset(KINDS) - {"waiting", "resumed", "moved_on", "site_answered", "outcome_recorded"}
"""What the sponsor reads of the log; answers and outcomes stand on its list, site by site."""


def told(kind: str, details: Mapping[str, Any]) -> Said:
    """Put an event into words, its codes replaced by labels."""
    words: dict[str, object] = {"sites": details.get("sites")}
    if "waits_for" in details:
        words["waiting"] = Waiting(details["waits_for"]).label
    if "answer" in details:
        words["answer"] = Answer(details["answer"]).label
    if "outcome" in details:
        words["outcome"] = Outcome(details["outcome"]).label
    if "ending" in details:
        words["ending"] = Ending(details["ending"]).label
    if "entered" in details:
        words |= {"number": int(details["entered"]), "stage": Stage(details["entered"]).label}
    return say(KINDS[kind], **words)
