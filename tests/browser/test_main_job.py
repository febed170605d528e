"""The product's main job from end to end: a sponsor asks, the service says who can run the trial, staff count it.

Real processes (one web, one worker), a real mail server, a registry over HTTP, and five people at their browsers.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser

from app.ground.calendar import JST
from app.settings import Settings
from tests.browser.scene import Scene, Somebody, played
from tests.databases import Server
from tests.enquiries import fictional
from tests.enquiries.stand_in import StandIn

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
OFFICER = "officer@window.example"
COORDINATOR = "coordinator@sample-university-hospital.example"
OTHER_COORDINATOR = "coordinator@fictional-memorial.example"
OTHER_SPONSOR = "lead@placeholder-pharma.example"
SPONSOR = "lead@new-biotech.example"
HOSPITAL = "見本大学病院"
CODE_NAME = "NB-77-CONFIDENTIAL"
SHARED = Path(os.environ.get("MADOGUCHI_SHARED", Path(__file__).parents[3] / "shared")) / "data/ctgov/studies.jsonl"


@dataclass(frozen=True)
class Record:
    """The registry's record that the sponsor brings."""

    number: str
    title: str


def a_record() -> tuple[Record, StandIn]:
    """Return a real record (an interventional phase 2 with conditions) where they are at hand, else a fictional one."""
    studies = [json.loads(line) for line in SHARED.read_text(encoding="utf-8").splitlines()] if SHARED.exists() else []
    studies = [one for one in studies if suits(one["protocolSection"])] or fictional.studies()
    head = studies[0]["protocolSection"]["identificationModule"]
    return Record(head["nctId"], head["briefTitle"]), StandIn(studies)


def suits(study: dict[str, dict[str, object]]) -> bool:
    return study.get("designModule", {}).get("phases") == ["PHASE2"] and bool(study["conditionsModule"]["conditions"])


@pytest.fixture
def record_and_scene(
    server: Server, own_database: str, chromium: Browser, tmp_path: Path
) -> Iterator[tuple[Record, Scene]]:
    """The demonstration on a database of its own, served by real processes."""
    record, registry = a_record()
    with registry:
        settings = Settings(
            _env_file=None,
            environment="test",
            database_url=server.url(own_database, "service"),
            ctgov_url=registry.url,
        )
        with played(settings, chromium, tmp_path) as scene:
            yield record, scene


async def figures(officer: Somebody) -> tuple[int, int]:
    """Return how many cases count this year, and how many intake meetings were held."""
    await officer.opens("/figures")
    counted = await officer.page.locator(".headline strong").inner_text()
    met = officer.page.locator(".figure-n", has_text=officer.words("Intake meeting held")).locator("a").first
    return int(counted), int(await met.inner_text())


async def test_from_a_registry_number_to_one_more_of_fifteen(record_and_scene: tuple[Record, Scene]) -> None:
    record, scene = record_and_scene
    sponsor = await scene.somebody("en")
    await reads_a_record_and_sees_the_picture(sponsor, record)
    enquiry = await signs_up_and_fills_in(scene, sponsor)

    officer = await scene.signed_in(OFFICER, "ja")
    before = await figures(officer)
    number = await submits(sponsor, enquiry)
    assert await figures(officer) == before, "a case that is only received is not counted"

    await officer.opens(f"/consultations/{number}")
    await officer.presses("Accept the case")
    assert await figures(officer) == (before[0] + 1, before[1])
    await holds_the_meeting(officer, number)
    assert await figures(officer) == (before[0] + 1, before[1] + 1)
    await lists_the_case(officer, number)

    await releases_a_list(officer, number)
    await sponsor.opens(f"/consultations/{number}")
    assert "Sample University Hospital" in await sponsor.main()

    coordinator = await scene.signed_in(COORDINATOR, "ja")
    await answers(coordinator, number)
    await records_the_outcome(officer, number)
    await sponsor.opens(f"/consultations/{number}")
    await sponsor.sees(sponsor.words("Selected"))

    await nobody_else_sees(scene, coordinator, number, enquiry)
    assert CODE_NAME not in mails(scene), "no mail carries a confidential word"


async def reads_a_record_and_sees_the_picture(sponsor: Somebody, record: Record) -> None:
    await sponsor.opens("/")
    await sponsor.types(nct=record.number)
    await sponsor.presses("Read the record")
    await sponsor.sees(record.title)
    await sponsor.page.locator('main a[href$="/picture"]').first.click()
    await sponsor.page.wait_for_url("**/picture")
    picture = await sponsor.main()
    assert "University Hospital" in picture
    assert sponsor.words("Unconfirmed").lower() in picture.lower()


async def signs_up_and_fills_in(scene: Scene, sponsor: Somebody) -> str:
    """Register, find the draft that was begun, accept the terms, confirm and complete it; return its address."""
    await sponsor.opens("/sign-up")
    await sponsor.types(email=SPONSOR, name="New Lead", company="New Biotech Inc.")
    await sponsor.presses("Send the link")
    await scene.uses_link(sponsor, SPONSOR, "Register your company: your link")
    enquiry = re.search(r"/enquiries/[0-9a-f-]{36}", sponsor.page.url)
    assert enquiry, f"what was read before signing in leads to a draft, not to {sponsor.page.url}"
    here = enquiry[0]
    await sponsor.opens(f"{here}/terms")
    await sponsor.presses("Accept the terms for my organisation")
    await fills_in(sponsor, here)
    return here


async def fills_in(sponsor: Somebody, here: str) -> None:
    """Confirm what the registry says, and type what it does not."""
    await on_block(
        sponsor,
        f"{here}/requester",
        {"company_country": "US", "company_kind": "start_up", "authority_to_act": "own_company"},
    )
    await on_block(sponsor, f"{here}/presence", {"base_in_japan": "no"})
    await on_block(sponsor, f"{here}/wanted", {"wanted_service": "site_identification"})
    await on_block(sponsor, f"{here}/product", {"product_code": CODE_NAME, "modality": "modality.small_molecule"})
    study = {"phase": "phase.2", "first_in_human": "no", "is_mrct": "yes", "condition": "lung cancer"}
    await on_block(sponsor, f"{here}/study", study)
    await on_block(sponsor, f"{here}/numbers", {"participants_japan": "40", "last_date_japan": "2027-09-30"})


async def on_block(sponsor: Somebody, address: str, wanted: dict[str, str]) -> None:
    await sponsor.opens(address)
    for button in ("Confirm all values of this block", "Confirm"):
        if await sponsor.page.get_by_role("button", name=button, exact=True).count():
            await sponsor.presses(button)
    for name, value in wanted.items():
        await fills(sponsor, name, value)
    async with sponsor.page.expect_navigation():
        await sponsor.page.locator("main form button[type=submit]").last.click()
    assert "Error" not in await sponsor.page.title(), await sponsor.main()


async def fills(sponsor: Somebody, name: str, value: str) -> None:
    """Fill in one field in whatever way it asks; one that the registry has answered has no input any more."""
    options = sponsor.page.locator(f'main :is(input, option)[value="{value}"]')
    if await sponsor.page.locator(
        f'main input[type=radio][name="{name}"], main input[type=checkbox][name="{name}"]'
    ).count():
        await sponsor.page.locator(f'main input[name="{name}"][value="{value}"]').check()
    elif await sponsor.page.locator(f'main select[name="{name}"]').count() and await options.count():
        await sponsor.page.locator(f'main select[name="{name}"]').select_option(value)
    elif await sponsor.field(name).count() and not await sponsor.field(name).input_value():
        await sponsor.field(name).fill(value)
        await sponsor.field(name).press("Tab")


async def submits(sponsor: Somebody, enquiry: str) -> str:
    """Submit, press twice as impatient people do, and return the number of the one consultation."""
    await sponsor.opens(enquiry)
    await sponsor.presses("Submit the enquiry")
    for _look in range(60):
        await sponsor.opens(f"{enquiry}/follow")
        if found := re.search(r"/consultations/(\d{4}-\d{4})", sponsor.page.url):
            return found[1]
        await sponsor.page.wait_for_timeout(500)
    raise AssertionError(f"no consultation came of the enquiry: {await sponsor.main()}")


async def holds_the_meeting(officer: Somebody, number: str) -> None:
    await officer.opens(f"/consultations/{number}/meeting")
    moment = datetime.now(JST)
    await officer.types(
        held_on=moment.date().isoformat(), held_time=f"{moment:%H:%M}", participants="New Lead; 窓口担当者A"
    )
    await officer.types(minutes_en="Agreed on phase and timing.", minutes_ja="相と時期を確認した。")
    await officer.chooses(mode="online")
    await officer.page.locator("main input[name=synopsis_approved]").check()
    await officer.presses("Record the meeting")


async def lists_the_case(officer: Somebody, number: str) -> None:
    """Every figure opens to the cases behind it, this one among them."""
    for label in ("Accepted", "Intake meeting held"):
        await officer.opens("/figures")
        await officer.page.locator(".figure-n", has_text=officer.words(label)).locator("a").first.click()
        await officer.page.wait_for_url("**/figures/cases?*")
        assert number in await officer.main()


async def releases_a_list(officer: Somebody, number: str) -> None:
    await officer.opens(f"/consultations/{number}/match")
    await officer.page.locator("main form[action$='/match'] button").first.click()
    await officer.page.wait_for_load_state()
    await officer.opens(f"/consultations/{number}/release")
    await officer.page.locator("label.choice", has_text=HOSPITAL).locator("input").check()
    await officer.presses("Release the list to the sponsor")
    assert HOSPITAL in await officer.main()
    assert "出典" in await officer.main() or "http" in await officer.page.content()
    await officer.opens(f"/consultations/{number}/ask")
    await officer.page.locator("label.choice", has_text=HOSPITAL).locator("input").check()
    await officer.presses("Ask the chosen institutions")


async def answers(coordinator: Somebody, number: str) -> None:
    await coordinator.opens("/desk")
    await coordinator.page.locator(f'main a[href^="/desk/requests/{number}"]').first.click()
    await coordinator.page.wait_for_url(f"**/desk/requests/{number}*")
    request = await coordinator.page.content()
    assert CODE_NAME not in request
    assert "New Biotech" not in request
    await coordinator.chooses(answer="interested")
    await coordinator.types(note="治験責任医師候補がおります。")
    await coordinator.presses("Send the answer")
    assert coordinator.words("Interested") in await coordinator.main()


async def records_the_outcome(officer: Somebody, number: str) -> None:
    await officer.opens(f"/consultations/{number}")
    assert "治験責任医師候補がおります。" in await officer.main()
    await officer.page.locator('main a[href$="/outcome"]').first.click()
    await officer.page.wait_for_url("**/outcome")
    await officer.chooses(outcome="selected")
    await officer.presses("Record the outcome and tell the hospital")
    assert officer.words("Selected") in await officer.main()


async def nobody_else_sees(scene: Scene, coordinator: Somebody, number: str, enquiry: str) -> None:
    """A stranger, another sponsor and a hospital that was not asked learn nothing; the asked one reads its request only."""
    theirs = (
        f"/consultations/{number}",
        f"/consultations/{number}/match",
        enquiry,
        f"{enquiry}/picture",
        f"/desk/requests/{number}",
    )
    stranger = await scene.somebody("en")
    for address in theirs:
        await stranger.opens(address)
        assert "/sign-in" in stranger.page.url, address
    for reader in (await scene.signed_in(OTHER_SPONSOR, "en"), await scene.signed_in(OTHER_COORDINATOR, "ja")):
        await finds_nothing(reader, theirs)
    await finds_nothing(coordinator, theirs[:-1])


async def finds_nothing(reader: Somebody, addresses: tuple[str, ...]) -> None:
    for address in addresses:
        assert await reader.opens(address) == 404, address
        assert CODE_NAME not in await reader.page.content()


def mails(scene: Scene) -> str:
    """Return all mails in plain letters."""
    return "\n".join(
        part.get_payload(decode=True).decode()  # type: ignore[union-attr]
        for mail in scene.office.taken
        for part in mail.walk()
        if not part.is_multipart()
    )
