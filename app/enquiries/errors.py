"""Ways to be refused around an enquiry, each a whole sentence.

NotFound
├── NoSuchEnquiry
└── NoSuchReading
NotAllowed
└── NotYoursToChange
Conflict
├── ChangedMeanwhile   somebody else saved the same field since the form was opened; carries what is stored
├── AlreadySettled     the enquiry was submitted, so this value is fixed
├── Withdrawn          the enquiry was withdrawn
├── NothingToConfirm   the value was read again, or confirmed by somebody else
└── NoTermsPublished   the operator has no confidentiality terms yet
"""

from collections.abc import Mapping

from app.enquiries.rules import Value
from app.ground.errors import Conflict, NotAllowed, NotFound
from app.ground.i18n import _

TERMS_FIRST = _("Accept the confidentiality terms first: this field is closed until your organisation has.")


class NoSuchEnquiry(NotFound):
    """There is no such enquiry, or it is not the reader's."""

    code = "no_such_enquiry"


class NoSuchReading(NotFound):
    """There is no such reading, or somebody else asked for it."""

    code = "no_such_reading"


class NotYoursToChange(NotAllowed):
    """Officers read a submitted enquiry; only the organisation that enquires changes it."""

    code = "not_yours_to_change"
    message = _("Only the organisation that enquires can change its enquiry.")


class ChangedMeanwhile(Conflict):
    """Somebody else changed the same fields since the form was opened; nothing was saved, nothing is lost."""

    code = "changed_meanwhile"
    message = _(
        "Somebody else saved this block while you were typing. Nothing you typed is lost: compare and save again."
    )

    def __init__(self, stored: Mapping[str, Value | None]) -> None:
        super().__init__()
        self.stored = dict(stored)


class AlreadySettled(Conflict):
    """A value that hospitals and officers already rely on."""

    code = "already_settled"
    message = _("This enquiry has been submitted. Write to the window to change a value that you have already given.")


class Withdrawn(Conflict):
    """A withdrawn enquiry stays as it was."""

    code = "withdrawn"
    message = _("This enquiry has been withdrawn and cannot be changed.")


class NothingToConfirm(Conflict):
    """The imported value is no longer the one that was shown."""

    code = "nothing_to_confirm"
    message = _("This value has changed in the meantime. Look at it again before you confirm it.")


class NoTermsPublished(Conflict):
    """Without published terms nobody can accept them."""

    code = "no_terms_published"
    message = _("The operator has not published its confidentiality terms yet.")
