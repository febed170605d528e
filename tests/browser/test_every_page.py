"""Every page, in both languages, for everybody who can see it: accessible, narrow enough, silent."""

import pytest
from playwright.async_api import Browser

from app.ground.i18n import LOCALES, Locale
from app.identity.rules import Role
from tests.browser.served import Served
from tests.browser.visits import visit_all

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("role", [None, *Role])
async def test_axe_a_narrow_window_and_the_console_find_nothing_on_any_page(
    role: Role | None, language: Locale, chromium: Browser, served: Served
) -> None:
    """The console is where errors and breaches of the content security policy are written."""
    findings = await visit_all(chromium, served, role, language)
    assert "/" in findings.visited
    assert ("/sign-up" if role is None else "/sessions") in findings.visited
    assert findings.wrong() == {}
