"""Signing in and out, and a company's first link; the answer never tells whether an address is known."""

from datetime import datetime, timedelta
from typing import Annotated, TypedDict
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from app.asking import limits
from app.asking.arrivals import on_arrival
from app.asking.cookies import drop, put, put_language, session_cookie
from app.asking.page import InPage, Page
from app.asking.transaction import InSettings, Now, Sessions, Transaction
from app.asking.who import Asker, SignedIn, safe_path
from app.ground.errors import Unacceptable
from app.ground.i18n import locale_of
from app.identity import actions, queries
from app.identity.models import Person
from app.identity.queries import actor_of
from app.identity.standing import stand_as
from app.settings import Settings

router = APIRouter()


class Making(TypedDict):
    """What making a link needs of the settings."""

    secret: str
    lifetime: timedelta


Text = Annotated[str, Form()]


@router.get("/sign-in")
async def ask(page: InPage, next_path: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Show the form for a link."""
    return page.show("sign_in/ask.html", errors={}, typed={"email": "", "next": safe_path(next_path)})


@router.post("/sign-in")
async def ask_for_link(
    request: Request,
    session: Transaction,
    sessions: Sessions,
    settings: InSettings,
    page: InPage,
    now: Now,
    email: Text = "",
    next_path: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Mail a link, whoever asks."""
    await _limit(request, sessions, email, now)
    try:
        await actions.ask_for_link(
            session, email=email, language=page.locale, next_path=safe_path(next_path), now=now, **_making(settings)
        )
    except Unacceptable as refusal:
        typed = {"email": email, "next": safe_path(next_path)}
        return page.show("sign_in/ask.html", status=422, errors=refusal.by_field(page.locale), typed=typed)
    return page.show("sign_in/sent.html", email=email.strip())


@router.get("/sign-up")
async def sign_up(page: InPage) -> Response:
    """Show the form of a new company."""
    return page.show("sign_in/sign_up.html", errors={}, typed={"email": "", "name": "", "company": ""})


@router.post("/sign-up")
async def join(
    request: Request,
    session: Transaction,
    sessions: Sessions,
    settings: InSettings,
    page: InPage,
    now: Now,
    email: Text = "",
    name: Text = "",
    company: Text = "",
) -> Response:
    """Mail a new company's first link, or a sign-in link where the address is known already."""
    await _limit(request, sessions, email, now)
    typed = {"email": email, "name": name, "company": company}
    try:
        await actions.ask_to_join(session, **typed, language=page.locale, next_path=None, now=now, **_making(settings))
    except Unacceptable as refusal:
        return page.show("sign_in/sign_up.html", status=422, errors=refusal.by_field(page.locale), typed=typed)
    return page.show("sign_in/sent.html", email=email.strip())


@router.get("/sign-in/use")
async def use(session: Transaction, page: InPage, now: Now, token: str = "") -> Response:
    """Show the button that uses a link; opening this page changes nothing, because mail scanners open links."""
    link = await queries.usable_link(session, token, now=now)
    if link is None:
        return page.show("sign_in/expired.html", status=410)
    asks_name = queries.is_invitation(link) and await queries.person_by_address(session, link.email) is None
    return page.show("sign_in/use.html", token=token, asks_name=asks_name, errors={}, typed={"name": ""})


@router.post("/sign-in/use")
async def use_link(
    request: Request,
    session: Transaction,
    sessions: Sessions,
    settings: InSettings,
    page: InPage,
    now: Now,
    token: Text = "",
    name: Text = "",
) -> Response:
    """Use a link: sign up, join or sign in."""
    network = limits.network_of(request)
    await limits.limit(sessions, "use_link", network, most=limits.LINK_USES_PER_NETWORK, now=now)
    try:
        person, link = await actions.use_link(session, token, name=name, now=now)
    except Unacceptable as refusal:
        return _asked_again(page, refusal, token, name)
    token = await actions.start_session(
        session,
        person,
        browser=request.headers.get("user-agent", ""),
        lifetime=timedelta(days=settings.session_days),
        now=now,
    )
    answer = page.redirect(await _where_to(request, session, person, link.next_path, now))
    put(answer, session_cookie(settings), token, lasts=timedelta(days=settings.session_days), settings=settings)
    put_language(answer, locale_of(person.language), settings)
    return answer


async def _where_to(
    request: Request, session: Transaction, person: Person, next_path: str | None, now: datetime
) -> str:
    """Let what a visitor had begun follow them in, and say where they go on."""
    actor = await actor_of(session, person.id)
    if actor is None:
        return "/"
    await stand_as(session, actor)
    followed = await on_arrival(request, session, actor, now)
    return followed or safe_path(next_path)


def _asked_again(page: Page, refusal: Unacceptable, token: str, name: str) -> Response:
    errors = refusal.by_field(page.locale)
    return page.show("sign_in/use.html", status=422, token=token, asks_name=True, errors=errors, typed={"name": name})


@router.post("/sign-out")
async def sign_out(session: Transaction, settings: InSettings, page: InPage, by: Asker, now: Now) -> Response:
    """End this session."""
    await actions.sign_out(session, by=by, now=now)
    answer = page.redirect("/")
    drop(answer, session_cookie(settings), settings)
    return answer


@router.post("/language")
async def choose_language(
    session: Transaction,
    settings: InSettings,
    page: InPage,
    by: Asker,
    language: Text = "en",
    next_path: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Keep the reader's language: in a cookie, and for a signed-in person's mails too."""
    chosen = locale_of(language)
    if not by.is_visitor:
        await actions.choose_language(session, chosen, by=by)
    answer = page.redirect(safe_path(next_path))
    put_language(answer, chosen, settings)
    return answer


@router.get("/sessions")
async def sessions(session: Transaction, page: InPage, reader: SignedIn, now: Now) -> Response:
    """List where the reader is signed in."""
    return page.show("people/sessions.html", sessions=await queries.sessions_of(session, reader, now=now))


@router.post("/sessions/{session_id}/revoke")
async def revoke(session_id: UUID, session: Transaction, page: InPage, by: SignedIn, now: Now) -> Response:
    """Sign one of the reader's browsers out."""
    await actions.revoke_session(session, session_id, by=by, now=now)
    return page.redirect("/sessions" if session_id != by.session_id else "/")


async def _limit(request: Request, sessions: Sessions, email: str, now: datetime) -> None:
    network = limits.network_of(request)
    await limits.limit(sessions, "sign_in_network", network, most=limits.SIGN_IN_PER_NETWORK, now=now)
    await limits.limit(sessions, "sign_in_address", email.strip().lower(), most=limits.SIGN_IN_PER_ADDRESS, now=now)


def _making(settings: Settings) -> Making:
    lifetime = timedelta(minutes=settings.sign_in_minutes)
    return Making(secret=settings.secret_key.get_secret_value(), lifetime=lifetime)
