"""Ways in which the case desk refuses, each a whole sentence.

NotFound
├── NoSuchConsultation
└── NoSuchRequest
Conflict
├── WrongStage         not at this stage of the path
├── HasEnded           referred, out of scope, withdrawn, merged or closed
├── NoMatchYet         a list is released from a match
├── NotOnTheList       only released institutions are asked
├── OutcomeIsFinal     a site has heard its last word
├── NotThisOutcome     what the site answered does not allow it
└── SitesStillWait     an asked site has no final outcome
"""

from app.ground.errors import Conflict, NotFound
from app.ground.i18n import _


class NoSuchConsultation(NotFound):
    """There is no such case, or it is not this reader's to see."""


class NoSuchRequest(NotFound):
    """This institution was not asked, or it is not the reader's."""


class WrongStage(Conflict):
    """The case does not stand where this can be done."""

    code = "wrong_stage"
    message = _("This cannot be done at the stage that the case has reached: %(number)s %(stage)s.")


class HasEnded(Conflict):
    """Nothing more can be changed."""

    code = "has_ended"
    message = _("This case has ended and can no longer be changed: %(state)s.")


class NoMatchYet(Conflict):
    """There is nothing to release."""

    code = "no_match_yet"
    message = _("Match the institutions first: a list is released from the result of a match.")


class NotOnTheList(Conflict):
    """Somebody asked an institution that the sponsor has not been shown."""

    code = "not_on_the_list"
    message = _("Only institutions on a released list can be asked. Release a list that names them first.")


class OutcomeIsFinal(Conflict):
    """The site has heard its last word."""

    code = "outcome_is_final"
    message = _("The outcome of this request is already final: %(outcome)s.")


class NotThisOutcome(Conflict):
    """A site that refused is never "not selected", and who has not answered is not decided on."""

    code = "not_this_outcome"
    message = _("This outcome does not fit what the site answered: %(outcome)s.")


class SitesStillWait(Conflict):
    """An asked site waits for its outcome."""

    code = "sites_still_wait"
    message = _("This case cannot close yet: %(waiting)s of its asked sites have no final outcome.")
