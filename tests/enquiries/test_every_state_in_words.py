"""States of a request that the demonstration does not hold are read in brackets too: no word of them is untranslated."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import actions
from app.enquiries.models import ReadingState
from app.ground.i18n import LOCALES, Locale
from app.ground.templates import environment
from app.identity.models import Membership, Organisation, Person
from app.identity.rules import Actor, Role
from tests import make
from tests.conftest import NOW
from tests.enquiries import fictional
from tests.enquiries.make import COMPLETE, a_draft, a_reading, accept
from tests.enquiries.test_pages import HIDDEN
from tests.pages.pseudo import speak_in_brackets
from tests.pages.visible import untranslated

BrowserOf = Callable[[Person], Any]
FAILURES = ("no_such_study", "busy", "slow", "unavailable", "not_understood")


@pytest.fixture(autouse=True)
def brackets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every translation stands in brackets until the test ends."""
    speak_in_brackets(monkeypatch)
    yield
    environment.cache_clear()


@pytest.fixture(params=LOCALES)
def language(request: pytest.FixtureRequest) -> Locale:
    found: Locale = request.param
    return found


@pytest.fixture
async def person(session: AsyncSession) -> Person:
    return await make.a_sponsor(session)


@pytest.fixture
async def by(session: AsyncSession, person: Person) -> Actor:
    return await make.acting(session, person)


@pytest.fixture
async def browser(browser_of: BrowserOf, person: Person, language: Locale) -> httpx.AsyncClient:
    opened: httpx.AsyncClient = await browser_of(person)
    opened.cookies.set("language", language)
    return opened


async def read_all(browser: httpx.AsyncClient, *addresses: str) -> None:
    for address in addresses:
        page = await browser.get(address)
        assert page.status_code == 200, (address, page.status_code)
        assert untranslated(page.text) == [], address


@pytest.mark.parametrize("failure", [None, *FAILURES])
async def test_readings_under_way_and_failed(
    browser: httpx.AsyncClient, session: AsyncSession, by: Actor, failure: str | None
) -> None:
    state = ReadingState.FAILED if failure else ReadingState.WAITING
    given = {"state": state, "failure": failure, "study": None, "done_at": NOW if failure else None}
    reading = await a_reading(session, **given, asked_by_id=by.person_id)
    enquiry = await actions.draft_from(session, reading, by=by, now=NOW)
    await session.commit()
    await read_all(browser, f"/readings/{reading.id}", f"/enquiries/{enquiry.id}")


async def test_closed_imported_and_unreadable_fields(
    browser: httpx.AsyncClient, session: AsyncSession, by: Actor
) -> None:
    unknown = fictional.a_study(conditionsModule={"conditions": ["Lung weakness of unknown kind", "異常"]})
    enquiry = await actions.draft_from(session, await a_reading(session, unknown), by=by, now=NOW)
    await session.commit()
    here = f"/enquiries/{enquiry.id}"
    pages = (here, f"{here}/study", f"{here}/product", f"{here}/study?change=sex&done=merged", f"{here}/terms")
    await read_all(browser, *pages)
    await accept(session, by)
    await session.commit()
    await read_all(browser, *pages, f"{here}/study?done=confirmed")


async def test_a_submitted_and_a_withdrawn_request(
    browser: httpx.AsyncClient, session: AsyncSession, by: Actor
) -> None:
    await accept(session, by)
    given = {**COMPLETE, "countries": ["Spain"], "questions": ["どの施設？\n\nWhich?"], "needs": ["fih.unit"]}
    enquiry = await a_draft(session, by, **given)
    await session.commit()
    here = f"/enquiries/{enquiry.id}"
    await read_all(browser, here, f"{here}/study", "/enquiries")
    await actions.submit(session, enquiry.id, by=by, now=NOW)
    await session.commit()
    await read_all(browser, here, f"{here}/study", f"{here}/needs", f"{here}/withdraw")
    await actions.withdraw(session, enquiry.id, by=by, now=NOW)
    await session.commit()
    await read_all(browser, here, f"{here}/study", f"{here}/withdraw", "/enquiries")


async def test_two_people_at_once_and_refused_words(
    browser: httpx.AsyncClient, session: AsyncSession, by: Actor, browser_of: BrowserOf
) -> None:
    enquiry = await a_draft(session, by, questions=["Before"])
    place = await session.get_one(Organisation, enquiry.organisation_id)
    colleague = await browser_of(await make.a_sponsor(session, place))
    here = f"/enquiries/{enquiry.id}"
    mine = dict(HIDDEN.findall((await browser.get(f"{here}/wanted")).text))
    await colleague.post(f"{here}/wanted", data={"questions": "", **mine})
    cleared = await browser.post(f"{here}/wanted", data={"questions": "Mine", **mine})
    await colleague.post(f"{here}/wanted", data={"questions": "Theirs"})
    changed = await browser.post(f"{here}/wanted", data={"questions": "Mine", **mine})
    wrong = await browser.post(
        f"{here}/study", data={"condition": "lung", "minimum_age": "old", "product_code": "x", "seen.minimum_age": ""}
    )
    incomplete = await browser.post(f"{here}/submit")
    for page, status in ((cleared, 409), (changed, 409), (wrong, 422), (incomplete, 422)):
        assert page.status_code == status and untranslated(page.text) == []


async def test_the_list_with_nothing_and_the_way_in_for_two_companies(
    browser: httpx.AsyncClient, session: AsyncSession, person: Person
) -> None:
    second = await make.an_organisation(session, name_ja="二社目")
    await make.saved(
        session, Membership(person_id=person.id, organisation_id=second.id, role=Role.SPONSOR, created_at=NOW)
    )
    await session.commit()
    await read_all(browser, "/enquiries", "/enquiries/new", "/readings")
    for address in ("/readings", "/enquiries/new/reading"):
        page = await browser.post(address, data={"nct": "<b>"})
        assert page.status_code == 422 and untranslated(page.text) == []
