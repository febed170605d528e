"""A hospital learns how many open requests depend on a fact, and nothing of whose they are."""

import re

import httpx
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.consultations.models import CaseState, Consultation
from app.consultations.queries.effects import Effect, count_effects, effects
from app.enquiries.models import EnquiryValueN
from app.identity.rules import SERVICE, VISITOR
from app.identity.standing import stand_as
from app.matching.rules import Request
from app.sites.models import Institution
from tests import make as people
from tests.conftest import NOW, SignIn
from tests.consultations import make
from tests.sites import make as sites
from tests.sites.make import counted_queries
from tests.sites.test_pages import words

FIRST = {"N": {"first_in_human": "yes", "modality": "modality.car_t", "needs": ["en.contracts", "fih.unit"]}}
WISH = {"N": {"wishes": ["en.contracts"], "dct": ["dct.econsent"], "condition": "cond.als", "phase": "phase.2"}}


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    return await sites.an_institution(session)


def test_each_request_is_counted_once_and_each_of_its_criteria() -> None:
    asks = Request(wishes=("dct.trials_run",), dct=("dct.trials_run", "dct.econsent"))
    needs = Request(needs=("dct.trials_run",))
    counted = count_effects([asks, needs])
    # "dct.experience" and "dct.trials_run" are two criteria that one fact answers.
    assert counted["dct.trials_run"] == Effect(requests=2, criteria=3, required=1)
    assert counted["dct.econsent"] == Effect(requests=1, criteria=1, required=0)
    assert "fih.unit" not in counted


async def test_open_requests_are_counted_and_ended_ones_and_unconfirmed_words_are_not(
    session: AsyncSession, place: Institution
) -> None:
    reader = await people.acting(session, await people.a_coordinator(session, place))
    await make.a_case(session, values=FIRST)
    await make.a_case(session, values=WISH)
    ended, officer = await make.a_case(session, values=FIRST), await people.an_officer(session)
    ended.state, ended.closed_at, ended.closed_by_id = CaseState.OUT_OF_SCOPE, NOW, officer.id
    await session.flush()
    found = await effects(session, reader=reader)
    assert found["en.contracts"] == Effect(requests=2, criteria=2, required=1)
    assert found["ct.apheresis"] == Effect(requests=1, criteria=1, required=0)
    assert found["site.therapeutic_areas"].requests == 1
    await session.execute(text("UPDATE enquiry_value_n SET source = 'registry', source_ref = 'x', read_at = now(),"
                               " confirmed_at = NULL WHERE field = 'wishes'"))  # fmt: skip
    assert (await effects(session, reader=reader))["en.contracts"].requests == 1


async def test_who_keeps_no_facts_learns_nothing(session: AsyncSession) -> None:
    await make.a_case(session, values=FIRST)
    sponsor = await people.acting(session, await people.a_sponsor(session))
    observer = await people.acting(session, await people.an_observer(session))
    for reader in (VISITOR, sponsor, observer):
        assert await effects(session, reader=reader) == {}


async def test_afterwards_the_rows_are_as_closed_as_before(session: AsyncSession, place: Institution) -> None:
    await make.a_case(session, values=FIRST)
    reader = await people.acting(session, await people.a_coordinator(session, place))
    await stand_as(session, reader)
    assert await effects(session, reader=reader)
    assert await session.scalar(select(func.count()).select_from(EnquiryValueN)) == 0


async def test_the_desk_puts_first_what_open_requests_depend_on_and_names_no_case(
    browser_of: SignIn, session: AsyncSession, place: Institution
) -> None:
    await sites.a_fact(session, place, capability_code="fih.beds", value="12", as_of=NOW.date().replace(year=2024))
    numbers = [(await make.a_case(session, values=FIRST)).number for _ in range(2)]
    coordinator = await people.a_coordinator(session, place, language="en")
    browser: httpx.AsyncClient = await browser_of(coordinator)
    html = (await browser.get("/desk")).text
    renew = html[html.index('id="renew"') :]
    rows = re.findall(r'id="row-([^"]+)"', renew)
    assert len(rows) == 5
    assert set(rows[:3]) == {"fih.unit", "ct.cpc", "en.contracts"}, "what is required"
    assert "2 open requests depend on this, in 2 of their criteria" in words(renew)
    assert not [number for number in numbers if number in html]
    assert "SECRET" not in html


async def test_what_is_filled_in_on_the_desk_is_saved_and_leads_back_there(
    browser_of: SignIn, session: AsyncSession, place: Institution
) -> None:
    browser: httpx.AsyncClient = await browser_of(await people.a_coordinator(session, place, language="en"))
    sent = {"fih.unit:state": "yes", "fih.unit:seen": "", "fih.unit:shown": ""}
    answer = await browser.post(f"/desk/{place.code}/facts?from=desk", data=sent)
    assert answer.headers["location"] == f"/desk?at={place.code}&renewed=1#renew"
    assert "Saved. What stood before" in words((await browser.get(answer.headers["location"])).text)


async def test_many_open_cases_cost_no_more_queries_than_one(
    browser_of: SignIn, session: AsyncSession, connection: AsyncConnection, place: Institution
) -> None:
    browser: httpx.AsyncClient = await browser_of(await people.a_coordinator(session, place))
    sponsor = await people.a_sponsor(session)
    await make.a_case(session, sponsor, values=WISH)
    async with counted_queries(connection) as few:
        await browser.get("/desk")
    await stand_as(session, SERVICE)
    for _ in range(15):
        await make.a_case(session, sponsor, values=WISH)
    async with counted_queries(connection) as many:
        await browser.get("/desk")
    assert await session.scalar(select(func.count()).select_from(Consultation)) == 16
    assert len(many) == len(few)
