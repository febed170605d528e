"""Ways to be refused around institutions."""

from app.ground.errors import NotFound
from app.ground.i18n import _


class NoSuchInstitution(NotFound):
    """No institution has this code, or it is not the reader's to answer for."""

    code = "no_such_institution"
    message = _("There is no such institution that you can see.")
