"""The heartbeat: who confirmed, who waits, who has nobody, and whose facts go stale; for staff alone."""

from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.identity.models import Person
from app.seeding import seed_demonstration
from app.settings import Settings
from app.sites import actions, queries
from app.sites.models import Institution
from app.sites.queries.heartbeat import SOON, Line, heartbeats
from app.sites.queries.profile import profile, summary
from app.sites.queries.staleness import Staleness, staleness
from app.sites.rules import FactState
from app.sites.rules.confirming import Heartbeat, Pace
from app.sites.seeding import demonstration_confirmations
from tests import make as people
from tests.conftest import NOW, Clock, SignIn
from tests.desk import JobDesk
from tests.sites import make
from tests.sites.confirmations import a_round, in_december
from tests.sites.test_confirming import seen, tokens
from tests.sites.test_pages import words

LATER = in_december(9)


@pytest.fixture
async def officer(session: AsyncSession) -> Person:
    return await people.an_officer(session, language="en")


async def a_place(session: AsyncSession, name: str) -> Institution:
    found = await make.an_institution(session, name_en=name)
    await make.some_room(session, found)
    return found


@pytest.fixture
async def places(session: AsyncSession, officer: Person) -> dict[str, Institution]:
    """One institution of each state."""
    made = {name: await a_place(session, name) for name in ("Answered", "Waiting", "Lapsed", "Fresh", "Lonely")}
    for name in ("Answered", "Waiting", "Lapsed", "Fresh"):
        await people.a_coordinator(session, made[name], name=f"Coordinator of {name}")
    await a_round(session, made["Lapsed"], now=in_december(1) - timedelta(days=35))
    for name in ("Answered", "Waiting"):
        await a_round(session, made[name], now=in_december(1))
    (token,) = await tokens(session, made["Answered"])
    await actions.confirm_by_link(session, token, await seen(session, made["Answered"]), now=in_december(2))
    staff = await people.acting(session, officer)
    await actions.remind_now(session, made["Waiting"].code, by=staff, now=in_december(8))
    await session.commit()
    return made


async def lines(session: AsyncSession, officer: Person) -> list[Line]:
    return await heartbeats(session, reader=await people.acting(session, officer), now=LATER, pace=Pace())


async def test_the_worst_stands_first_and_every_state_is_told(
    session: AsyncSession, officer: Person, places: dict[str, Institution]
) -> None:
    found = [line for line in await lines(session, officer) if line.institution.code.startswith("TEST")]
    assert [(line.institution.name_en, line.state) for line in found] == [
        ("Lapsed", Heartbeat.LAPSED),
        ("Waiting", Heartbeat.WAITING),
        ("Fresh", Heartbeat.NOT_ASKED),
        ("Lonely", Heartbeat.NOBODY),
        ("Answered", Heartbeat.ANSWERED),
    ]
    by_name = {line.institution.name_en: line for line in found}
    waiting, answered = by_name["Waiting"], by_name["Answered"]
    assert (waiting.waited, waiting.asked, [one.recipients for one in waiting.reminders]) == (6, 1, [1])
    assert (waiting.may_ask, waiting.may_remind) == (False, True)
    assert (answered.confirmed_at, answered.confirmed_by) == (in_december(2), "Coordinator of Answered")
    assert (answered.may_ask, answered.may_remind) == (False, False)
    assert by_name["Fresh"].may_ask
    assert by_name["Lapsed"].may_ask
    assert not by_name["Lonely"].may_ask


async def test_the_page_says_it_in_words_and_filters(
    session: AsyncSession, officer: Person, places: dict[str, Institution], browser_of: SignIn, clock: Clock
) -> None:
    clock.now = LATER
    browser: httpx.AsyncClient = await browser_of(officer)
    said = words((await browser.get("/heartbeat")).text)
    assert "No answer in time: 1. Waiting for an answer: 1 . Not asked yet: 1. Confirmed: 1." in said
    assert "Waiting for 6 business days" in said
    assert "8 Dec 2026 to 1 person" in said
    assert "2 Dec 2026 Coordinator of Answered" in said
    for show, shown in {"unanswered": {"Lapsed", "Waiting"}, "not_asked": {"Fresh"}}.items():
        table = words((await browser.get(f"/heartbeat?show={show}")).text.partition("<tbody")[2])
        assert {name for name in places if f"{name} " in table.replace("Coordinator of Answered", "")} >= shown
        assert "Lonely" not in table
    assert "/heartbeat" in (await browser.get("/sites")).text


async def test_staff_ask_and_remind_from_the_page_once(
    officer: Person, places: dict[str, Institution], browser_of: SignIn, clock: Clock, desk: JobDesk
) -> None:
    clock.now = LATER
    browser: httpx.AsyncClient = await browser_of(officer)
    for name, act in (("Fresh", "ask"), ("Waiting", "remind")):
        address = f"/heartbeat/{places[name].code}/{act}"
        await desk.work()
        count = len(desk.outbox)
        answer = await browser.post(address)
        assert answer.status_code == 303
        assert "The mail is on its way." in words((await browser.get(answer.headers["location"])).text)
        assert (await browser.post(address)).status_code == 409
        await desk.work()
        assert len(desk.outbox) == count + 1


@pytest.mark.parametrize("who", ["coordinator", "sponsor", "observer", "administrator"])
async def test_the_heartbeat_is_for_staff_alone(
    session: AsyncSession, places: dict[str, Institution], browser_of: SignIn, who: str
) -> None:
    made = {
        "coordinator": lambda: people.a_coordinator(session, places["Waiting"]),
        "sponsor": lambda: people.a_sponsor(session),
        "observer": lambda: people.an_observer(session),
        "administrator": lambda: people.an_administrator(session),
    }
    browser: httpx.AsyncClient = await browser_of(await made[who]())
    for method, address in (("GET", ""), ("POST", f"/{places['Waiting'].code}/remind"), ("POST", "/TEST-0/ask")):
        assert (await browser.request(method, f"/heartbeat{address}")).status_code == 404
    assert "/heartbeat" not in (await browser.get("/sites")).text


async def test_facts_go_stale_by_the_same_rule_as_on_the_profile(session: AsyncSession, officer: Person) -> None:
    place = await a_place(session, "Stale")
    coordinator = await people.a_coordinator(session, place)
    for number, code in enumerate(["fih.unit", "fih.beds", "site.beds_total", "ct.cpc"]):
        for day in range(1, 29, 9):
            as_of = date(2026 - number, 1 + 3 * number, day)
            await make.a_fact(session, place, capability_code=code, as_of=as_of)
    old = {"as_of": date(2020, 1, 31), "confirmed_by": coordinator}
    await make.a_fact(session, place, capability_code="fih.unit", confirmed_at=NOW - timedelta(days=900), **old)
    await make.a_fact(session, place, capability_code="ri.handling", as_of=date(2000, 1, 1), state=FactState.UNKNOWN)
    reader = await people.acting(session, officer)
    institutions = list(await session.scalars(queries.visible_to(reader)))
    counted = await staleness(session, [one.id for one in institutions], now=NOW, soon=SOON)
    total = 0
    for institution in institutions:
        told = summary(await profile(session, institution, reader=reader, now=NOW)).stale
        found = counted.get(institution.id, Staleness())
        assert found.now == told, institution.code
        total += told
        if institution.id != place.id:
            later = summary(await profile(session, institution, reader=reader, now=NOW + SOON)).stale
            assert found.now + found.soon == later, institution.code
    assert total > 0
    assert counted[place.id].now > 0


async def test_the_number_of_queries_does_not_grow_with_the_institutions(
    session: AsyncSession, connection: AsyncConnection, officer: Person, places: dict[str, Institution]
) -> None:
    async with make.counted_queries(connection) as few:
        await lines(session, officer)
    for n in range(4):
        place = await a_place(session, f"More {n}")
        await people.a_coordinator(session, place)
        await a_round(session, place, now=in_december(1))
    async with make.counted_queries(connection) as many:
        await lines(session, officer)
    assert len(many) == len(few) <= 10


async def test_the_demonstration_has_one_answered_one_waiting_and_one_not_asked(
    session: AsyncSession, officer: Person, settings: Settings, client: httpx.AsyncClient
) -> None:
    for later in (0, 1):
        async for _said in seed_demonstration(session, settings, now=NOW + timedelta(hours=later)):
            pass
    await session.commit()
    reader = await people.acting(session, officer)
    found = {line.institution.code: line for line in await heartbeats(session, reader=reader, now=NOW, pace=Pace())}
    states = {code: line.state for code, line in found.items() if code.startswith("DEMO-0")}
    assert states == {
        "DEMO-01": Heartbeat.ANSWERED,
        "DEMO-02": Heartbeat.WAITING,
        "DEMO-03": Heartbeat.NOT_ASKED,
    }
    assert (found["DEMO-02"].waited, [one.recipients for one in found["DEMO-02"].reminders]) == (12, [1])
    secret = settings.secret_key.get_secret_value()
    ((_name, token),) = await demonstration_confirmations(session, secret=secret, now=NOW)
    assert "例示医療センター" in words((await client.get(f"/confirm?token={token}")).text)
