"""Ways to be refused around institutions."""

from collections.abc import Collection

from app.ground.errors import Conflict, NotFound
from app.ground.i18n import _


class NoSuchInstitution(NotFound):
    """No institution has this code, or it is not the reader's to answer for."""

    code = "no_such_institution"
    message = _("There is no such institution that you can see.")


class CapacityMovedOn(Conflict):
    """Somebody else set this row after the reader's page was made."""

    code = "capacity_moved_on"
    message = _(
        "Somebody else changed this row in the meantime. The table shows what stands now; "
        "what you typed is kept below. Save again to replace it."
    )


class NoSuchCapability(NotFound):
    """The vocabulary has no such capability."""

    code = "no_such_capability"
    message = _("The vocabulary has no such item.")


class FactsMovedOn(Conflict):
    """Somebody else stated some of these facts after the reader's page was made."""

    code = "facts_moved_on"
    message = _(
        "Somebody else changed some of these items in the meantime. They are marked; what you typed is kept. "
        "Save again to replace what stands now."
    )

    def __init__(self, capabilities: Collection[str]) -> None:
        super().__init__()
        self.capabilities = frozenset(capabilities)
