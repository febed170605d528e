"""What people can do about accounts: ask for a link, use it, invite, leave, choose a language."""

from app.identity.actions.accounts import (
    choose_language,
    close_membership,
    create_administrator,
    end_membership,
    ensure_operator,
    invite,
    withdraw_invitation,
)
from app.identity.actions.attempts import note_attempt
from app.identity.actions.links import ask_for_link, ask_to_join, demonstration_link, link_token, use_link
from app.identity.actions.sessions import revoke_session, sign_out, start_session

__all__ = [
    "ask_for_link",
    "ask_to_join",
    "choose_language",
    "close_membership",
    "create_administrator",
    "demonstration_link",
    "end_membership",
    "ensure_operator",
    "invite",
    "link_token",
    "note_attempt",
    "revoke_session",
    "sign_out",
    "start_session",
    "use_link",
    "withdraw_invitation",
]
