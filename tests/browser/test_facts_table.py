"""The facts table by the keyboard alone; nothing here is saved, because other tests read the same demonstration."""

import pytest
from playwright.async_api import Browser, Dialog

from app.identity.rules import Role
from tests.browser.served import Served
from tests.browser.visits import a_reader

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
ACTIVE = "document.activeElement.name"


async def test_arrows_lead_along_a_column_and_the_page_counts_what_changed(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, Role.COORDINATOR, "ja") as reader:
        page = await reader.new_page()
        await page.goto("/desk")
        await page.get_by_role("link", name="登録項目", exact=True).click()
        await page.get_by_role("textbox", name="病床数の登録内容", exact=True).focus()
        await page.keyboard.press("ArrowDown")
        assert await page.evaluate(ACTIVE) == "site.staff.total:value"
        await page.keyboard.type("77")
        said = page.locator("[data-changed]")
        assert await said.inner_text() == "変更あり：1件"
        await page.locator("[name='fih.unit:state']").focus()
        await page.keyboard.press("Control+ArrowDown")
        assert await page.evaluate(ACTIVE) != "fih.unit:state"
        await page.locator("[name='fih.unit:still']").focus()
        await page.keyboard.press("Space")
        assert await said.inner_text() == "変更あり：2件"


async def test_leaving_with_unsaved_changes_is_asked_about(chromium: Browser, served: Served) -> None:
    async with a_reader(chromium, served, Role.COORDINATOR, "ja") as reader:
        page = await reader.new_page()
        asked: list[str] = []

        async def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            await dialog.accept()

        page.on("dialog", stay)
        await page.goto("/desk")
        await page.get_by_role("link", name="登録項目", exact=True).click()
        await page.locator("[name='site.beds_total:value']").fill("901")
        await page.goto("/sites")
        assert asked == ["beforeunload"]
