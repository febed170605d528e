"""Refusals that concern trial records."""

from app.ground.errors import NotFound
from app.ground.i18n import _


class NoSuchTrial(NotFound):
    """No stored record bears or names this number, or there is no such version."""

    code = "no_such_trial"
    message = _("There is no record of a trial with this number here.")
