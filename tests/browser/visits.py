"""Visits every page that a reader can reach, once, and notes what axe, the console and a narrow window say."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files

import httpx
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from app.asking.cookies import session_cookie, visitor_cookie
from app.ground.i18n import Locale
from app.identity.rules import Role
from app.main import create_app
from tests.browser.served import Served
from tests.pages.readings import VISITOR_TOKEN
from tests.pages.walk import Seen, is_page, walk

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# So many pages of one route are looked at: a browser takes a second for each.
# In the language that the readers of a role mostly read, so many; in the other, one.
OF_ONE_ROUTE = 2
READ_JAPANESE = {Role.COORDINATOR, Role.STAFF, Role.OBSERVER}
READ_BY_VISITORS: dict[tuple[str, Locale, int], dict[str, str]] = {}
# What was looked at in a language, word for word; another reader's header is looked at on the pages of their own.
LOOKED_AT: dict[tuple[str, Locale], set[str]] = {}
NARROW, WIDE = {"width": 320, "height": 700}, {"width": 1440, "height": 900}


@dataclass
class Findings:
    """What was wrong, each with the address of its page."""

    reader: str
    visited: list[str] = field(default_factory=list)
    inaccessible: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    wrong_language: list[str] = field(default_factory=list)

    def wrong(self) -> dict[str, list[str]]:
        """Return what was found, by kind; nothing where all is well."""
        found = {name: getattr(self, name) for name in ("inaccessible", "too_wide", "console", "wrong_language")}
        return {name: lines for name, lines in found.items() if lines}


def cookies_of(served: Served, token: str | None, language: Locale) -> list[dict[str, str]]:
    """Return the cookies of a reader, as Playwright takes them."""
    who = {session_cookie(served.settings): token} if token else {visitor_cookie(served.settings): VISITOR_TOKEN}
    held = {"language": language, **who}
    return [{"name": name, "value": value, "url": served.url} for name, value in held.items()]


async def reachable(served: Served, token: str | None, language: Locale, of_one_route: int) -> list[Seen]:
    """Return the pages that a reader can reach; of what a visitor reads word for word too, only the first page."""
    pages = await _walked(served, token, language, of_one_route)
    if token is None:
        return pages
    for_all = await _what_a_visitor_reads(served, language, of_one_route)
    return [seen for seen in pages if seen.address == "/" or for_all.get(seen.address) != _main(seen)]


async def _what_a_visitor_reads(served: Served, language: Locale, of_one_route: int) -> dict[str, str]:
    """Return what a visitor reads at each address; walked once, since the pages do not change while they are read."""
    asked = (served.url, language, of_one_route)
    if asked not in READ_BY_VISITORS:
        pages = await _walked(served, None, language, of_one_route)
        READ_BY_VISITORS[asked] = {seen.address: _main(seen) for seen in pages}
    return READ_BY_VISITORS[asked]


async def _walked(served: Served, token: str | None, language: Locale, of_one_route: int) -> list[Seen]:
    cookies = {cookie["name"]: cookie["value"] for cookie in cookies_of(served, token, language)}
    async with httpx.AsyncClient(base_url=served.url, cookies=cookies, timeout=30) as client:
        pages = await walk(client, create_app(served.settings), *served.starts, of_one_route=of_one_route)
    return [seen for seen in pages if is_page(seen)]


def _not_yet(served: Served, language: Locale, pages: list[Seen]) -> list[Seen]:
    """Leave out what an earlier reader was shown word for word in this language, but for the first and the last page."""
    before = LOOKED_AT.setdefault((served.url, language), set())
    fresh = [seen for seen in pages if seen.address in ("/", "/sessions") or _main(seen) not in before]
    before.update(map(_main, pages))
    return fresh


def _main(seen: Seen) -> str:
    return seen.html.partition("<main")[2].partition("</main>")[0]


@asynccontextmanager
async def a_reader(
    chromium: Browser, served: Served, role: Role | None, language: Locale
) -> AsyncIterator[BrowserContext]:
    """A browser of somebody of a role (or a visitor), reading a language."""
    token = await served.token(role) if role else None
    context = await chromium.new_context(viewport=WIDE, base_url=served.url, locale=language)
    await context.add_cookies(cookies_of(served, token, language))  # type: ignore[arg-type]
    yield context
    await context.close()


async def visit_all(chromium: Browser, served: Served, role: Role | None, language: Locale) -> Findings:
    """Look at every reachable page, at 1,440 px with axe and at 320 px for what sticks out."""
    findings = Findings(f"{role or 'visitor'}.{language}")
    token = await served.token(role) if role else None
    own_language = (language == "ja") == (role in READ_JAPANESE)
    pages = _not_yet(served, language, await reachable(served, token, language, OF_ONE_ROUTE if own_language else 1))
    refused = {f"{served.url}{seen.address}" for seen in pages if seen.status >= 400}
    async with a_reader(chromium, served, role, language) as reader:
        page = await reader.new_page()
        page.on("console", lambda said: _note(findings, refused, said))
        page.on("pageerror", lambda error: findings.console.append(f"{page.url} {error}"))
        for seen in pages:
            await _look(page, seen, language, findings)
    return findings


def _note(findings: Findings, refused: set[str], said: ConsoleMessage) -> None:
    """Keep an error, except Chromium's own remark that a page which refuses did refuse."""
    if said.type == "error" and said.location["url"] not in refused:
        findings.console.append(f"{said.location['url']} {said.text}")


async def _look(page: Page, seen: Seen, language: Locale, findings: Findings) -> None:
    await page.goto(seen.address)
    findings.visited.append(seen.address)
    if await page.get_attribute("html", "lang") != language:
        findings.wrong_language.append(seen.address)
    await _picture(page, seen, findings, WIDE)
    for violation in await violations(page):
        findings.inaccessible.append(f"{seen.address} {violation}")
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    await _picture(page, seen, findings, NARROW)
    width = await page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW["width"]:
        findings.too_wide.append(f"{seen.address} is {width} px wide: {await _widest(page)}")
    await page.set_viewport_size(WIDE)  # type: ignore[arg-type]


async def _picture(page: Page, seen: Seen, findings: Findings, size: dict[str, int]) -> None:
    """Keep a picture of the page where SCREENS names a folder (`make screens`)."""
    folder = os.environ.get("SCREENS")
    if folder:
        name = re.sub(r"[^A-Za-z0-9-]+", "_", seen.address).strip("_")[:60] or "home"
        await page.screenshot(path=f"{folder}/{findings.reader}.{name}.{size['width']}.png", full_page=True)


async def violations(page: Page) -> list[str]:
    """Return what axe-core finds on a page, one line per rule with the first places."""
    await page.evaluate(AXE)
    # What is in order is not told: of a table of a hundred rows that would be most of the time.
    options = {"runOnly": RULES, "resultTypes": ["violations"], "reporter": "no-passes", "preload": False}
    result = await page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in result["violations"]
    ]


async def _widest(page: Page) -> str:
    return str(
        await page.evaluate(
            """() => [...document.querySelectorAll('main *, header *, footer *')]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ')"""
        )
    )
