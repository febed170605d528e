"""One fact with its sources and history; officers check it and ask, the hospital answers once."""

from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import AuditEvent
from app.identity.models import Person
from app.sites import actions
from app.sites.models import FactCheck, Institution, SiteQuestion
from app.sites.rules import FactState, SourceKind
from tests import make as people
from tests.conftest import NOW, SignIn
from tests.desk import JobDesk
from tests.sites import make
from tests.sites.test_pages import words


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    noise = await make.an_institution(session)
    await make.a_fact(session, noise, note_en="Noise.")
    await make.a_question(session, noise, capability_code="fih.unit", text_ja="他施設への質問")
    return await make.an_institution(session, name_en="Sample Hospital", name_ja="見本病院")


@pytest.fixture
async def coordinator(session: AsyncSession, place: Institution) -> Person:
    return await people.a_coordinator(session, place, name="Coordinator Kay", language="en")


@pytest.fixture
async def own(browser_of: SignIn, coordinator: Person) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(coordinator)
    return browser


@pytest.fixture
async def officer(browser_of: SignIn, session: AsyncSession) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(await people.an_officer(session, name="Officer Oh", language="en"))
    return browser


def address_of(place: Institution, capability: str = "fih.unit") -> str:
    return f"/sites/{place.code}/facts/{capability}"


async def test_the_page_says_what_counts_why_and_that_sources_disagree(
    client: httpx.AsyncClient, session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    await make.a_fact(
        session, place, state=FactState.NO, source_url="https://www.older.example/a", as_of=date(2025, 1, 1)
    )
    await make.a_fact(session, place, source_url="https://www.newer.example/b")
    said = words((await client.get(address_of(place))).text)
    assert "the source of the latest date counts" in said
    assert "The sources disagree. All of them are kept." in said
    assert "older.example" in said
    assert "Noise." not in said
    await make.a_fact(session, place, state=FactState.PARTLY, confirmed_by=coordinator)
    said = words((await client.get(address_of(place))).text)
    assert said.partition("What counts now")[2].strip().startswith("Partly available")
    assert "that comes before every other source" in said


async def test_the_whole_history_stands_there_from_the_first_word_on(
    own: httpx.AsyncClient, session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    by = await people.acting(session, coordinator)
    seen = ""
    for day, state in enumerate(["yes", "no", "", "partly"]):
        (fact,) = await actions.state_facts(
            session, place.code, {"fih.unit": {"state": state, "seen": seen}}, by=by, now=NOW - timedelta(days=9 - day)
        )
        seen = str(fact.id)
    said = words((await own.get(address_of(place))).text)
    history = said.partition("History")[2]
    assert history.index("Stands now") < history.index("Withdrawn by the institution")
    assert "Replaced by: Not available" in history
    assert history.count("Coordinator Kay") == 4


async def test_visitors_learn_no_names_and_nothing_that_nobody_vouches_for(
    client: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, place: Institution, coordinator: Person
) -> None:
    await make.a_fact(session, place, confirmed_by=coordinator, recorded_by_id=coordinator.id)
    await make.a_fact(
        session, place, source_kind=SourceKind.SITE, note_en="Nobody vouches.", source_url=None,
        superseded_at=NOW, recorded_at=NOW - timedelta(days=1),
    )  # fmt: skip
    stranger = await browser_of(await people.a_coordinator(session, await make.an_institution(session)))
    sponsor = await browser_of(await people.a_sponsor(session))
    for reader in (client, stranger, sponsor):
        said = (await reader.get(address_of(place))).text
        assert "Coordinator Kay" not in said
        assert "Nobody vouches." not in said
        assert "Checks by the window" not in said
    inside = await browser_of(coordinator)
    said = (await inside.get(address_of(place))).text
    assert "Coordinator Kay" in said
    assert "Nobody vouches." in said


@pytest.mark.parametrize("capability", ["fih.magic", "area.oncology", "%00", "%E2%80%AE"])
async def test_what_is_no_item_is_not_there(client: httpx.AsyncClient, place: Institution, capability: str) -> None:
    assert (await client.get(address_of(place, capability))).status_code == 404


async def test_an_item_of_which_nothing_is_known_has_a_page_that_says_so(
    client: httpx.AsyncClient, place: Institution
) -> None:
    said = words((await client.get(address_of(place, "gt.shedding_tests"))).text)
    assert "Nothing was ever recorded" in said
    assert "No source says anything." in said
    profile = (await client.get("/sites/CCRH-10")).text
    assert 'href="/sites/CCRH-10/facts/fih.unit"' in profile


async def test_an_officer_records_a_check_and_the_newest_stands_first(
    officer: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    fact = await make.a_fact(session, place)
    address = address_of(place)
    refused = await officer.post(f"{address}/check", data={"fact": str(fact.id), "agrees": "no", "note": ""})
    assert refused.status_code == 422
    assert "Say what does not agree." in refused.text
    refused = await officer.post(f"{address}/check", data={"fact": str(fact.id), "note": "kept <b>"})
    assert refused.status_code == 422
    assert "kept &lt;b&gt;" in refused.text
    for sent in ({"agrees": "no", "note": "The page says 8 beds."}, {"agrees": "yes"}):
        assert (await officer.post(f"{address}/check", data={"fact": str(fact.id), **sent})).status_code == 303
    said = words((await officer.get(address)).text)
    assert said.count("Officer Oh , 20 Nov 2026") == 2
    assert "The page says 8 beds." in said
    audited = select(func.count()).select_from(AuditEvent)
    assert await session.scalar(audited.where(AuditEvent.what == "fact.checked")) == 2


async def test_what_does_not_stand_or_is_anothers_cannot_be_checked(
    officer: httpx.AsyncClient, own: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    fact = await make.a_fact(session, place, superseded_at=NOW)
    theirs = await make.a_fact(session, await make.an_institution(session))
    address = address_of(place)
    for key in (str(fact.id), str(theirs.id), "nonsense", ""):
        answer = await officer.post(f"{address}/check", data={"fact": key, "agrees": "yes", "note": "typed"})
        assert answer.status_code == 409
        assert "typed" in answer.text or not key
    assert (await own.post(f"{address}/check", data={"fact": str(fact.id), "agrees": "yes"})).status_code == 404
    assert await session.scalar(select(func.count()).select_from(FactCheck)) == 0


async def test_an_officer_asks_and_the_coordinators_get_a_mail_without_a_word_of_it(
    officer: httpx.AsyncClient, session: AsyncSession, place: Institution, coordinator: Person, desk: JobDesk
) -> None:
    address = address_of(place)
    refused = await officer.post(f"{address}/questions", data={"question_ja": " ", "question_en": ""})
    assert refused.status_code == 422
    assert "Write the question in Japanese or in English." in refused.text
    sent = {"question_ja": "病床は専用ですか。", "question_en": ""}
    for _twice in range(2):
        assert (await officer.post(f"{address}/questions", data=sent)).status_code == 303
    await desk.work()
    (mail,) = [one for one in desk.outbox if one["To"] == coordinator.email]
    assert "registered item" in mail["Subject"]
    (question,) = await session.scalars(select(SiteQuestion).where(SiteQuestion.institution_id == place.id))
    body = mail.get_body(("plain",)).get_content()
    assert f"/desk/{place.code}/questions/{question.id}" in body
    assert "病床は専用ですか" not in mail.as_string()
    assert "病床は専用ですか。" in words((await officer.get(address)).text)
    assert "他施設への質問" not in (await officer.get(address)).text


async def test_a_question_is_answered_once_and_then_leaves_the_desk(
    own: httpx.AsyncClient, officer: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    question = await make.a_question(session, place, capability_code="fih.unit", text_en="Is it your own?")
    address = f"/desk/{place.code}/questions/{question.id}"
    assert f'href="{address}"' in (await own.get("/desk")).text
    assert "Is it your own?" in (await own.get(address)).text
    refused = await own.post(address, data={"answer": " \0"})
    assert refused.status_code == 422
    answered = await own.post(address, data={"answer": "Yes, <b>ours</b>."})
    assert answered.status_code == 303
    again = await own.post(address, data={"answer": "No."})
    assert again.status_code == 409
    assert "No." in words(again.text)
    assert f'href="{address}"' not in (await own.get(answered.headers["location"])).text
    for page in (address_of(place), f"/sites/{place.code}"):
        said = (await officer.get(page)).text
        assert "Yes, &lt;b&gt;ours&lt;/b&gt;." in said
        assert "Answered by Coordinator Kay" in words(said)


async def test_stating_or_confirming_the_fact_answers_the_question(
    own: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    beds = await make.a_question(session, place, capability_code="fih.beds")
    unit = await make.a_question(session, place, capability_code="fih.unit")
    other = await make.a_question(session, place, capability_code="ct.cpc")
    fact = await make.a_fact(session, place)
    sent = {"fih.beds:value": "12", "fih.unit:shown": str(fact.id), "fih.unit:still": "yes", "ct.cpc:note_ja": ""}
    assert (await own.post(f"/desk/{place.code}/facts", data=sent)).status_code == 303
    for question, is_answered in ((beds, True), (unit, True), (other, False)):
        await session.refresh(question)
        assert (question.answered_at is not None) is is_answered
    assert "Answered by stating the item itself." in words((await own.get(address_of(place, "fih.beds"))).text)


async def test_questions_are_the_hospitals_own(
    client: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession, place: Institution, own: httpx.AsyncClient
) -> None:
    elsewhere = await make.an_institution(session)
    question = await make.a_question(session, elsewhere, capability_code="fih.unit", text_en="Only theirs?")
    for code in (place.code, elsewhere.code):
        address = f"/desk/{code}/questions/{question.id}"
        assert (await own.get(address)).status_code == 404
        assert (await own.post(address, data={"answer": "x"})).status_code == 404
    assert (await own.get(f"/desk/{place.code}/questions/nonsense")).status_code == 404
    sponsor = await browser_of(await people.a_sponsor(session))
    for reader in (client, sponsor, own):
        assert "Only theirs?" not in (await reader.get(address_of(elsewhere))).text
    assert (await sponsor.post(f"{address_of(place)}/questions", data={"question_en": "x"})).status_code == 404
    assert (await own.post(f"{address_of(place)}/questions", data={"question_en": "x"})).status_code == 404


async def test_nobody_is_asked_for_what_a_hospital_does_not_state(
    officer: httpx.AsyncClient, place: Institution
) -> None:
    answer = await officer.post(f"{address_of(place, 'status.core_hospital')}/questions", data={"question_en": "x"})
    assert answer.status_code == 404
