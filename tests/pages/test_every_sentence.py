"""No sentence is left untranslated: with a catalogue that brackets what it translates, every page and mail is read."""

from collections.abc import Callable
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
from app.identity.rules import Role
from app.seeding import seed_demonstration
from app.settings import Settings
from tests.conftest import NOW, SignIn
from tests.pages.pseudo import speak_in_brackets
from tests.pages.visible import untranslated, untranslated_text
from tests.pages.walk import Seen, page_routes, walk

MAILS = sorted(
    folder.name for folder in (TEMPLATE_FOLDER / "email").iterdir() if folder.is_dir()
)


@pytest.fixture
async def demonstration(session: AsyncSession, settings: Settings) -> None:
    async for _said in seed_demonstration(session, settings, now=NOW):
        pass
    await session.commit()


@pytest.fixture
def brackets(monkeypatch: pytest.MonkeyPatch) -> Any:
    speak_in_brackets(monkeypatch)
    yield
    environment.cache_clear()


async def read_by(
    role: Role | None, session: AsyncSession, client: httpx.AsyncClient, browser_of: Any
) -> Any:
    """Return the browser of the demonstration's first person of a role, or a visitor's."""
    if role is None:
        return client
    people = await queries.demonstration_people(session)
    return await browser_of(
        next(person for person, membership in people if membership.role is role)
    )


def loose(pages: list[Seen]) -> list[str]:
    return [
        f"{seen.address}: {words}"
        for seen in pages
        for words in untranslated(seen.html)
    ]


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.usefixtures("demonstration", "brackets")
async def test_every_word_of_a_page_is_translated_or_marked_as_data(
    role: Role | None,
    language: Locale,
    application: FastAPI,
    session: AsyncSession,
    client: httpx.AsyncClient,
    browser_of: SignIn,
) -> None:
    browser = await read_by(role, session, client, browser_of)
    browser.cookies.set("language", language)
    pages = await walk(browser, application)
    assert len(pages) > 3
    assert loose(pages) == []


@pytest.mark.usefixtures("demonstration")
async def test_every_page_is_reached_by_somebody(
    application: FastAPI,
    session: AsyncSession,
    client: httpx.AsyncClient,
    browser_of: SignIn,
) -> None:
    """A page that nobody's links lead to would be checked by nobody."""
    reached: set[str] = set()
    for role in (None, *Role):
        pages = await walk(
            await read_by(role, session, client, browser_of), application
        )
        reached |= {seen.route for seen in pages if seen.status == 200}
    assert page_routes(application).keys() - reached == UNREACHED


# Not pages: files to download, and what needs something that only a mail or a running registry brings.
UNREACHED: set[str] = set()


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
def test_every_word_of_a_mail_is_translated_or_marked_as_data(
    mail: str, language: Locale
) -> None:
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
