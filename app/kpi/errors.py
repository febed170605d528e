"""Ways in which counting refuses."""

from app.ground.errors import NotFound
from app.ground.i18n import _


class NoSuchCase(NotFound):
    """No consultation has this number, or this reader may not know of it."""

    message = _("There is no such case in the counting record.")


class NoSuchRule(NotFound):
    """No counting rule has this code."""

    message = _("There is no such counting rule.")
