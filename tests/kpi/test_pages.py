"""The pages of figures in a browser's place: each role, both languages, every number with its cases."""

import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import CaseState
from app.identity.models import Person
from tests import make
from tests.kpi.cases import on
from tests.kpi.make import a_consultation, an_ended_consultation

SignIn = Callable[[Person], Awaitable[httpx.AsyncClient]]
PAGES = ("/figures", "/figures/cases", "/figures/cases?figure=contacts", "/figures/cases.csv", "/figures/chart.svg")


def plain(html: str) -> str:
    """What a reader sees of a page, with single spaces; marks inside a line leave none."""
    lines = re.sub(r"</?(?:span|time|b|a)\b[^>]*>", "", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", lines)).strip()


async def a_year(session: AsyncSession) -> None:
    await a_consultation(session, number="2026-0001", met=(on(5, 1), on(6, 1)))
    await a_consultation(session, number="2026-0002", answers={"is_mrct": "no", "company_country": "GB"})
    await a_consultation(session, number="2026-0003", answers={"is_mrct": "not_decided"})
    await a_consultation(session, number="2026-0004", accepted=False)
    await an_ended_consultation(session, CaseState.OUT_OF_SCOPE, number="2026-0005")
    await a_consultation(session, number="2025-0009", received_at=on(3, 1))
    await session.commit()


async def test_the_dashboard_shows_the_figures_side_by_side(session: AsyncSession, browser_of: SignIn) -> None:
    await a_year(session)
    browser = await browser_of(await make.an_officer(session, language="en"))
    page = await browser.get("/figures")
    assert page.status_code == 200
    words = plain(page.text)
    assert "1 case counted Target: 15 a year by FY2028" in words
    assert "14 more cases reach the target of 15 a year." in words
    assert "Received 5 cases Among them: in triage 1, referred 0, out of scope 1, withdrawn 0, merged 0" in words
    assert "Accepted 3 cases Counted 1, not counted 2" in words
    assert "Intake meeting held 1 case Counted 1, not counted 0" in words
    assert "Contacts 7 contacts" in words
    assert page.text.count("data-on") == 1


async def test_the_dashboard_speaks_japanese_as_an_office_does(session: AsyncSession, browser_of: SignIn) -> None:
    await a_year(session)
    browser = await browser_of(await make.an_observer(session))
    words = plain((await browser.get("/figures")).text).replace(" ", "")
    assert "2026年度（令和8年度）の相談件数" in words
    assert "1件を計上（実件数）目標値年間15件（2028年度（令和10年度）まで）" in words
    assert "計上外：国際共同治験ではありません（国内のみの治験またはその他の研究）。" in words
    assert "英国" in words


async def test_unknown_stands_apart_from_japan_only(session: AsyncSession, browser_of: SignIn) -> None:
    await a_year(session)
    browser = await browser_of(await make.an_observer(session, language="en"))
    waiting = plain((await browser.get("/figures/cases?figure=waiting")).text)
    assert "2026-0003" in waiting
    assert "2026-0002" not in waiting
    assert "whether it is a multi-regional clinical trial is not yet known" in waiting


@pytest.mark.parametrize(
    ("figure", "numbers"),
    [
        ("received", {"2026-0001", "2026-0002", "2026-0003", "2026-0004", "2026-0005"}),
        ("accepted", {"2026-0001", "2026-0002", "2026-0003"}),
        ("met", {"2026-0001"}),
        ("counted", {"2026-0001"}),
        ("left_out", {"2026-0002", "2026-0003"}),
        ("triage", {"2026-0004"}),
        ("contacts", {"2026-0001", "2026-0002", "2026-0003", "2026-0004", "2026-0005"}),
    ],
)
async def test_every_number_lists_its_cases(
    session: AsyncSession, browser_of: SignIn, figure: str, numbers: set[str]
) -> None:
    await a_year(session)
    browser = await browser_of(await make.an_observer(session, language="en"))
    page = await browser.get(f"/figures/cases?figure={figure}")
    assert set(re.findall(r"/figures/cases/([\d-]+)", page.text)) == numbers


async def test_another_year_a_past_day_and_the_other_rule_can_be_asked_for(
    session: AsyncSession, browser_of: SignIn
) -> None:
    await a_year(session)
    browser = await browser_of(await make.an_officer(session, language="en"))
    last_year = plain((await browser.get("/figures?year=2025")).text)
    assert "Consultations in FY2025" in last_year
    assert "1 case counted" in last_year
    assert "0 cases counted" in plain((await browser.get("/figures?as_of=2026-04-14")).text)
    assert "Counting rule: Intake meeting held, version 1." in plain((await browser.get("/figures?rule=met")).text)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("as_of=yesterday", "Write the day as 2026-11-20; you wrote yesterday."),
        ("as_of=2026-11-21", "Choose a day that is not in the future; you wrote 2026-11-21."),
        ("year=2027", "Choose a fiscal year from the list; you wrote 2027."),
        ("year=２０２６", "Choose a fiscal year from the list; you wrote ２０２６."),
        ("year=-1", "Choose a fiscal year from the list; you wrote -1."),
    ],
)
async def test_what_cannot_be_read_is_said_beside_its_field(
    session: AsyncSession, browser_of: SignIn, query: str, sentence: str
) -> None:
    browser = await browser_of(await make.an_officer(session, language="en"))
    page = await browser.get(f"/figures?{query}")
    assert page.status_code == 422
    assert plain(page.text).count(sentence) == 2, "in the summary and beside the field"


@pytest.mark.parametrize("path", ["/figures?rule=guess", "/figures/cases?figure=guess", "/figures/cases/2026-9999"])
async def test_what_is_not_there_is_not_found(session: AsyncSession, browser_of: SignIn, path: str) -> None:
    browser = await browser_of(await make.an_officer(session))
    assert (await browser.get(path)).status_code == 404


@pytest.mark.parametrize("path", [*PAGES, "/figures/cases/2026-0001", "/api/v1/figures"])
async def test_sponsors_coordinators_and_strangers_see_nothing(
    session: AsyncSession, browser_of: SignIn, client: httpx.AsyncClient, path: str
) -> None:
    await a_year(session)
    coordinator = await make.a_coordinator(session, await make.an_organisation(session, kind="institution"))
    for person in (await make.a_sponsor(session), coordinator):
        page = await (await browser_of(person)).get(path)
        assert page.status_code == 404
        assert "Counted" not in page.text
    visitor = await client.get(path)
    assert visitor.status_code in {303, 401}


@pytest.mark.parametrize("path", [*PAGES, "/figures/cases/2026-0001"])
async def test_no_confidential_word_is_on_a_page_of_figures(
    session: AsyncSession, browser_of: SignIn, path: str
) -> None:
    organisation = await make.an_organisation(session, name_en="Northwind Secret Bio")
    await a_consultation(
        session,
        number="2026-0001",
        organisation=organisation,
        answers={"product_code": "NWB-SECRET", "condition": "secret_disease"},
    )
    await session.commit()
    for who in (make.an_observer, make.an_officer):
        page = await (await browser_of(await who(session))).get(path)
        assert page.status_code == 200
        assert "2026-0001" in page.text or path.endswith("chart.svg")
        assert "secret" not in page.text.casefold()


async def test_the_demonstration_says_that_invented_cases_are_counted(
    session: AsyncSession, browser_of: SignIn
) -> None:
    await a_consultation(session, demo=True)
    await session.commit()
    browser = await browser_of(await make.an_observer(session, language="en"))
    words = plain((await browser.get("/figures")).text)
    assert "1 case counted" in words
    assert "Invented cases of the demonstration are counted on this page" in words


async def test_staff_decide_by_hand_and_the_page_tells_it(session: AsyncSession, browser_of: SignIn) -> None:
    await a_year(session)
    browser = await browser_of(await make.an_officer(session, language="en", name="Hayashi"))
    form = {"choice": "exclude", "reason": "A rehearsal."}
    answer = await browser.post("/figures/cases/2026-0001/decision", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/figures/cases/2026-0001?decided=1")
    words = plain((await browser.get(answer.headers["location"])).text)
    assert "The decision is on record." in words
    assert "Not counted: excluded by a decision of staff, with the reason on record. A rehearsal." in words
    assert "Left out A rehearsal. Hayashi" in words
    assert "0 cases counted" in plain((await browser.get("/figures")).text)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"choice": "exclude", "reason": ""}, "Write the reason: it stays on record with your name."),
        ({"choice": "", "reason": "A rehearsal."}, "Choose whether the case counts."),
        ({"choice": "perhaps", "reason": "A rehearsal."}, "Choose whether the case counts."),
    ],
)
async def test_a_decision_that_cannot_be_taken_keeps_what_was_typed(
    session: AsyncSession, browser_of: SignIn, form: dict[str, str], sentence: str
) -> None:
    await a_year(session)
    browser = await browser_of(await make.an_officer(session, language="en"))
    page = await browser.post("/figures/cases/2026-0001/decision", data=form)
    assert page.status_code == 422
    assert sentence in plain(page.text)
    assert form["reason"] in page.text


async def test_an_observer_reads_the_record_and_is_offered_no_form(session: AsyncSession, browser_of: SignIn) -> None:
    await a_year(session)
    browser = await browser_of(await make.an_observer(session, language="en"))
    page = await browser.get("/figures/cases/2026-0003")
    assert "/decision" not in page.text
    assert "/consultations/" not in page.text
    refused = await browser.post("/figures/cases/2026-0003/decision", data={"choice": "include", "reason": "Yes."})
    assert refused.status_code == 404


async def test_the_record_shows_a_case_under_each_rule(session: AsyncSession, browser_of: SignIn) -> None:
    await a_consultation(session, number="2025-0001", received_at=on(3, 20), met=(on(4, 2),))
    await session.commit()
    browser = await browser_of(await make.an_observer(session, language="en"))
    words = plain((await browser.get("/figures/cases/2025-0001")).text)
    assert "Consultation accepted the rule the window counts by FY2025 Counted:" in words
    assert "Intake meeting held FY2026 Counted:" in words


async def test_anybody_reads_how_we_count_in_both_languages(client: httpx.AsyncClient) -> None:
    page = await client.get("/how-we-count")
    assert page.status_code == 200
    words = plain(page.text)
    assert "once per sponsor, product and indication in the fiscal year" in words
    assert "統合した案件は1件とする。" in words
    assert "Version 1, in force from 1 Apr 2025. The window counts by this rule." in words
    assert "（2028年度までに年間 15件）" in words
    assert words.count("Third Healthcare and Medical Strategy (2025)") == 5
    assert "/figures/rule" not in page.text


async def test_an_administrator_chooses_the_rule_on_that_page(session: AsyncSession, browser_of: SignIn) -> None:
    administrator = await browser_of(await make.an_administrator(session, language="en"))
    assert "/figures/rule" in (await administrator.get("/how-we-count")).text
    answer = await administrator.post("/figures/rule", data={"code": "met"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/how-we-count")
    assert "Counting rule: Intake meeting held, version 1." in plain((await administrator.get("/figures")).text)
    officer = await browser_of(await make.an_officer(session))
    assert (await officer.post("/figures/rule", data={"code": "met"})).status_code == 404


async def test_long_lists_come_a_page_at_a_time(session: AsyncSession, browser_of: SignIn) -> None:
    for _ in range(52):
        await a_consultation(session)
    await session.commit()
    browser = await browser_of(await make.an_observer(session, language="en"))
    first, second = [await browser.get(f"/figures/cases?figure=counted&page={n}") for n in (1, 2)]
    listed = [len(re.findall(r'href="/figures/cases/[\d-]+"', page.text)) for page in (first, second)]
    assert listed == [50, 2]
    assert "Page 1 of 2" in plain(first.text)
    assert 'href="?figure=counted&amp;page=2"' in first.text
    dashboard = await browser.get("/figures")
    assert len(re.findall(r'href="/figures/cases/[\d-]+"', dashboard.text)) == 20
    assert "The target of 15 a year is reached." in plain(dashboard.text)


async def test_the_figures_as_json_have_every_field(session: AsyncSession, browser_of: SignIn) -> None:
    await a_year(session)
    browser = await browser_of(await make.an_observer(session))
    body = (await browser.get("/api/v1/figures")).json()
    numbers = {key: body[key] for key in ("received", "accepted", "met", "contacts", "counted", "not_yet_known")}
    assert numbers == {"received": 5, "accepted": 3, "met": 1, "contacts": 7, "counted": 1, "not_yet_known": 1}
    assert (body["fiscal_year"], body["target"], body["target_fiscal_year"]) == (2026, 15, 2028)
    assert body["months"][0] == {"year": 2026, "month": 4, "counted": 1, "total": 1, "contacts": 5}
    assert body["months"][11] == {"year": 2027, "month": 3, "counted": None, "total": None, "contacts": None}
    assert body["cases"][1] == {
        "number": "2026-0002",
        "received": "2026-04-14",
        "accepted": "2026-04-15",
        "met": None,
        "country": "GB",
        "kind": "biotech",
        "base_in_japan": False,
        "status": "not_counted",
        "reason": "not_mrct",
        "counted_as": None,
    }
    earlier = (await browser.get("/api/v1/figures?year=2025&as_of=2026-03-01&rule=met")).json()
    assert (earlier["fiscal_year"], earlier["rule"], earlier["received"], earlier["accepted"]) == (2025, "met", 1, 0)
    assert (await browser.get("/api/v1/figures?year=2024")).json()["outlook"] is None
