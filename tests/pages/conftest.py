"""The demonstration, its readers, and a catalogue in brackets."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.cookies import visitor_cookie
from app.ground.templates import environment
from app.identity import queries
from app.identity.actions import demonstration_link
from app.identity.rules import Role
from app.seeding import seed_demonstration
from app.settings import Settings
from app.sites.seeding import demonstration_confirmations
from tests.conftest import NOW, SignIn
from tests.ground.test_inbox import caught
from tests.pages.partner_files import some_partner_files
from tests.pages.pseudo import speak_in_brackets
from tests.pages.readings import VISITOR_TOKEN, some_readings
from tests.pages.runs import some_runs
from tests.pages.sheets import some_sheets
from tests.pages.walk import OWN, Seen, walk


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """The demonstration's settings: mail is caught, and one was."""
    caught(tmp_path / "mail", "サインイン用のリンク", 1)
    return settings.model_copy(update={"mail_catcher_dir": tmp_path / "mail"})


@pytest.fixture
async def starts(session: AsyncSession, settings: Settings, client: httpx.AsyncClient) -> list[str]:
    """Where no link leads, in the demonstration, which is loaded: a mailed link, a visitor's readings."""
    async for _said in seed_demonstration(session, settings, now=NOW):
        pass
    (person, _membership), *_others = await queries.demonstration_people(session)
    secret = settings.secret_key.get_secret_value()
    token = demonstration_link(session, person, secret=secret, lifetime=timedelta(minutes=15), now=NOW)
    readings = await some_readings(session, VISITOR_TOKEN)
    ((_name, confirmation),) = await demonstration_confirmations(session, secret=secret, now=NOW)
    client.cookies.set(visitor_cookie(settings), VISITOR_TOKEN)
    await some_sheets(session)
    await some_partner_files(session)
    runs = await some_runs(session)
    await session.commit()
    return [f"/sign-in/use?token={token}", f"/confirm?token={confirmation}", *readings, *runs]


@pytest.fixture
def brackets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every translation stands in brackets until the test ends."""
    speak_in_brackets(monkeypatch)
    yield
    environment.cache_clear()


@pytest.fixture
def browsers_of(
    session: AsyncSession, client: httpx.AsyncClient, browser_of: SignIn, starts: list[str]
) -> Callable[[Role | None], Awaitable[list[httpx.AsyncClient]]]:
    """A function that returns the browsers of the demonstration's people of a role, or a visitor's."""

    async def opened(role: Role | None) -> list[httpx.AsyncClient]:
        if role is None:
            return [client]
        people = await queries.demonstration_people(session)
        held = [person for person, membership in people if membership.role is role]
        assert held, f"the demonstration has nobody who is {role}"
        return [await browser_of(person) for person in held]  # type: ignore[misc]

    return opened


@pytest.fixture
def pages_of(
    application: FastAPI, starts: list[str], browsers_of: Callable[[Role | None], Awaitable[list[httpx.AsyncClient]]]
) -> Callable[..., Awaitable[list[Seen]]]:
    """A function that returns what a role reads: everything as its first person does, and the others' own cases."""

    async def walked(role: Role | None, language: str | None = None) -> list[Seen]:
        seen: list[Seen] = []
        for browser in await browsers_of(role):
            if language:
                browser.cookies.set("language", language)
            seen += await walk(browser, application, *starts, only=OWN if seen else None)
        return seen

    return walked
