"""The figures by name, each with the cases behind it: pages, files and the API loop over this list."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from app.ground.i18n import Message, _
from app.kpi import rules

Behind = Callable[[rules.Count], Sequence[rules.Standing]]


def _in_triage(count: rules.Count) -> Sequence[rules.Standing]:
    return [standing for standing in count.received if standing.reason is rules.Reason.IN_TRIAGE]


BEHIND: Final[Mapping[str, Behind]] = {
    "received": lambda count: count.received,
    "accepted": lambda count: count.accepted,
    "met": lambda count: count.met,
    "counted": lambda count: count.counted,
    "left_out": lambda count: count.left_out,
    "waiting": lambda count: count.waiting,
    "triage": _in_triage,
}
TITLES: Final[Mapping[str, Message]] = {
    "received": _("Enquiries received"),
    "accepted": _("Consultations accepted"),
    "met": _("Intake meetings held"),
    "counted": _("Cases counted"),
    "left_out": _("Cases that reached the counted event and do not count"),
    "waiting": _("Cases not counted because an answer is not yet known"),
    "triage": _("Enquiries in triage"),
    "contacts": _("Contacts"),
}


def reasons(standings: Sequence[rules.Standing], reason: rules.Reason) -> int:
    """Return how many cases stand as they do for one reason."""
    return sum(standing.reason is reason for standing in standings)
