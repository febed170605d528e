"""Ways to be refused a term."""

from app.ground.errors import NotFound
from app.ground.i18n import _


class NoSuchTerm(NotFound):
    """No vocabulary has this code."""

    code = "no_such_term"
    message = _("No vocabulary has this code.")
