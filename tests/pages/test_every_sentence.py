"""No sentence is left untranslated: with a catalogue that brackets what it translates, every page and mail is read."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jinja2
import jinja2.meta
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.i18n import LOCALES, Locale
from app.ground.templates import TEMPLATE_FOLDER, environment
from app.identity import queries
from app.identity.actions import demonstration_link
from app.identity.rules import Role
from app.seeding import seed_demonstration
from app.settings import Settings
from tests import make
from tests.conftest import NOW, SignIn
from tests.ground.test_inbox import caught
from tests.pages.pseudo import speak_in_brackets
from tests.pages.visible import untranslated, untranslated_text
from tests.pages.walk import Seen, is_page, page_routes, walk

MAILS = sorted(folder.name for folder in (TEMPLATE_FOLDER / "email").iterdir() if folder.is_dir())


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
def brackets(monkeypatch: pytest.MonkeyPatch) -> Any:
    speak_in_brackets(monkeypatch)
    yield
    environment.cache_clear()


async def read_by(role: Role | None, session: AsyncSession, client: httpx.AsyncClient, browser_of: Any) -> Any:
    """Return the browser of the demonstration's first person of a role, or a visitor's."""
    if role is None:
        return client
    people = await queries.demonstration_people(session)
    found = [person for person, membership in people if membership.role is role]
    return await browser_of(
        found[0] if found else await make.a_member(session, role, await make.an_organisation(session))
    )


def loose(pages: list[Seen]) -> list[str]:
    return [f"{seen.address}: {words}" for seen in filter(is_page, pages) for words in untranslated(seen.html)]


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.usefixtures("brackets")
async def test_every_word_of_a_page_is_translated_or_marked_as_data(
    role: Role | None,
    language: Locale,
    application: FastAPI,
    session: AsyncSession,
    client: httpx.AsyncClient,
    browser_of: SignIn,
    link: str,
) -> None:
    browser = await read_by(role, session, client, browser_of)
    browser.cookies.set("language", language)
    pages = await walk(browser, application, link)
    assert len(list(filter(is_page, pages))) > 3
    assert loose(pages) == []


async def test_every_page_is_reached_by_somebody(
    application: FastAPI,
    session: AsyncSession,
    client: httpx.AsyncClient,
    browser_of: SignIn,
    link: str,
) -> None:
    """A page that nobody's links lead to would be checked by nobody."""
    reached: set[str] = set()
    for role in (None, *Role):
        pages = await walk(await read_by(role, session, client, browser_of), application, link)
        reached |= {seen.route for seen in pages if seen.status == 200}
    assert page_routes(application).keys() - reached == set()


def holes(environment: jinja2.Environment, name: str) -> set[str]:
    """Return what a mail template takes, with what it extends or includes."""
    tree = environment.parse((TEMPLATE_FOLDER / name).read_text())
    found = jinja2.meta.find_undeclared_variables(tree) - environment.globals.keys()
    for other in jinja2.meta.find_referenced_templates(tree):
        found |= holes(environment, other) if other else set()
    return found


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("mail", MAILS)
@pytest.mark.usefixtures("brackets")
def test_every_word_of_a_mail_is_translated_or_marked_as_data(mail: str, language: Locale) -> None:
    """The holes are filled with digits, so that every letter is the template's own; branches are read in house_rules."""
    spoken = environment(language)
    readers: dict[str, Callable[[str], list[str]]] = {
        "html": untranslated,
        "txt": untranslated_text,
    }
    for part in ("subject.txt", "body.txt", "body.html"):
        name = f"email/{mail}/{part}"
        filled = {**dict.fromkeys(holes(spoken, name), "2026"), "public_url": "https://window.example"}
        text = spoken.get_template(name).render(**filled)
        assert readers[part.rpartition(".")[2]](text) == [], part
