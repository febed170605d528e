"""The type-ahead: by keys, by pointer, by screen reader, and without JavaScript at all."""

import pytest
from playwright.async_api import Browser, Page

from tests.browser.served import Served
from tests.browser.visits import a_reader, violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def typed(page: Page, text: str) -> None:
    await page.goto("/terms?vocabulary=condition")
    await page.get_by_role("combobox", name="Find a term").focus()
    await page.keyboard.type(text)
    await page.get_by_role("listbox").wait_for()


@pytest.mark.parametrize("word", ["肺癌", "肺がん", "lung cancer", "NSCLC"])
async def test_every_writing_of_lung_cancer_is_suggested(chromium: Browser, served: Served, word: str) -> None:
    async with a_reader(chromium, served, None, "en") as reader:
        page = await reader.new_page()
        await typed(page, word)
        options = await page.get_by_role("option").all_inner_texts()
        assert any("Non-small cell lung cancer" in option and "非小細胞肺癌" in option for option in options)


async def test_a_term_is_chosen_with_keys_only_and_its_code_is_sent(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, None, "en") as reader:
        page = await reader.new_page()
        await typed(page, "asthma")
        field = page.get_by_role("combobox", name="Find a term")
        assert await field.get_attribute("aria-expanded") == "true"
        await page.keyboard.press("ArrowDown")
        active = await field.get_attribute("aria-activedescendant")
        assert await page.locator(f"#{active}").get_attribute("aria-selected") == "true"
        await page.keyboard.press("Enter")
        assert await field.get_attribute("aria-expanded") == "false"
        assert await field.input_value() == "Asthma"
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/terms/cond.asthma")


async def test_escape_closes_and_typing_on_forgets_the_choice(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, None, "en") as reader:
        page = await reader.new_page()
        await typed(page, "asthma")
        await page.get_by_role("option").first.click()
        assert await page.locator("input[type=hidden][name=q]").input_value() == "cond.asthma"
        await page.keyboard.type("x")
        assert await page.locator("input[type=hidden][name=q]").count() == 0
        await page.keyboard.press("Backspace")
        await page.get_by_role("listbox").wait_for()
        await page.keyboard.press("Escape")
        assert await page.get_by_role("listbox").count() == 0


async def test_what_happens_is_spoken_and_nothing_found_is_said(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, None, "en") as reader:
        page = await reader.new_page()
        await typed(page, "asthma")
        assert "Suggestions:" in await page.get_by_role("status").inner_text()
        await page.keyboard.type("qqq")
        await page.get_by_text("No suggestion.").wait_for(state="attached")
        assert await page.get_by_role("listbox").count() == 0


async def test_the_open_list_has_no_flaw_that_axe_knows(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, None, "en") as reader:
        page = await reader.new_page()
        await typed(page, "lung")
        await page.keyboard.press("ArrowDown")
        assert await violations(page) == []
        await page.set_viewport_size({"width": 320, "height": 700})
        assert await page.evaluate("document.documentElement.scrollWidth") == 320


async def test_without_javascript_the_words_are_sent(chromium: Browser, served: Served) -> None:
    context = await chromium.new_context(base_url=served.url, locale="en", java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/terms")
    await page.get_by_label("Find a term").fill("肺がん")
    await page.get_by_role("button", name="Find").click()
    assert await page.get_by_role("link", name="Non-small cell lung cancer", exact=True).count() == 1
    await context.close()
