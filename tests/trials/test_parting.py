"""An officer parts records that are another trial, and takes it back; nobody else sees that this can be done."""

from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground.audit import AuditEvent
from app.identity.rules import SERVICE
from app.trials.actions import incoming, load
from app.trials.models import TrialRecord, TrialTouched
from app.trials.record import Text
from tests.conftest import NOW, SignIn
from tests.make import a_sponsor, an_administrator, an_observer, an_officer
from tests.trials.make import a_number, a_record

Sessions = async_sessionmaker[AsyncSession]
JRCT, NCT, OTHER = "jRCT9999000001", "NCT99900001", "NCT99900002"


@pytest.fixture
async def joined(sessions: Sessions) -> None:
    """Three numbers of one trial, one of them handed over by two sources, and a trial beside it."""
    records = [
        a_record(JRCT, "jrct", numbers=(a_number(NCT), a_number(OTHER))),
        a_record(NCT),
        a_record(NCT, "ictrp"),
        a_record(OTHER, public_title=Text(None, "Quite another trial")),
        a_record("NCT99900009"),
    ]
    await load(sessions, [incoming(one) for one in records], by=SERVICE, now=NOW)


@pytest.fixture
async def officer(session: AsyncSession, browser_of: SignIn) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(await an_officer(session, language="en", name="Officer Sample"))  # type: ignore[misc]
    return browser


async def trials_of(session: AsyncSession) -> set[frozenset[str]]:
    """Return the numbers of each trial's records."""
    session.expire_all()
    found: dict[object, set[str]] = {}
    for record in await session.scalars(select(TrialRecord)):
        found.setdefault(record.trial_id, set()).add(f"{record.source} {record.number}")
    return {frozenset(numbers) for numbers in found.values()}


WHOLE = frozenset({f"jrct {JRCT}", f"ctgov {NCT}", f"ictrp {NCT}", f"ctgov {OTHER}"})
BESIDE = frozenset({"ctgov NCT99900009"})


@pytest.mark.usefixtures("joined")
async def test_chosen_numbers_become_a_trial_of_their_own_and_the_officer_can_take_it_back(
    session: AsyncSession, sessions: Sessions, officer: httpx.AsyncClient
) -> None:
    assert f"/trials/{JRCT}/part" in (await officer.get(f"/trials/{JRCT}")).text
    answer = await officer.post(f"/trials/{JRCT}/part", data={"records": [OTHER]})
    assert answer.headers["location"] == f"/trials/{OTHER}/part?done=parted"
    assert await trials_of(session) == {BESIDE, frozenset({f"ctgov {OTHER}"}), WHOLE - {f"ctgov {OTHER}"}}
    assert len(set(await session.scalars(select(TrialTouched.trial_id)))) == 3
    page = (await officer.get(answer.headers["location"])).text
    for words in ("Parted. This is the new trial", "Officer Sample", f'href="/trials/{JRCT}"', "Quite another trial"):
        assert words in page
    assert "An officer parted this" in (await officer.get(f"/trials/{OTHER}")).text

    again = a_record(OTHER, public_title=Text(None, "Read again"), numbers=(a_number(JRCT),))
    await load(sessions, [incoming(again)], by=SERVICE, now=NOW)
    assert {f"ctgov {OTHER}"} in await trials_of(session), "what a person parted stays parted when it is read again"

    answer = await officer.post(f"/trials/{OTHER}/join")
    assert answer.headers["location"] == f"/trials/{OTHER}/part?done=joined"
    assert await trials_of(session) == {BESIDE, WHOLE}
    events = await session.scalars(select(AuditEvent).where(AuditEvent.by_id.is_not(None)).order_by(AuditEvent.id))
    said = [(event.what, event.details.get("records")) for event in events if event.what.startswith("trial.")]
    assert said == [("trial.parted", [OTHER]), ("trial.joined", [OTHER]), ("trial.parting_undone", [OTHER])]
    assert "Taken back" in (await officer.get(answer.headers["location"])).text


@pytest.mark.usefixtures("joined")
async def test_records_of_one_number_go_together(session: AsyncSession, officer: httpx.AsyncClient) -> None:
    await officer.post(f"/trials/{OTHER}/part", data={"records": [NCT]})
    assert {f"ctgov {NCT}", f"ictrp {NCT}"} in await trials_of(session)
    await officer.post(f"/trials/{NCT}/join")
    assert await trials_of(session) == {BESIDE, WHOLE}


@pytest.mark.parametrize(
    ("chosen", "english", "japanese"),
    [
        ([], "No record was chosen", "情報が選ばれていません"),
        (["NCT99900009", "\x00"], "No record was chosen", "情報が選ばれていません"),
        ([JRCT, NCT, OTHER], "All records were chosen", "すべての情報が選ばれた"),
    ],
)
@pytest.mark.usefixtures("joined")
async def test_a_choice_that_parts_nothing_is_refused_beside_the_field(
    session: AsyncSession, officer: httpx.AsyncClient, chosen: list[str], english: str, japanese: str
) -> None:
    answer = await officer.post(f"/trials/{JRCT}/part", data={"records": chosen})
    assert answer.status_code == 422
    assert english in answer.text.partition('id="field-records-error"')[2]
    officer.cookies.set("language", "ja")
    assert japanese in (await officer.post(f"/trials/{JRCT}/part", data={"records": chosen})).text
    assert await trials_of(session) == {BESIDE, WHOLE}


@pytest.mark.usefixtures("joined")
async def test_nothing_is_taken_back_twice(session: AsyncSession, officer: httpx.AsyncClient) -> None:
    answer = await officer.post(f"/trials/{JRCT}/join")
    assert answer.status_code == 409
    assert "not parted from a trial" in answer.text
    assert (await officer.post("/trials/NCT00000000/join")).status_code == 404
    alone = await officer.get("/trials/NCT99900009/part")
    assert "One number only" in alone.text
    assert "/part" not in (await officer.get("/trials/NCT99900009")).text


@pytest.mark.usefixtures("joined")
async def test_nobody_but_officers_sees_that_records_can_be_parted(
    session: AsyncSession, client: httpx.AsyncClient, browser_of: SignIn
) -> None:
    assert "/part" not in (await client.get(f"/trials/{JRCT}")).text
    for make in (a_sponsor, an_observer, an_administrator):
        browser: httpx.AsyncClient = await browser_of(await make(session))  # type: ignore[misc]
        assert "/part" not in (await browser.get(f"/trials/{JRCT}")).text
        assert (await browser.get(f"/trials/{JRCT}/part")).status_code == 404
        for action in ("part", "join"):
            answer = await browser.post(f"/trials/{JRCT}/{action}", data={"records": [OTHER]})
            assert answer.status_code == 404
    assert urlsplit((await client.get(f"/trials/{JRCT}/part")).headers["location"]).path == "/sign-in"
    assert await trials_of(session) == {BESIDE, WHOLE}
