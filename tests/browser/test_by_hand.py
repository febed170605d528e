"""What a person does who uses keys only, or changes the language half way."""

import pytest
from playwright.async_api import Browser

from app.identity.rules import Role
from tests.browser.served import Served
from tests.browser.visits import a_reader

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_first_key_leads_past_the_navigation(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, None, "en") as reader:
        page = await reader.new_page()
        await page.goto("/")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.id") == "field-nct"


async def test_every_stop_of_the_tab_key_is_seen(chromium: Browser, served: Served) -> None:
    """Everything that can be used is reached with Tab, and shows that it is."""
    async with a_reader(chromium, served, None, "ja") as reader:
        page = await reader.new_page()
        await page.goto("/sign-up")
        usable = await page.locator("a[href], button, input:not([type=hidden]), select, textarea").count()
        for _stop in range(usable):
            await page.keyboard.press("Tab")
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
            assert outline == "3px", await page.evaluate("document.activeElement.outerHTML")
        assert await page.evaluate("document.activeElement.closest('footer, main, header') !== null")


async def test_a_form_is_filled_in_and_sent_with_keys_only(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, None, "en") as reader:
        page = await reader.new_page()
        await page.goto("/sign-in")
        await page.get_by_label("Work mail address").focus()
        await page.keyboard.type("not an address")
        await page.keyboard.press("Enter")
        await page.get_by_role("alert").wait_for()
        assert await page.title() == "Error: Sign in | Madoguchi 窓口"
        assert await page.get_by_label("Work mail address").input_value() == "not an address"
        assert await page.get_by_label("Work mail address").get_attribute("aria-invalid") == "true"
        await page.get_by_role("alert").get_by_role("link").press("Enter")
        assert await page.evaluate("document.activeElement.id") == "field-email"


async def test_the_other_language_shows_the_same_page(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, None, "en") as reader:
        page = await reader.new_page()
        await page.goto("/sign-in?next=%2Fpeople")
        await page.get_by_role("button", name="日本語").click()
        assert page.url == f"{served.url}/sign-in?next=%2Fpeople"
        assert await page.get_attribute("html", "lang") == "ja"
        await page.goto("/")
        assert await page.get_attribute("html", "lang") == "ja"


async def test_an_officer_signs_out(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, Role.STAFF, "ja") as reader:
        page = await reader.new_page()
        await page.goto("/people")
        await page.get_by_role("button", name="サインアウト").click()
        await page.goto("/people")
        assert "/sign-in" in page.url
