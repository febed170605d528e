"""Finding trials as a person does: by words of either language, by keyboard, with figures that arrive, and taken away."""

import csv
import io

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.served import Served
from tests.browser.visits import a_reader, violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def searched(page: Page, words: str, button: str) -> list[str]:
    """Type words as a reader does, wait for the figures, and return the numbers of the hits."""
    await page.goto("/trials")
    await page.get_by_role("searchbox").focus()
    await page.keyboard.type(words)
    await page.get_by_role("button", name=button).press("Enter")
    await page.wait_for_url("**q=**")
    await expect(page.locator(".facet .number").first).to_be_visible()
    links = await page.locator(".hits h3 a").all()
    return [str(await link.get_attribute("href")) for link in links]


async def test_words_of_both_languages_find_the_same_trials(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, None, "ja") as reader:
        japanese = await searched(await reader.new_page(), "肺癌", "検索")
    async with a_reader(chromium, served, None, "en") as reader:
        assert sorted(await searched(await reader.new_page(), "lung cancer", "Search")) == sorted(japanese) != []


async def test_a_filter_is_chosen_by_keyboard_and_the_result_is_shared_and_taken_away(
    chromium: Browser, served: Served
) -> None:
    async with a_reader(chromium, served, None, "en") as reader:
        page = await reader.new_page()
        await searched(page, "sample", "Search")
        assert await violations(page) == []
        choice = page.locator("#status-recruiting")
        number = int(await choice.locator(".number").evaluate("e => e.firstChild.textContent"))
        await choice.focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**status=recruiting**")
        await expect(page.get_by_role("status")).to_contain_text(f"{number} trial")
        assert await page.locator(".hit").count() == number
        assert await page.get_by_role("searchbox").input_value() == "sample"
        await expect(page.locator(".facet .number").first).to_be_visible()
        assert await violations(page) == []
        shared = page.url
        async with page.expect_download() as saved:
            await page.get_by_role("link", name="CSV for spreadsheet programs").click()
        file = await (await saved.value).path()
        assert len(list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))) == number
    async with a_reader(chromium, served, None, "ja") as other:
        page = await other.new_page()
        await page.set_viewport_size({"width": 320, "height": 700})
        await page.goto(shared)
        assert await page.locator(".hit").count() == number
        await page.locator("details.fold > summary").press("Enter")
        await expect(page.locator("#status-recruiting")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") == 320
        await page.get_by_role("link", name="進捗状況：募集中").press("Enter")
        await page.wait_for_url(lambda address: "status" not in address)
        assert await page.locator(".hit").count() > number


async def test_without_javascript_a_link_counts(chromium: Browser, served: Served) -> None:
    context = await chromium.new_context(base_url=served.url, locale="en", java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/trials?q=sample")
    assert await page.locator(".facet .number").count() == 0
    await page.get_by_role("link", name="Count all and show figures beside the filters").click()
    assert await page.locator(".facet .number").count() > 3
    await context.close()
