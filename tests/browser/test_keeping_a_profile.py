"""A hospital keeps its profile true in a few minutes, and a sponsor's match shows it at once.

Real processes (one web, one worker), a real mail server, Excel files, and three people at their browsers.
"""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.async_api import Browser
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.calendar import in_japan
from app.ground.formats import day_text
from app.settings import Settings
from app.sites.models import Fact
from app.sites.seeding import institution_id
from tests.browser.scene import Scene, Somebody, played
from tests.browser.served import Served
from tests.databases import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
OFFICER = "officer@window.example"
COORDINATOR = "coordinator@fictional-memorial.example"
SPONSOR = "lead@placeholder-pharma.example"
CODE, HOSPITAL, HOSPITAL_JA = "DEMO-03", "Fictional Memorial Hospital", "架空記念病院"
STALE = ("dct.econsent", "dct.telemedicine", "site.beds_total")
LONG_AGO = timedelta(days=800)


async def age(session: AsyncSession) -> None:
    """Let three facts of the hospital have been said more than two years ago."""
    now = datetime.now(UTC)
    current = select(Fact).where(Fact.institution_id == institution_id(CODE), Fact.superseded_at.is_(None))
    for fact in list(await session.scalars(current.where(Fact.capability_code.in_(STALE)))):
        fact.superseded_at = now
        await session.flush()
        old = {column.name: getattr(fact, column.name) for column in Fact.__table__.columns}
        old |= {"as_of": in_japan(now - LONG_AGO), "confirmed_at": now - LONG_AGO, "recorded_at": now}
        del old["id"]
        session.add(Fact(**old | {"superseded_at": None}))


@pytest.fixture
def scene(server: Server, own_database: str, chromium: Browser, tmp_path: Path) -> Iterator[Scene]:
    """The demonstration with a hospital of which three facts are due again, served by real processes."""
    settings = Settings(_env_file=None, environment="test", database_url=server.url(own_database, "service"))
    with played(settings, chromium, tmp_path) as scene:
        Served(scene.url, settings).ask(age)
        yield scene


async def test_a_coordinator_keeps_the_profile_true_and_the_sponsor_sees_it_at_once(
    scene: Scene, tmp_path: Path
) -> None:
    sponsor = await scene.signed_in(SPONSOR, "en")
    picture = await finds_the_picture(sponsor)
    before = await said_of_the_hospital(sponsor, picture)
    assert "to be renewed" in before
    assert "Forms from the third phase on" not in before

    officer = await scene.signed_in(OFFICER, "ja")
    await asks_for_the_confirmation(officer)
    await confirms_by_link(scene)

    coordinator = await scene.signed_in(COORDINATOR, "ja")
    await fixes_three_stale_facts(coordinator)
    await changes_capacity_in_excel(coordinator, tmp_path)

    after = await said_of_the_hospital(sponsor, picture)
    today = day_text(in_japan(datetime.now(UTC)), "en")
    assert "Forms from the third phase on" in after
    assert f"Confirmed by the site, {today}" in after
    assert "to be renewed" not in after
    await staff_match_with_the_new_capacity(officer)


async def finds_the_picture(sponsor: Somebody) -> str:
    """Return the address of the preliminary picture of the sponsor's request for remote consent."""
    await sponsor.opens("/enquiries")
    addresses = await sponsor.page.locator("main a").evaluate_all("links => links.map(link => link.pathname)")
    for address in dict.fromkeys(path for path in addresses if re.fullmatch(r"/enquiries/[0-9a-f-]{36}", path)):
        await sponsor.opens(f"{address}/picture")
        if "eConsent" in await sponsor.main():
            return f"{address}/picture"
    raise AssertionError(f"no request for remote consent among {addresses}")


async def said_of_the_hospital(sponsor: Somebody, picture: str) -> str:
    """Return what the picture says of the hospital, with sources and dates."""
    await sponsor.opens(picture)
    row = sponsor.page.locator("main tr", has_text=HOSPITAL).first
    return " ".join((await row.inner_text()).split())


async def asks_for_the_confirmation(officer: Somebody) -> None:
    """Staff see on the heartbeat that the hospital was not asked this month, and ask."""
    await officer.opens("/heartbeat")
    line = officer.page.locator("main tr", has_text=HOSPITAL_JA)
    assert officer.words("Not asked yet") in await line.inner_text()
    async with officer.page.expect_navigation():
        await line.get_by_role("button").click()


async def confirms_by_link(scene: Scene) -> None:
    """Without signing in: opening the link changes nothing, one button confirms, and the link is used up."""
    reader = await scene.somebody("ja")
    subject = reader.words("Monthly confirmation of your capacity: %(institution)s").partition("%")[0]
    link = await scene.link(COORDINATOR, subject, "/confirm")
    for _look in range(2):
        assert await reader.opens(link) == 200
    assert HOSPITAL_JA in await reader.main()
    await reader.presses("Still true: confirm without changes")
    await reader.opens(link)
    assert not await reader.page.get_by_role("button", name=reader.words("Still true: confirm without changes")).count()
    assert await reader.opens(link[:-3] + "AAA") != 200


async def fixes_three_stale_facts(coordinator: Somebody) -> None:
    """One save of one table: a note is new, a number is new, and one fact still holds."""
    await coordinator.opens(f"/desk/{CODE}/facts?show=stale")
    rows = coordinator.page.locator("main tr[id^='row-']")
    assert await rows.count() == len(STALE)
    await coordinator.page.locator('[name="dct.econsent:note_ja"]').fill("第Ⅲ相から様式あり。")
    await coordinator.page.locator('[id="row-dct.econsent"] details summary').click()
    await coordinator.page.locator('[name="dct.econsent:note_en"]').fill("Forms from the third phase on.")
    await coordinator.page.locator('[name="site.beds_total:value"]').fill("６４０")
    await coordinator.page.locator('[name="dct.telemedicine:still"]').check()
    await coordinator.presses("Save the table")
    await coordinator.opens(f"/desk/{CODE}/facts?show=stale")
    assert await rows.count() == 0


async def changes_capacity_in_excel(coordinator: Somebody, folder: Path) -> None:
    """Take the workbook away, change one row, send it in, look at the change, apply it."""
    await coordinator.opens(f"/desk/{CODE}/sheets")
    async with coordinator.page.expect_download() as download:
        await coordinator.page.get_by_role("link", name=coordinator.words("Download the workbook (.xlsx)")).click()
    taken = folder / "taken.xlsx"
    await (await download.value).save_as(taken)
    edited = folder / "edited.xlsx"
    edited.write_bytes(with_less_room(taken.read_bytes(), coordinator))
    await coordinator.page.locator('input[type="file"]').set_input_files(edited)
    await coordinator.presses("Look at the changes")
    preview = await coordinator.main()
    assert coordinator.words("Apply all changes") in preview
    assert "令和9年度から受入れ予定。" in preview
    await coordinator.presses("Apply all changes")
    assert coordinator.words("This file has been applied") in await coordinator.main()


def with_less_room(workbook: bytes, reader: Somebody) -> bytes:
    """Return the workbook with the room for oncology, phase 2 changed from closed to limited."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book[reader.words("Capacity for new trials")]
    heads = {cell.value: cell.column for cell in sheet[1]}
    row = next(
        r
        for r in range(2, sheet.max_row + 1)
        if "がん" in str(sheet.cell(r, 1).value) and sheet.cell(r, 2).value == "第Ⅱ相"
    )
    for head, value in (
        ("New trials", reader.words("Limited: ask first")),
        ("Trials that can start", 2),
        ("From", "令和9年4月"),
        ("Note", "令和9年度から受入れ予定。"),
    ):
        sheet.cell(row, heads[reader.words(head)]).value = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


async def staff_match_with_the_new_capacity(officer: Somebody) -> None:
    """The desk's new room stands on the hospital's profile for staff, with its note."""
    await officer.opens(f"/sites/{CODE}")
    assert "令和9年度から受入れ予定。" in await officer.main()
    stranger_reads = await officer.page.context.browser.new_page(locale="ja")  # type: ignore[union-attr]
    await stranger_reads.goto(officer.page.url)
    assert "令和9年度から受入れ予定。" not in await stranger_reads.inner_text("main")
    await stranger_reads.close()
