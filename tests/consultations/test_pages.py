"""The pages of the case desk: each reader gets theirs, every step works by its form, refused input stays."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.consultations import actions
from app.consultations.models import AskedSite, ReferralService
from app.consultations.rules.stages import Stage, Waiting
from app.identity.models import Membership, Organisation, Person
from app.identity.rules import SERVICE, Actor, Role
from app.identity.standing import stand_as
from tests import make
from tests.conftest import NOW, SignIn
from tests.consultations.make import (
    a_case,
    a_listed_case,
    a_met_case,
    an_accepted_case,
    an_asked_case,
    an_enquiry,
    an_institution,
)


@pytest.fixture
async def person(session: AsyncSession) -> Person:
    """An officer who reads English."""
    return await make.an_officer(session, language="en", name="Officer A")


@pytest.fixture
async def statements(connection: AsyncConnection) -> AsyncIterator[list[str]]:
    """What the database was asked, since the list was last emptied."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    yield asked
    event.remove(connection.sync_connection, "before_cursor_execute", note)


@pytest.fixture
async def officer(session: AsyncSession, person: Person) -> Actor:
    """The same officer as one who acts."""
    return await make.acting(session, person)


async def test_the_board_shows_every_open_case_with_its_clock(
    session: AsyncSession, person: Person, officer: Actor, browser_of: SignIn
) -> None:
    late, met = await a_case(session), await a_met_case(session, officer)
    ended = await a_listed_case(session, officer)
    await actions.declare_out_of_scope(session, (await a_case(session)).number, "No trial", by=officer, now=NOW)
    browser = await browser_of(person)
    page = (await browser.get("/consultations")).text
    assert f"/consultations/{late.number}" in page
    assert f"/consultations/{met.number}" in page
    assert "Cases shown: 3" in page
    assert "2 business days overdue" in page
    assert ended.number in page
    assert "2026-0004" not in page
    assert "2026-0004" in (await browser.get("/consultations?show=ended")).text


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("owner=mine", {"2026-0002"}),
        ("q=0003", {"2026-0003"}),
        ("q=Zebra", {"2026-0001"}),
        ("q=%25", set()),
        ("show=paused", {"2026-0003"}),
        ("show=attention", {"2026-0001", "2026-0002"}),
    ],
)
async def test_the_filters_of_the_board(
    session: AsyncSession, person: Person, officer: Actor, browser_of: SignIn, query: str, seen: set[str]
) -> None:
    zebra = await make.an_organisation(session, name_en="Zebra Bio")
    await a_case(session, await make.a_sponsor(session, zebra))
    await an_accepted_case(session, officer)
    waiting = await a_case(session)
    await actions.wait(session, waiting.number, Waiting.SPONSOR, by=officer, now=NOW)
    page = (await (await browser_of(person)).get(f"/consultations?{query}")).text
    assert {number for number in ("2026-0001", "2026-0002", "2026-0003") if f"/consultations/{number}" in page} == seen


async def test_a_board_of_many_cases_asks_no_more_of_the_database_than_one_of_few(
    session: AsyncSession, person: Person, officer: Actor, browser_of: SignIn, statements: list[str]
) -> None:
    browser = await browser_of(person)
    for _n in range(2):
        await an_asked_case(session, officer, await an_institution(session))
    await session.commit()
    await browser.get("/consultations")
    statements.clear()
    await browser.get("/consultations")
    few = len(statements)
    await stand_as(session, SERVICE)  # the page has left the test's transaction standing as its reader
    for _n in range(6):
        await an_asked_case(session, officer, await an_institution(session))
    await session.commit()
    statements.clear()
    await browser.get("/consultations")
    assert len(statements) == few


async def test_the_main_job_by_forms_alone(session: AsyncSession, person: Person, browser_of: SignIn) -> None:
    sponsor = await make.a_sponsor(session, language="en")
    case = await a_case(session, sponsor)
    desk, here = await browser_of(person), f"/consultations/{case.number}"
    assert "Accept the case" in (await desk.get(here)).text
    assert (await desk.post(f"{here}/accept")).status_code == 303
    held = {
        "held_on": "2026年11月19日",
        "held_time": "15:00",
        "mode": "online",
        "participants": "Everybody",
        "minutes_en": "They want <b>two</b> sites.",
        "minutes_ja": "2施設を希望。",
    }
    assert (await desk.post(f"{here}/meeting", data=held)).status_code == 303
    follow = await browser_of(sponsor)
    page = (await follow.get(here)).text
    assert "Approve what sites may read" in page
    assert "They want &lt;b&gt;two&lt;/b&gt; sites." in page
    assert (await follow.post(f"{here}/synopsis")).status_code == 303
    assert "Match the institutions" in (await desk.get(here)).text
    await session.refresh(case)
    assert case.stage == Stage.LONG_LIST


async def test_an_asked_hospital_reads_what_is_open_and_answers(
    session: AsyncSession, officer: Actor, browser_of: SignIn
) -> None:
    company = await make.an_organisation(session, name_en="Very Secret Bio")
    institution = await an_institution(session)
    coordinator = await make.a_coordinator(session, institution, language="en")
    case = await an_asked_case(session, officer, institution, sponsor=await make.a_sponsor(session, company))
    browser = await browser_of(coordinator)
    page = (await browser.get(f"/desk/requests/{case.number}")).text
    assert "Site identification" in page
    for hidden in ("Very Secret Bio", "SECRET-101", "start_up", "Start-up"):
        assert hidden not in page
    answer = {"institution": str(institution.id), "answer": "", "note": "Kept as typed"}
    refused = await browser.post(f"/desk/requests/{case.number}", data=answer)
    assert (refused.status_code, "Kept as typed" in refused.text) == (422, True)
    sent = await browser.post(f"/desk/requests/{case.number}", data={**answer, "answer": "interested"})
    assert sent.status_code == 303
    asked = select(AskedSite).where(AskedSite.institution_id == institution.id)
    site = (await session.scalars(asked.execution_options(populate_existing=True))).one()
    assert (site.answer, site.answer_note) == ("interested", "Kept as typed")


async def test_strangers_other_sponsors_and_other_hospitals_get_the_same_404_as_for_nothing(
    session: AsyncSession, officer: Actor, browser_of: SignIn
) -> None:
    asked, other = await an_institution(session), await an_institution(session)
    await an_asked_case(session, officer, other)
    case = await an_asked_case(session, officer, asked)
    readers = [
        await make.a_sponsor(session, language="en"),
        await make.a_coordinator(session, other, language="en"),
        await make.an_observer(session, language="en"),
        await make.an_administrator(session, language="en"),
    ]
    for reader in readers:
        browser = await browser_of(reader)
        for path in ("/consultations/{}", "/desk/requests/{}", "/consultations/{}/meeting"):
            hidden = await browser.get(path.format(case.number))
            absent = await browser.get(path.format("2026-9999"))
            assert (hidden.status_code, absent.status_code) == (404, 404)
            assert hidden.text.replace(case.number, "") == absent.text.replace("2026-9999", "")
        for step in ("accept", "release", "close"):
            assert (await browser.post(f"/consultations/{case.number}/{step}")).status_code == 404


async def test_a_sponsor_cannot_do_an_officers_steps_in_its_own_case(session: AsyncSession, browser_of: SignIn) -> None:
    sponsor = await make.a_sponsor(session)
    case = await a_case(session, sponsor)
    browser = await browser_of(sponsor)
    for step in ("accept", "refer", "meeting", "close", "resume", "ask"):
        assert (await browser.post(f"/consultations/{case.number}/{step}")).status_code == 404
    await session.refresh(case)
    assert case.accepted_at is None


async def test_a_coordinator_reads_the_case_at_its_desk_only(
    session: AsyncSession, officer: Actor, browser_of: SignIn
) -> None:
    institution = await an_institution(session)
    coordinator = await make.a_coordinator(session, institution)
    case = await an_asked_case(session, officer, institution)
    browser = await browser_of(coordinator)
    assert (await browser.get(f"/consultations/{case.number}")).status_code == 404
    assert (await browser.get(f"/desk/requests/{case.number}")).status_code == 200


async def test_a_meeting_that_cannot_be_read_is_refused_and_stays_typed(
    session: AsyncSession, person: Person, officer: Actor, browser_of: SignIn
) -> None:
    case = await an_accepted_case(session, officer)
    browser = await browser_of(person)
    typed = {"held_on": "yesterday", "held_time": "25:00", "mode": "", "participants": "Ünï \N{GRINNING FACE}"}
    refused = await browser.post(f"/consultations/{case.number}/meeting", data=typed)
    assert refused.status_code == 422
    for words in ("Write the day as in 2026-11-20.", "Write the time in Japan", "yesterday", "Ünï \N{GRINNING FACE}"):
        assert words in refused.text


async def test_referring_shows_the_service_to_the_sponsor(
    session: AsyncSession, person: Person, browser_of: SignIn
) -> None:
    sponsor = await make.a_sponsor(session)
    case = await a_case(session, sponsor)
    desk = await browser_of(person)
    here = f"/consultations/{case.number}"
    assert (await desk.post(f"{here}/refer", data={"service": "nobody"})).status_code == 422
    service = (await session.scalars(select(ReferralService).where(ReferralService.url.is_not(None)).limit(1))).one()
    assert (await desk.post(f"{here}/refer", data={"service": service.code})).status_code == 303
    page = (await (await browser_of(sponsor)).get(here)).text
    assert service.name_en in page
    assert service.url in page
    assert (await desk.get(here)).status_code == 200
    assert (await desk.post(f"{here}/accept")).status_code == 409


async def test_outcomes_and_the_end_by_forms(
    session: AsyncSession, person: Person, officer: Actor, browser_of: SignIn
) -> None:
    institution = await an_institution(session)
    case = await an_asked_case(session, officer, institution)
    desk, here = await browser_of(person), f"/consultations/{case.number}"
    outcome = f"{here}/sites/{institution.id}/outcome"
    assert "No answer" in (await desk.get(outcome)).text
    assert (await desk.post(outcome, data={"outcome": "no_answer", "reply_by": "soon"})).status_code == 422
    assert (await desk.post(outcome, data={"outcome": "selected"})).status_code == 409
    assert (await desk.post(outcome, data={"outcome": "no_answer"})).status_code == 303
    assert (await desk.post(f"{here}/close", data={"ending": ""})).status_code == 422
    assert (await desk.post(f"{here}/close", data={"ending": "delivered"})).status_code == 303
    assert "The case is closed." in (await desk.get(here)).text


async def test_pausing_moving_and_asking_by_forms(
    session: AsyncSession, person: Person, officer: Actor, browser_of: SignIn
) -> None:
    first, second = await an_institution(session), await an_institution(session)
    case = await a_listed_case(session, officer, first, second)
    desk, here = await browser_of(person), f"/consultations/{case.number}"
    assert (await desk.post(f"{here}/ask", data={"institutions": ["nobody"]})).status_code == 422
    assert (await desk.post(f"{here}/ask")).status_code == 422
    assert (await desk.post(f"{here}/ask", data={"institutions": [str(first.id)]})).status_code == 303
    assert second.code not in (await desk.get(here)).text
    assert (await desk.post(f"{here}/wait", data={"waits_for": "site"})).status_code == 303
    assert "Paused: waiting for a site" in (await desk.get(here)).text
    assert (await desk.post(f"{here}/resume")).status_code == 303
    assert (await desk.post(f"{here}/move", data={"to": "7"})).status_code == 409
    for step in ("refer", "out-of-scope", "meeting", "release", "ask", "close"):
        assert (await desk.get(f"{here}/{step}")).status_code == 200


async def test_an_enquiry_leads_to_its_case_or_says_that_it_will(session: AsyncSession, browser_of: SignIn) -> None:
    sponsor = await make.a_sponsor(session)
    submitted, draft = await an_enquiry(session, sponsor), await an_enquiry(session, sponsor, submitted_at=None)
    browser = await browser_of(sponsor)
    assert "within a minute" in (await browser.get(f"/enquiries/{submitted.id}/follow")).text
    assert "begins when you submit it" in (await browser.get(f"/enquiries/{draft.id}/follow")).text
    case = await a_case(session, sponsor)
    led = await browser.get(f"/enquiries/{case.enquiry_id}/follow")
    assert (led.status_code, led.headers["location"]) == (303, f"/consultations/{case.number}")
    stranger = await browser_of(await make.a_sponsor(session))
    assert (await stranger.get(f"/enquiries/{case.enquiry_id}/follow")).status_code == 404


async def test_days_are_in_japan_and_the_clock_names_the_holiday(
    session: AsyncSession, person: Person, officer: Actor, browser_of: SignIn
) -> None:
    japanese = await make.an_officer(session)
    case = await a_met_case(session, officer)
    english_page = (await (await browser_of(person)).get(f"/consultations/{case.number}")).text
    japanese_page = (await (await browser_of(japanese)).get(f"/consultations/{case.number}")).text
    assert "Labour Thanksgiving Day" in english_page
    assert "勤労感謝の日" in japanese_page
    assert "2026年11月" in japanese_page


async def test_out_of_scope_by_form_shows_the_reason_to_the_sponsor(
    session: AsyncSession, person: Person, browser_of: SignIn
) -> None:
    sponsor = await make.a_sponsor(session)
    case = await a_case(session, sponsor)
    desk, here = await browser_of(person), f"/consultations/{case.number}"
    assert (await desk.post(f"{here}/out-of-scope", data={"reason": " "})).status_code == 422
    reason = "A <script>registry</script> study \N{RIGHT-TO-LEFT OVERRIDE}is not a trial."
    assert (await desk.post(f"{here}/out-of-scope", data={"reason": reason})).status_code == 303
    page = (await (await browser_of(sponsor)).get(here)).text
    assert "A &lt;script&gt;registry&lt;/script&gt; study" in page


async def test_who_speaks_for_two_asked_hospitals_answers_for_each(
    session: AsyncSession, officer: Actor, browser_of: SignIn
) -> None:
    first, second = await an_institution(session), await an_institution(session)
    both = await make.a_coordinator(session, first, language="en")
    organisation = await session.get_one(Organisation, second.id)
    await make.saved(
        session,
        Membership(person_id=both.id, organisation_id=organisation.id, role=Role.COORDINATOR, created_at=NOW),
    )
    case = await an_asked_case(session, officer, first, second)
    browser, here = await browser_of(both), f"/desk/requests/{case.number}"
    assert (await browser.get("/desk")).status_code == 200
    for institution in (first, second):
        page = (await browser.get(f"{here}?institution={institution.id}")).text
        assert f'value="{institution.id}"' in page
        sent = await browser.post(here, data={"institution": str(institution.id), "answer": "later"})
        assert sent.status_code == 303
    answers = select(AskedSite.answer).where(AskedSite.consultation_id == case.id)
    assert list(await session.scalars(answers)) == ["later", "later"]
