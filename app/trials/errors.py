"""Refusals that concern trial records."""

from app.ground.errors import Conflict, NotFound
from app.ground.i18n import _


class NoSuchTrial(NotFound):
    """No stored record bears or names this number, or there is no such version."""

    code = "no_such_trial"
    message = _("There is no record of a trial with this number here.")


class NotParted(Conflict):
    """No officer parted these records from a trial, or somebody has taken it back already."""

    code = "not_parted"
    message = _("These records are not parted from a trial: nothing is to be taken back.")


class NoSuchFacility(NotFound):
    """No record has had such a facility text."""

    code = "no_such_facility"
    message = _("There is no such facility text.")


class DecidedMeanwhile(Conflict):
    """Somebody else decided on the text since the officer saw it; `name` is who."""

    code = "decided_meanwhile"
    message = _("%(name)s has decided on this text in the meantime. Look at the decision and decide once more.")
