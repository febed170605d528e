"""Who is asking: everybody enters through here, and each door says which roles it lets in."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request

from app.asking.cookies import session_cookie
from app.asking.transaction import InSettings, Now, Sessions, Transaction
from app.ground.errors import NotFound, Refused
from app.ground.i18n import _
from app.identity.queries import actor_of_session
from app.identity.rules import VISITOR, Actor
from app.identity.standing import stand_as


class NotSignedIn(Refused):
    """This door is for people who have signed in; pages lead to the sign-in page instead of saying so."""

    code = "not_signed_in"
    message = _("Sign in to see this.")

    def __init__(self, next_path: str = "/") -> None:
        super().__init__()
        self.next_path = next_path


async def who_asks(request: Request, session: Transaction, settings: InSettings, now: Now) -> Actor:
    """Return the signed-in person, or a visitor; the transaction stands as them from here on."""
    token = request.cookies.get(session_cookie(settings))
    actor = await actor_of_session(session, token, now=now) if token else None
    actor = actor or VISITOR
    await stand_as(session, actor)
    request.state.actor = actor
    return actor


Asker = Annotated[Actor, Depends(who_asks)]


async def signed_in(request: Request, actor: Asker) -> Actor:
    """Let in whoever has signed in. Raises NotSignedIn."""
    if actor.is_visitor:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise NotSignedIn(asked if request.method == "GET" else "/")
    return actor


SignedIn = Annotated[Actor, Depends(signed_in)]


async def staff_only(actor: SignedIn) -> Actor:
    """Let in officers of the window; to others there is nothing here."""
    return _only(actor, allowed=actor.is_staff)


async def sponsor_only(actor: SignedIn) -> Actor:
    """Let in members of an organisation that enquires."""
    return _only(actor, allowed=actor.is_sponsor)


async def coordinator_only(actor: SignedIn) -> Actor:
    """Let in coordinators of institutions."""
    return _only(actor, allowed=actor.is_coordinator)


async def figures_reader(actor: SignedIn) -> Actor:
    """Let in those who may read the figures down to the case."""
    return _only(actor, allowed=actor.may_read_figures)


async def administrator_only(actor: SignedIn) -> Actor:
    """Let in administrators."""
    return _only(actor, allowed=actor.is_administrator)


async def records_keeper(actor: SignedIn) -> Actor:
    """Let in officers and administrators, who look after what the registries give."""
    return _only(actor, allowed=actor.is_staff or actor.is_administrator)


async def records_keeper_first(request: Request, sessions: Sessions, settings: InSettings, now: Now) -> Actor:
    """Know who asks before a large body is read, in a transaction that is over by then."""
    async with sessions.begin() as session:
        actor = await who_asks(request, session, settings, now)
    return await records_keeper(await signed_in(request, actor))


def _only(actor: Actor, *, allowed: bool) -> Actor:
    if not allowed:
        raise NotFound
    return actor


StaffOnly = Annotated[Actor, Depends(staff_only)]
SponsorOnly = Annotated[Actor, Depends(sponsor_only)]
CoordinatorOnly = Annotated[Actor, Depends(coordinator_only)]
FiguresReader = Annotated[Actor, Depends(figures_reader)]
AdministratorOnly = Annotated[Actor, Depends(administrator_only)]
RecordsKeeper = Annotated[Actor, Depends(records_keeper)]
RecordsKeeperFirst = Annotated[Actor, Depends(records_keeper_first)]


def sign_in_path(next_path: str) -> str:
    """Return the address of the sign-in page that leads back to where somebody was going."""
    return "/sign-in" if next_path in {"", "/"} else f"/sign-in?next={quote(next_path, safe='')}"


def safe_path(path: str | None) -> str:
    """Return a path inside this service to go on to, or "/": never another site's address."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return "/"
    return path
