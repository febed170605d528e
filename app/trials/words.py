"""What our codes for the words of registries are called on a page."""

from app.ground.i18n import Message, _

STATUSES: dict[str, Message] = {
    "not_yet_recruiting": _("Not yet recruiting"),
    "recruiting": _("Recruiting"),
    "by_invitation": _("Recruiting by invitation"),
    "suspended": _("Recruitment suspended"),
    "active": _("Recruitment closed, trial going on"),
    "not_recruiting": _("Not recruiting"),
    "completed": _("Completed"),
    "terminated": _("Ended early"),
    "withdrawn": _("Withdrawn before it began"),
    "unknown": _("Status unknown"),
    "expanded_access": _("Expanded access"),
    "withheld": _("Withheld by the registry"),
}
STUDY_TYPES: dict[str, Message] = {
    "interventional": _("Interventional study"),
    "observational": _("Observational study"),
    "expanded_access": _("Expanded access"),
    "other": _("Other kind of study"),
}
SEXES: dict[str, Message] = {"all": _("All sexes"), "male": _("Men only"), "female": _("Women only")}
SHARING: dict[str, Message] = {
    "yes": _("Data will be shared"),
    "no": _("Data will not be shared"),
    "undecided": _("Sharing is undecided"),
}
UNDISCLOSED = _("Not disclosed")
