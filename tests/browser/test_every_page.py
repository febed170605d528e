"""Every page, in both languages, for everybody who can see it: accessible, narrow enough, silent."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from app.ground.i18n import LOCALES, Locale
from app.identity.rules import Role
from tests.browser.served import Served
from tests.browser.visits import Findings, visit_all

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
READERS = [(role, language) for role in (None, *Role) for language in LOCALES]


@pytest_asyncio.fixture(
    scope="session",
    loop_scope="session",
    params=READERS,
    ids=lambda reader: f"{reader[0] or 'visitor'}-{reader[1]}",
)
async def findings(
    request: pytest.FixtureRequest, chromium: Browser, served: Served
) -> AsyncIterator[tuple[Role | None, Locale, Findings]]:
    role, language = request.param
    yield role, language, await visit_all(chromium, served, role, language)


Found = tuple[Role | None, Locale, Findings]


async def test_the_walk_reaches_more_than_the_first_page(findings: Found) -> None:
    role, _language, found = findings
    assert {"/", "/sign-in"} <= set(found.visited)
    assert role is None or "/sessions" in found.visited
    assert found.wrong_language == []


async def test_axe_finds_nothing(findings: Found) -> None:
    assert findings[2].inaccessible == []


async def test_nothing_sticks_out_at_320_pixels(findings: Found) -> None:
    assert findings[2].too_wide == []


async def test_the_console_stays_silent(findings: Found) -> None:
    """Errors and breaches of the content security policy are written there."""
    assert findings[2].console == []
