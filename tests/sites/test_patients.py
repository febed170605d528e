"""A hospital states its eligible patients a year: dated, with who counted, kept, few only as few, never inferred."""

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.models import Person
from app.sites.models import EligiblePatients, Institution
from tests import make as people
from tests.conftest import SignIn
from tests.sites import make
from tests.sites.test_pages import words


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    await make.some_patients(session, await make.an_institution(session), a_year=777, public=True)
    return await make.an_institution(session)


@pytest.fixture
async def coordinator(session: AsyncSession, place: Institution) -> Person:
    return await people.a_coordinator(session, place, language="en")


@pytest.fixture
async def desk(browser_of: SignIn, coordinator: Person) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(coordinator)
    return browser


def a_row(**changes: str) -> dict[str, str]:
    row = {"condition": "cond.als", "a_year": "40", "source_kind": "site", "as_of": "R8.4.1", "seen": ""}
    return row | {"source_words": "", "page": "", "note": ""} | changes


async def rows_of(session: AsyncSession, place: Institution) -> list[EligiblePatients]:
    found = select(EligiblePatients).where(EligiblePatients.institution_id == place.id)
    ordered = found.order_by(EligiblePatients.superseded_at.nulls_last())
    return list(await session.scalars(ordered.execution_options(populate_existing=True)))


async def test_a_row_is_set_changed_and_withdrawn_and_everything_is_kept(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    address, seen = f"/desk/{place.code}/patients", ""
    for a_year in ("４０", "1,200", ""):
        answer = await desk.post(address, data=a_row(a_year=a_year, seen=seen))
        assert answer.status_code == 303, words(answer.text)
        (stands,) = [row for row in await rows_of(session, place) if row.superseded_at is None]
        seen = str(stands.id)
    assert sorted(row.a_year or 0 for row in await rows_of(session, place)) == [0, 40, 1200]
    assert "Nothing stated yet" in words((await desk.get(address)).text)
    assert (await desk.post(address, data=a_row(seen="", a_year="7"))).status_code == 303
    assert (await desk.post(address, data=a_row(condition="cond.breast_cancer", a_year=""))).status_code == 422


async def test_words_that_name_one_condition_are_enough_and_others_are_offered(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    address = f"/desk/{place.code}/patients"
    assert (await desk.post(address, data=a_row(condition="筋萎縮性側索硬化症"))).status_code == 303
    refused = await desk.post(address, data=a_row(condition="lung cancer of some kind", a_year="many"))
    assert refused.status_code == 422
    for field in ("condition", "a_year"):
        assert f'id="field-{field}-error"' in refused.text
    unclear = await desk.post(address, data=a_row(condition="lung"))
    assert "Do you mean one of these?" in unclear.text
    assert (await desk.post(address, data=a_row(condition="\0"))).status_code == 422
    assert [row.condition_code for row in await rows_of(session, place)] == ["cond.als"]


async def test_the_second_of_two_coordinators_is_told_and_saves_against_what_stands(
    desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    standing = await make.some_patients(session, place, a_year=55)
    address = f"/desk/{place.code}/patients"
    answer = await desk.post(address, data=a_row(a_year="60", note="kept"))
    assert answer.status_code == 409
    assert "kept" in answer.text
    assert f'name="seen" value="{standing.id}"' in answer.text
    assert (await desk.post(address, data=a_row(a_year="60", seen=str(standing.id)))).status_code == 303
    registry = a_row(a_year="70", source_kind="disease_registry", source_words="Sample registry")
    assert (await desk.post(address, data=registry)).status_code == 303, "a registry's count stands beside"


async def test_who_may_read_reads_and_few_are_only_said_to_be_few(
    client: httpx.AsyncClient, browser_of: SignIn, desk: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    await make.some_patients(session, place, a_year=7)
    await make.some_patients(session, place, condition_code="cond.breast_cancer", a_year=8, public=True)
    await make.some_patients(session, place, condition_code="cond.heart_failure", a_year=0, public=True)
    stranger = await browser_of(await people.a_coordinator(session, await make.an_institution(session), language="en"))
    officer = await browser_of(await people.an_officer(session, language="en"))
    for reader, count in ((client, 1), (stranger, 1), (officer, 2), (desk, 2)):
        said = words((await reader.get(f"/sites/{place.code}")).text)
        assert said.count("Fewer than 10") == count
        assert "777" not in said
    table = words((await desk.get(f"/desk/{place.code}/patients")).text)
    assert "Fewer than 10 Stated" not in table


async def test_the_room_is_the_hospitals_own(
    client: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, place: Institution
) -> None:
    address = f"/desk/{place.code}/patients"
    stranger = await people.a_coordinator(session, await make.an_institution(session))
    for person in (stranger, await people.an_officer(session), await people.a_sponsor(session)):
        browser = await browser_of(person)
        assert (await browser.get(address)).status_code == 404
        assert (await browser.post(address, data=a_row())).status_code == 404
    assert (await client.get(address)).status_code == 303
    assert await rows_of(session, place) == []
