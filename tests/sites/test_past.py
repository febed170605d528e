"""Any institution can be shown as of any past date, in the page and as JSON."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.sites import actions
from app.sites.models import Institution
from app.sites.rules import FactState
from tests import make as people
from tests.conftest import NOW
from tests.sites import make
from tests.sites.test_pages import words

LONG_AGO = NOW - timedelta(days=400)
CODE = "fih.unit"


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    """An institution whose page said yes, then partly, and which then said no; another one's facts stand beside."""
    noise = await make.an_institution(session)
    await make.a_fact(session, noise, state=FactState.NO, recorded_at=LONG_AGO)
    place = await make.an_institution(session)
    old = LONG_AGO.date() - timedelta(days=300)
    first = {"as_of": old, "recorded_at": LONG_AGO, "superseded_at": LONG_AGO + timedelta(days=100)}
    await make.a_fact(session, place, state=FactState.YES, note_en="A ward of eight beds.", **first)
    await make.a_fact(session, place, state=FactState.PARTLY, recorded_at=LONG_AGO + timedelta(days=100))
    by = await people.acting(session, await people.a_coordinator(session, place))
    await actions.state_facts(session, place.code, {CODE: {"state": "no"}}, by=by, now=NOW - timedelta(days=10))
    await make.some_room(session, place, public=True, recorded_at=LONG_AGO, superseded_at=NOW - timedelta(days=5))
    return place


def state_of(profile: dict[str, list[dict[str, str]]]) -> str:
    return next(fact["state"] for fact in profile["facts"] if fact["capability"] == CODE)


@pytest.mark.parametrize(
    ("days_ago", "state"), [(401, "unknown"), (400, "yes"), (301, "yes"), (300, "partly"), (11, "partly"), (10, "no")]
)
async def test_each_past_day_shows_what_was_believed_then(
    client: httpx.AsyncClient, place: Institution, days_ago: int, state: str
) -> None:
    day = (NOW - timedelta(days=days_ago)).date().isoformat()
    answer = (await client.get(f"/api/v1/sites/{place.code}?as_of={day}")).json()
    assert (answer["as_of"], state_of(answer)) == (day, state)


async def test_today_and_days_to_come_are_now(client: httpx.AsyncClient, place: Institution) -> None:
    for day in (NOW.date(), NOW.date() + timedelta(days=3)):
        answer = (await client.get(f"/api/v1/sites/{place.code}?as_of={day}")).json()
        assert (answer["as_of"], state_of(answer)) == (None, "no")


async def test_the_page_says_which_day_it_shows(client: httpx.AsyncClient, place: Institution) -> None:
    day = (LONG_AGO + timedelta(days=1)).date()
    said = words((await client.get(f"/sites/{place.code}?as_of={day}")).text)
    assert "This is what was recorded here at the end of" in said
    assert "A ward of eight beds." in said
    assert "Trials that can start" in said
    now = words((await client.get(f"/sites/{place.code}")).text)
    assert "This is what was recorded here" not in now
    assert "A ward of eight beds." not in now
    assert "Trials that can start" not in now


async def test_a_past_fact_is_judged_by_its_own_day(client: httpx.AsyncClient, place: Institution) -> None:
    """Its source was ten months old when it was recorded: still fresh on that day, due again 99 days later."""
    fresh, due = LONG_AGO.date(), LONG_AGO.date() + timedelta(days=99)
    assert "to be renewed" not in words((await client.get(f"/sites/{place.code}?as_of={fresh}")).text)
    assert "to be renewed" in words((await client.get(f"/sites/{place.code}?as_of={due}")).text)


async def test_before_the_first_record_nothing_is_claimed(client: httpx.AsyncClient, place: Institution) -> None:
    said = words((await client.get(f"/sites/{place.code}?as_of=H31.4.1")).text)
    assert "Nothing had been recorded of this institution by then." in said
    assert "0 of" in said


@pytest.mark.parametrize("typed", ["yesterday", "2026-13-01", "2099-01-01", "R99.1.1", "%00"])
async def test_a_day_that_cannot_be_shown_is_refused_beside_its_field(
    client: httpx.AsyncClient, place: Institution, typed: str
) -> None:
    answer = await client.get(f"/sites/{place.code}?as_of={typed}")
    if typed == "%00":
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    assert f"“{typed}”" in answer.text
    assert f'value="{typed}"' in answer.text


async def test_a_withdrawn_word_stays_with_its_institution_in_the_past_too(
    client: httpx.AsyncClient, session: AsyncSession, place: Institution
) -> None:
    await make.a_fact(session, place, capability_code="ct.cpc", source_kind="site", note_en="Typed, not confirmed",
                      recorded_at=LONG_AGO)  # fmt: skip
    for address in (f"/sites/{place.code}?as_of={NOW.date() - timedelta(days=2)}", f"/sites/{place.code}"):
        assert "Typed, not confirmed" not in (await client.get(address)).text
