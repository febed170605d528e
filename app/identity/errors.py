"""Ways to be refused at the door of the house."""

from app.ground.errors import Conflict, NotAllowed
from app.ground.i18n import _


class LinkNotUsable(Conflict):
    """The link is unknown, used or too old: the same words for all three."""

    code = "link_not_usable"
    message = _("This link has been used already or is too old. Ask for a new one.")


class MayNotInvite(NotAllowed):
    """This role does not invite to that role or institution."""

    code = "may_not_invite"
    message = _("Your role does not allow you to invite people to this role.")


class RolesExclude(Conflict):
    """One account may not be both."""

    code = "roles_exclude"
    message = _(
        "One account cannot hold this role together with the roles it has: nobody judges an answer of their own "
        "institution or company."
    )


class LastMember(Conflict):
    """An organisation or the operator would be left without anybody who can sign in."""

    code = "last_member"
    message = _("This is the last person with this role. Invite somebody else before you end this membership.")


class HandOverFirst(Conflict):
    """A coordinator leaves by handing over, so that nothing of the hospital is left without anybody."""

    code = "hand_over_first"
    message = _("A coordinator leaves by handing over. Use the hand-over page and say who follows.")


class InvitationOver(Conflict):
    """An invitation was accepted, withdrawn or has run out."""

    code = "invitation_over"
    message = _("This invitation has been accepted or withdrawn already, or has run out.")
