"""No sentence is left untranslated: with a catalogue that brackets what it translates, every page and mail is read."""

from collections.abc import Awaitable, Callable

import jinja2
import jinja2.meta
import pytest
from fastapi import FastAPI

from app.ground.i18n import LOCALES, Locale
from app.ground.templates import TEMPLATE_FOLDER, environment
from app.identity.rules import Role
from tests.pages.visible import untranslated, untranslated_text
from tests.pages.walk import Seen, is_page, page_routes

MAILS = sorted(folder.name for folder in (TEMPLATE_FOLDER / "email").iterdir() if folder.is_dir())
PagesOf = Callable[..., Awaitable[list[Seen]]]


def loose(pages: list[Seen]) -> list[str]:
    return [f"{seen.address}: {words}" for seen in filter(is_page, pages) for words in untranslated(seen.html)]


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.usefixtures("brackets")
async def test_every_word_of_a_page_is_translated_or_marked_as_data(
    role: Role | None, language: Locale, pages_of: PagesOf
) -> None:
    pages = await pages_of(role, language)
    assert len(list(filter(is_page, pages))) > 3
    assert loose(pages) == []


async def test_every_page_is_reached_by_somebody(application: FastAPI, pages_of: PagesOf) -> None:
    """A page that nobody's links lead to would be checked by nobody."""
    pages = [seen for role in (None, *Role) for seen in await pages_of(role)]
    reached = {seen.route for seen in pages if seen.status == 200}
    assert page_routes(application).keys() - reached <= NOT_IN_THE_DEMONSTRATION


# Pages of things that the demonstration does not hold.
NOT_IN_THE_DEMONSTRATION = {
    "/enquiries/{enquiry_id}/follow",  # leads on to the case at once, except in the moment before it is open
}


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
    readers: dict[str, Callable[[str], list[str]]] = {"html": untranslated, "txt": untranslated_text}
    for part in ("subject.txt", "body.txt", "body.html"):
        name = f"email/{mail}/{part}"
        filled = {**dict.fromkeys(holes(spoken, name), "2026"), "public_url": "https://window.example"}
        text = spoken.get_template(name).render(**filled)
        assert readers[part.rpartition(".")[2]](text) == [], part
