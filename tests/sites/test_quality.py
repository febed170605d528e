"""How well a profile is kept: the same reckoning in SQL and in the rules, every figure opens, and no public marks."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.sites.models import Institution
from app.sites.queries.profile import standing_of
from app.sites.queries.quality import quality_by_institution
from app.sites.rules import FactState, SourceKind
from app.sites.rules.quality import Quality, Share
from app.web.desk.facts_table import statable
from tests import make as people
from tests.conftest import NOW, SignIn
from tests.sites import make
from tests.sites.make import counted_queries
from tests.sites.test_pages import words

OLD = NOW - timedelta(days=1200)


def test_the_rule_in_numbers() -> None:
    kept = Quality(items=108, known=3, fresh=2, confirmed=0)
    assert [kept.percent(share) for share in Share] == [2, 66, 0]
    nothing = Quality(items=108)
    assert [nothing.percent(share) for share in Share] == [0, None, None]
    assert nothing.worst_first(Share.FRESH) < kept.worst_first(Share.CONFIRMED) < kept.worst_first(Share.FRESH)


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    place = await make.an_institution(session, name_en="Sample Hospital")
    own = await people.a_coordinator(session, place)
    await make.a_fact(session, place, capability_code="fih.unit", confirmed_by=own)
    await make.a_fact(session, place, capability_code="fih.beds", value="12", state=FactState.YES, as_of=OLD.date())
    await make.a_fact(
        session,
        place,
        capability_code="ct.cpc",
        state=FactState.NO,
        confirmed_by=own,
        confirmed_at=OLD,
        as_of=OLD.date(),
    )
    # An old own word beside a newer page: the page counts, so that the item is known and fresh but not confirmed.
    await make.a_fact(
        session, place, capability_code="ct.apheresis", state=FactState.NO, confirmed_by=own, confirmed_at=OLD,
        as_of=OLD.date(),
    )  # fmt: skip
    await make.a_fact(session, place, capability_code="ct.apheresis")
    await make.a_fact(session, place, capability_code="gt.trials_run", state=FactState.UNKNOWN)
    await make.a_fact(session, place, capability_code="status.core_hospital", value="2020-01-01")
    await make.a_fact(session, place, capability_code="ri.handling", superseded_at=NOW, recorded_at=OLD)
    return place


@pytest.fixture
async def officer(browser_of: SignIn, session: AsyncSession) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(await people.an_officer(session, language="en"))
    return browser


async def test_sql_reckons_as_the_rules_do(session: AsyncSession, place: Institution) -> None:
    kept = await quality_by_institution(session, now=NOW)
    assert kept[place.id] == Quality(items=108, known=4, fresh=2, confirmed=2)
    officer = await people.acting(session, await people.an_officer(session))
    for row in (place, *(await make_real(session))):
        sections = await statable(session, row, reader=officer, now=NOW)
        items = [item for section in sections.values() for item in section.items]
        known = [item for item in items if item.is_known]
        fresh = [item for item in known if standing_of(item) != "stale"]
        own = [item for item in known if item.standing and item.standing.confirmed]
        assert kept[row.id] == Quality(len(items), len(known), len(fresh), len(own)), row.code


async def make_real(session: AsyncSession) -> list[Institution]:
    """Return some of the institutions that are seeded."""
    from sqlalchemy import select

    return list(
        await session.scalars(select(Institution).where(Institution.code.in_(("CCRH-01", "CCRH-10", "JIHS-01"))))
    )


async def test_the_list_begins_with_the_least_kept_and_every_share_opens(
    officer: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    silent = await make.an_institution(session, name_en="Silent Hospital")
    html = (await officer.get("/quality")).text
    codes = re.findall(r'<a href="/sites/([^"]+)">', html)
    assert codes[0] == silent.code
    assert codes.index(place.code) < codes.index("CCRH-10")
    for share, count in (("known", 4), ("fresh", 2), ("confirmed", 2)):
        address = f"/quality/{place.code}?share={share}"
        assert f'href="{address}"' in html
        assert (await officer.get(address)).text.count(f'href="/sites/{place.code}/facts/') == count
    assert (await officer.get(f"/quality/{place.code}")).text.count(f'href="/sites/{place.code}/facts/') == 104
    by_confirmed = (await officer.get("/quality?by=confirmed")).text
    assert re.findall(r'<a href="/sites/([^"]+)">', by_confirmed)[-1] == place.code
    assert (await officer.get("/quality?by=marks")).status_code == 422


async def test_the_hospital_sees_its_own_and_the_public_nothing(
    client: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, place: Institution, officer: httpx.AsyncClient
) -> None:
    own = await browser_of(await people.a_coordinator(session, place, language="en"))
    sponsor = await browser_of(await people.a_sponsor(session))
    stranger = await browser_of(await people.a_coordinator(session, await make.an_institution(session)))
    heading = "How well the profile is kept"
    for reader, sees in ((own, True), (officer, True), (sponsor, False), (stranger, False), (client, False)):
        assert (heading in (await reader.get(f"/sites/{place.code}")).text) is sees
    assert "50%" in words((await own.get("/desk")).text)
    assert (await own.get(f"/quality/{place.code}?share=fresh")).status_code == 200
    for reader in (sponsor, stranger):
        assert (await reader.get(f"/quality/{place.code}")).status_code == 404
    for reader in (own, sponsor, stranger):
        assert (await reader.get("/quality")).status_code == 404
    assert (await client.get("/quality")).status_code == 303


async def test_the_list_costs_as_many_queries_for_many_as_for_few(
    officer: httpx.AsyncClient, session: AsyncSession, connection: AsyncConnection, place: Institution
) -> None:
    async with counted_queries(connection) as few:
        await officer.get("/quality")
    for _ in range(8):
        other = await make.an_institution(session)
        await make.a_fact(session, other, source_kind=SourceKind.DEMONSTRATION)
    async with counted_queries(connection) as many:
        await officer.get("/quality")
    assert len(many) == len(few) <= 12
