"""The running service and the people around it: a registry over HTTP, a real mail server, a browser for each person."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

from playwright.async_api import Browser, Locator, Page

from app.ground.i18n import Locale, catalogue
from app.settings import Settings
from tests.browser.served import Served, load_demonstration
from tests.processes.fleet import Fleet, PostOffice, a_free_port

PATIENCE = 60_000  # milliseconds; the machine may be busy


@dataclass(frozen=True)
class Somebody:
    """A person at a browser, who reads one language: words of the product are given in English and read in theirs."""

    page: Page
    language: Locale

    def words(self, sentence: str) -> str:
        """Return a sentence of the product as this person reads it."""
        return catalogue(self.language).gettext(sentence)

    async def opens(self, address: str) -> int:
        """Go to an address and return its status."""
        answer = await self.page.goto(address)
        return answer.status if answer else 0

    async def presses(self, button: str) -> None:
        """Press the first button with this word, and wait for the page that it leads to."""
        async with self.page.expect_navigation():
            await self.page.get_by_role("button", name=self.words(button), exact=True).first.click()

    async def follows(self, link: str) -> None:
        """Follow the first link with this word."""
        async with self.page.expect_navigation():
            await self.page.get_by_role("link", name=self.words(link), exact=True).first.click()

    def field(self, name: str) -> Locator:
        """Return the visible input of a field."""
        return self.page.locator(f'main [name="{name}"]:not([type=hidden])').first

    async def types(self, **typed: str) -> None:
        """Type into fields."""
        for name, value in typed.items():
            await self.field(name).fill(value)

    async def chooses(self, **chosen: str) -> None:
        """Tick a radio or checkbox, or choose of a list."""
        for name, value in chosen.items():
            option = self.page.locator(f'main input[name="{name}"][value="{value}"]')
            if await option.count():
                await option.first.check()
            else:
                await self.page.locator(f'main select[name="{name}"]').select_option(value)

    async def sees(self, text: str) -> None:
        """Wait until a text is visible."""
        await self.page.get_by_text(text).first.wait_for()

    async def main(self) -> str:
        """Return the words of the page's main part."""
        return await self.page.locator("main").inner_text()


@dataclass(frozen=True)
class Scene:
    """Where the service answers, and where its mails arrive."""

    url: str
    office: PostOffice
    chromium: Browser

    async def somebody(self, language: Locale) -> Somebody:
        """Seat a person at a browser of their own."""
        context = await self.chromium.new_context(base_url=self.url, locale=language)
        context.set_default_timeout(PATIENCE)
        return Somebody(await context.new_page(), language)

    async def signed_in(self, address: str, language: Locale) -> Somebody:
        """Sign somebody in by the link in their mail."""
        person = await self.somebody(language)
        await person.opens("/sign-in")
        await person.types(email=address)
        await person.presses("Send the link")
        await self.uses_link(person, address, "Your sign-in link")
        return person

    async def uses_link(self, person: Somebody, address: str, subject: str) -> None:
        """Open the link of a mail and press the button on its page."""
        await person.opens(await self.link(address, person.words(subject), "/sign-in/use"))
        await person.presses("Sign in now")

    async def link(self, address: str, subject: str, page: str) -> str:
        """Return the newest link to a page in a mail to an address with these words in its subject."""
        mail = await self.mail(address, subject)
        text = mail.get_payload(0).get_payload(decode=True).decode()  # type: ignore[union-attr]
        link = re.search(rf"http://\S+{re.escape(page)}\?token=\S+", text)
        assert link, text
        return link[0]

    async def mail(self, address: str, subject: str) -> Message:
        """Wait for the newest mail to an address with these words in its subject."""
        for _look in range(600):
            with self.office.lock:
                taken = [mail for mail in self.office.taken if mail["To"] == address and subject in subject_of(mail)]
            if taken:
                return taken[-1]
            await asyncio.sleep(0.1)
        raise AssertionError(f"no mail to {address} about {subject}")


@contextmanager
def played(settings: Settings, chromium: Browser, folder: Path) -> Iterator[Scene]:
    """Set the scene: the demonstration in the database that the settings name, one web process, one worker, mails."""
    office = PostOffice()
    mail_server = office.open()
    port = a_free_port()
    settings = settings.model_copy(
        update={"public_url": f"http://127.0.0.1:{port}", "smtp_url": f"smtp://127.0.0.1:{mail_server.port}"}
    )
    Served(settings.public_url, settings).ask(lambda session: load_demonstration(session, settings))
    fleet = Fleet(settings, folder)
    try:
        fleet.workers(1)
        yield Scene(fleet.web(port), office, chromium)
    finally:
        fleet.stop()
        mail_server.stop()


def subject_of(mail: Message) -> str:
    """Return the subject of a mail in plain letters."""
    return str(make_header(decode_header(str(mail["Subject"]))))
