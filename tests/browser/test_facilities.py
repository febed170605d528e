"""A facility text decided by one key, only where a text has the focus, and not at all once the keys are off."""

import pytest
from playwright.async_api import Browser

from app.identity.rules import Role
from tests.browser.served import Served
from tests.browser.visits import a_reader

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
FOCUSED = "document.activeElement.closest('tr')?.id ?? ''"


async def test_one_key_decides_leads_on_and_can_be_turned_off(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, Role.STAFF, "ja") as reader:
        page = await reader.new_page()
        await page.goto("/sites")
        await page.get_by_role("link", name="施設名の記載と医療機関").click()
        await page.get_by_text("判断待ちは3件です").wait_for()
        switch = page.get_by_role("checkbox", name="1つのキーで決定する")
        await page.keyboard.press("1")
        assert await page.evaluate(FOCUSED) == "", "nothing has the focus, so nothing is decided"
        await page.keyboard.press("s")
        first = await page.evaluate(FOCUSED)
        await switch.uncheck()
        await page.keyboard.press("s")
        assert await page.evaluate(FOCUSED) == ""
        await switch.check()
        await page.keyboard.press("s")
        assert await page.evaluate(FOCUSED) == first
        await page.keyboard.press("s")
        following = await page.evaluate(FOCUSED)
        assert following not in ("", first)
        await page.keyboard.press("s")
        await page.locator(f"#{first}").focus()
        async with page.expect_navigation():
            await page.keyboard.press("1")
        await page.get_by_text("判断待ちは2件です").wait_for()
        assert await page.evaluate(FOCUSED) == following, "the next text is ready for the next key"
        assert "見本大学病院" in await page.get_by_role("status").inner_text()
        # Other tests read the same demonstration.
        async with page.expect_navigation():
            await page.get_by_role("button", name="決定を取り消す").click()
        await page.get_by_text("判断待ちは3件です").wait_for()
