"""Officers decide on facility texts: the most frequent first, by plain buttons, and nothing is overwritten unseen."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from app.seeding import DEMO_DATA
from app.trials.models import Facility
from app.trials.record import Site, Text
from app.trials.seeding import load_demonstration
from tests import make
from tests.conftest import NOW, SignIn
from tests.sites.make import an_institution, counted_queries
from tests.trials.test_facility_decisions import the_doubt
from tests.trials.test_links import DOUBTFUL, MASKED, OSAKA, at, brought_in, links_of

Sessions = async_sessionmaker[AsyncSession]
WING = Site(1, Text("大阪大学医学部附属病院 かもめ棟", None), city="吹田市", prefecture="pref.27")
HOSTILE = Site(1, Text(None, "Osaka University <script>alert(1)</script>"), city="Suita", prefecture="pref.27")


async def a_desk(session: AsyncSession, browser_of: SignIn, **given: Any) -> httpx.AsyncClient:
    """An officer's browser."""
    return await browser_of(await make.an_officer(session, **{"language": "en", **given}))  # type: ignore[misc]


async def answered(browser: httpx.AsyncClient, doubt: Facility, **fields: str) -> httpx.Response:
    return await browser.post(f"/facilities/{doubt.id}", data={"seen": "0", **fields})


async def test_what_waits_is_listed_the_most_frequent_first_with_its_reason(
    sessions: Sessions, session: AsyncSession, browser_of: SignIn
) -> None:
    await brought_in(sessions, at("NCT99900001", WING, MASKED, OSAKA), at("NCT99900002", DOUBTFUL, HOSTILE))
    await brought_in(sessions, at("NCT99900003", DOUBTFUL, DOUBTFUL))
    page = (await (await a_desk(session, browser_of)).get("/facilities")).text
    assert "3 texts of public trial records wait for a decision." in page
    places = [page.index(words) for words in ("Osaka University</span>", "かもめ棟</span>", "&lt;script&gt;")]
    assert places[0] == min(places) and "in 2 trials" in page and "<script>alert" not in page
    assert "The text names Osaka University, but no hospital of it." in page
    assert "Research Site" not in page
    assert page.count('data-key="1"') == 3 and 'value="CCRH-03"' in page


async def test_a_plain_button_decides_leads_on_and_can_be_taken_back(
    sessions: Sessions, session: AsyncSession, browser_of: SignIn
) -> None:
    await brought_in(sessions, at("NCT99900001", DOUBTFUL), at("NCT99900002", WING))
    browser = await a_desk(session, browser_of, name="Officer Kamome")
    doubt, wing = await the_doubt(session), await the_doubt(session, "")
    gone = await answered(browser, doubt, answer="CCRH-03", following=str(wing.id))
    assert gone.status_code == 303
    assert gone.headers["location"] == f"/facilities?standing=open&decided={doubt.id}#text-{wing.id}"
    assert await links_of(session) == {1: "CCRH-03"}
    after = (await browser.get(gone.headers["location"])).text
    assert "Officer Kamome" in after and "Take the decision back" in after
    assert "1 text of public trial records waits for a decision." in after
    decided = (await browser.get("/facilities?standing=decided")).text
    assert "Officer Kamome" in decided and "Osaka University Hospital" in decided
    back = await browser.post(f"/facilities/{doubt.id}", data={"answer": "rule", "seen": "1"})
    assert back.status_code == 303
    assert await links_of(session) == {1: None}


async def test_the_second_officer_sees_the_first_s_decision(
    sessions: Sessions, session: AsyncSession, browser_of: SignIn
) -> None:
    await brought_in(sessions, at("NCT99900001", DOUBTFUL))
    doubt = await the_doubt(session)
    first, second = await a_desk(session, browser_of, name="Officer A"), await a_desk(session, browser_of)
    await answered(first, doubt, answer="CCRH-03")
    refused = await answered(second, doubt, answer="none")
    assert refused.status_code == 409
    assert "Officer A</span> has decided" in refused.text or "Officer A has decided" in refused.text
    assert await links_of(session) == {1: "CCRH-03"}
    assert (await answered(second, doubt, answer="none", seen="1")).status_code == 303
    assert await links_of(session) == {1: None}


async def test_any_institution_can_be_chosen_and_one_that_is_not_there_is_refused(
    sessions: Sessions, session: AsyncSession, browser_of: SignIn
) -> None:
    await brought_in(sessions, at("NCT99900001", DOUBTFUL))
    browser, doubt = await a_desk(session, browser_of), await the_doubt(session)
    for fields in ({"answer": "institution", "institution": ""}, {"answer": "CCRH-99"}, {"answer": ""}):
        refused = await answered(browser, doubt, **fields)
        assert refused.status_code == 422
        assert "Choose an institution of the registry." in refused.text
    page = (await browser.get(f"/facilities/{doubt.id}")).text
    assert 'value="CCRH-08"' in page and "NCT99900001" in page
    assert (await answered(browser, doubt, answer="institution", institution="CCRH-08")).status_code == 303
    assert await links_of(session) == {1: "CCRH-08"}
    history = (await browser.get(f"/facilities/{doubt.id}")).text
    assert "Decisions" in history and "Keio University Hospital" in history


@pytest.mark.parametrize("path", ["/facilities", "/facilities/{key}"])
async def test_only_officers_see_and_decide(
    sessions: Sessions, session: AsyncSession, browser_of: SignIn, path: str
) -> None:
    hospital = await an_institution(session)
    await brought_in(sessions, at("NCT99900001", DOUBTFUL))
    doubt = await the_doubt(session)
    for person in (await make.a_coordinator(session, hospital), await make.an_administrator(session)):
        browser = await browser_of(person)  # type: ignore[misc]
        assert (await browser.get(path.replace("{key}", str(doubt.id)))).status_code == 404
        assert (await answered(browser, doubt, answer="CCRH-03")).status_code == 404
    assert await links_of(session) == {1: None}


async def test_unknown_texts_and_odd_addresses_are_answered(session: AsyncSession, browser_of: SignIn) -> None:
    browser = await a_desk(session, browser_of)
    assert "Nothing waits for a decision" in (await browser.get("/facilities")).text
    for query in ("standing=odd&page=x", "q=%00%25", "institution=CCRH-99&standing=linked", "decided=x"):
        assert (await browser.get(f"/facilities?{query}")).status_code == 200, query
    unknown = "00000000-0000-0000-0000-000000000000"
    assert (await browser.get(f"/facilities/{unknown}")).status_code == 404
    assert (await browser.get(f"/facilities?decided={unknown}")).status_code == 404


async def test_the_page_takes_the_same_queries_for_any_number_of_texts(
    sessions: Sessions, session: AsyncSession, browser_of: SignIn, connection: AsyncConnection
) -> None:
    browser = await a_desk(session, browser_of)
    counts = []
    for many in (1, 19):
        sites = [Site(1, Text(None, f"Osaka University, Kamome {many} {n}"), city="Suita") for n in range(many)]
        await brought_in(sessions, at(f"NCT999000{many:02}", *sites))
        async with counted_queries(connection) as queries:
            assert (await browser.get("/facilities")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


async def test_the_demonstration_has_something_to_decide_and_links_only_fictional_hospitals(
    session: AsyncSession, browser_of: SignIn
) -> None:
    for code, english, japanese, city, prefecture in (
        ("DEMO-01", "Sample University Hospital", "見本大学病院", "Sample City", "pref.14"),
        ("DEMO-02", "Example Medical Center", "例示医療センター", "Example City", "pref.34"),
        ("DEMO-03", "Fictional Memorial Hospital", "架空記念病院", "Fictional City", "pref.17"),
    ):
        await an_institution(
            session, code=code, name_en=english, name_ja=japanese, city_en=city, prefecture_code=prefecture
        )
    await load_demonstration(session, DEMO_DATA, now=NOW)
    await session.commit()
    texts = list(await session.scalars(select(Facility)))
    assert {one.demo for one in texts} == {True}
    assert [await links_of(session, number) for number in ("jRCTs999990008", "NCT99990007")] == [
        {1: "DEMO-01", 2: "DEMO-02", 3: "DEMO-03"},
        {1: "DEMO-01", 2: None, 3: None},
    ]
    page = (await (await a_desk(session, browser_of, language="ja")).get("/facilities")).text
    assert "判断待ちは3件です" in page and "CCRH-" not in page.split("<tbody", 1)[1].split("</tbody", 1)[0]
