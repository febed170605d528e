"""An administrator says when facts are due again; what stood before is kept."""

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import AuditEvent
from app.sites.models import FreshnessPeriod
from app.sites.queries.freshness import periods
from tests import make as people
from tests.conftest import SignIn
from tests.sites import make
from tests.sites.test_pages import words

ADDRESS = "/freshness/fih.beds"


@pytest.fixture
async def administrator(browser_of: SignIn, session: AsyncSession) -> httpx.AsyncClient:
    person = await people.an_administrator(session, name="Admin Ada", language="en")
    browser: httpx.AsyncClient = await browser_of(person)
    return browser


async def rows(session: AsyncSession) -> list[FreshnessPeriod]:
    found = select(FreshnessPeriod).order_by(FreshnessPeriod.set_at, FreshnessPeriod.superseded_at)
    return list(await session.scalars(found.execution_options(populate_existing=True)))


async def test_a_period_is_set_changed_and_given_back_to_the_vocabulary(
    administrator: httpx.AsyncClient, session: AsyncSession
) -> None:
    usual = (await periods(session))["fih.beds"]
    seen = ""
    for kind, months, expected in (("months", "６", 6), ("never", "", None), ("vocabulary", "", usual)):
        answer = await administrator.post(ADDRESS, data={"kind": kind, "months": months, "seen": seen})
        assert answer.status_code == 303, words(answer.text)
        assert (await periods(session))["fih.beds"] == expected
        assert (await periods(session))["ct.cpc"] is not None
        stands = [row for row in await rows(session) if row.superseded_at is None]
        seen = str(stands[0].id) if stands else ""
    assert sorted((row.months or 0, row.superseded_at is None) for row in await rows(session)) == [
        (0, False),
        (6, False),
    ]
    said = words((await administrator.get(ADDRESS)).text)
    assert "After 6 months Admin Ada" in said
    audited = await session.scalars(select(AuditEvent.what).where(AuditEvent.what == "freshness.set"))
    assert len(list(audited)) == 3


async def test_everybody_reads_the_period_that_holds_here(
    administrator: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    await administrator.post(ADDRESS, data={"kind": "months", "months": "7"})
    assert "To be renewed after 7 months" in words((await client.get("/terms/fih.beds")).text)


async def test_what_is_already_so_writes_nothing(administrator: httpx.AsyncClient, session: AsyncSession) -> None:
    assert (await administrator.post(ADDRESS, data={"kind": "vocabulary"})).status_code == 303
    assert await rows(session) == []


@pytest.mark.parametrize("months", ["", "0", "121", "-1", "1.5", "soon", "１２１", "9" * 30, "1\0", "<b>"])
async def test_bad_months_are_said_beside_the_field(
    administrator: httpx.AsyncClient, session: AsyncSession, months: str
) -> None:
    answer = await administrator.post(ADDRESS, data={"kind": "months", "months": months})
    assert answer.status_code == 422
    assert 'id="field-months-error"' in answer.text
    assert "<b>" not in words(answer.text)
    assert await rows(session) == []


async def test_no_choice_is_refused_and_an_unknown_item_is_not_there(administrator: httpx.AsyncClient) -> None:
    answer = await administrator.post(ADDRESS, data={"kind": "later"})
    assert answer.status_code == 422
    assert 'id="field-kind-error"' in answer.text
    for code in ("fih.magic", "area.oncology", "%00"):
        assert (await administrator.get(f"/freshness/{code}")).status_code == 404
        assert (await administrator.post(f"/freshness/{code}", data={"kind": "never"})).status_code == 404


async def test_the_second_of_two_administrators_is_told(
    administrator: httpx.AsyncClient, session: AsyncSession
) -> None:
    await administrator.post(ADDRESS, data={"kind": "months", "months": "6", "seen": ""})
    answer = await administrator.post(ADDRESS, data={"kind": "months", "months": "9", "seen": ""})
    assert answer.status_code == 409
    assert 'value="9"' in answer.text
    (stands,) = await rows(session)
    assert f'name="seen" value="{stands.id}"' in answer.text


async def test_only_administrators_enter(
    client: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, administrator: httpx.AsyncClient
) -> None:
    coordinator = await people.a_coordinator(session, await make.an_institution(session))
    for person in (coordinator, await people.an_officer(session), await people.a_sponsor(session)):
        browser = await browser_of(person)
        for address in ("/freshness", ADDRESS):
            assert (await browser.get(address)).status_code == 404
        assert (await browser.post(ADDRESS, data={"kind": "never"})).status_code == 404
    assert (await client.get("/freshness")).status_code == 303
    html = (await administrator.get("/freshness")).text
    assert f'href="{ADDRESS}"' in html
    assert 'href="/freshness"' in (await administrator.get("/terms")).text
    assert await rows(session) == []
