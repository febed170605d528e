"""The demonstration, its readers, and a catalogue in brackets."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.templates import environment
from app.identity import queries
from app.identity.actions import demonstration_link
from app.identity.rules import Role
from app.seeding import seed_demonstration
from app.settings import Settings
from tests import make
from tests.conftest import NOW, SignIn
from tests.ground.test_inbox import caught
from tests.pages.pseudo import speak_in_brackets


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """The demonstration's settings: mail is caught, and one was."""
    caught(tmp_path / "mail", "サインイン用のリンク", 1)
    return settings.model_copy(update={"mail_catcher_dir": tmp_path / "mail"})


@pytest.fixture
async def link(session: AsyncSession, settings: Settings) -> str:
    """The address of a mailed link of the demonstration, which is loaded for it."""
    async for _said in seed_demonstration(session, settings, now=NOW):
        pass
    (person, _membership), *_others = await queries.demonstration_people(session)
    secret = settings.secret_key.get_secret_value()
    token = demonstration_link(session, person, secret=secret, lifetime=timedelta(minutes=15), now=NOW)
    await session.commit()
    return f"/sign-in/use?token={token}"


@pytest.fixture
def brackets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every translation stands in brackets until the test ends."""
    speak_in_brackets(monkeypatch)
    yield
    environment.cache_clear()


@pytest.fixture
def read_by(
    session: AsyncSession, client: httpx.AsyncClient, browser_of: SignIn, link: str
) -> Callable[[Role | None], Awaitable[httpx.AsyncClient]]:
    """A function that returns the browser of the demonstration's first person of a role, or a visitor's."""

    async def opened(role: Role | None) -> httpx.AsyncClient:
        if role is None:
            return client
        people = await queries.demonstration_people(session)
        found = [person for person, membership in people if membership.role is role]
        person = found[0] if found else await make.a_member(session, role, await make.an_organisation(session))
        return await browser_of(person)  # type: ignore[no-any-return, misc]

    return opened
