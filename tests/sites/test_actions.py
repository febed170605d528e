"""A coordinator says what their hospital has room for; nothing said before is lost."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import AuditEvent
from app.ground.errors import Unacceptable
from app.identity.rules import Actor
from app.sites import actions, queries
from app.sites.errors import CapacityMovedOn, NoSuchInstitution
from app.sites.models import Capacity, Institution
from app.sites.rules import CapacityState
from tests import make as people
from tests.conftest import NOW
from tests.sites import make

TYPED = {
    "area": "area.oncology",
    "phase": "phase.1",
    "state": "open",
    "trials": "2",
    "from_day": "令和9年1月",
    "as_of": "2026年11月20日",
    "note": "第Ⅰ相のみ",
    "seen": "",
}


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    await make.some_room(session, await make.an_institution(session))
    return await make.an_institution(session)


@pytest.fixture
async def coordinator(session: AsyncSession, place: Institution) -> Actor:
    return await people.acting(session, await people.a_coordinator(session, place))


async def test_a_row_of_capacity_is_set_with_its_date(
    session: AsyncSession, place: Institution, coordinator: Actor
) -> None:
    row = await actions.set_capacity(session, place.code, TYPED, by=coordinator, now=NOW)
    assert await queries.capacity_of(session, place.id, reader=coordinator) == [row]
    assert (row.state, row.trials_can_start, row.from_day) == (CapacityState.OPEN, 2, date(2027, 1, 1))
    assert (row.as_of, row.recorded_by_id, row.note_ja, row.note_en) == (
        date(2026, 11, 20),
        coordinator.person_id,
        "第Ⅰ相のみ",
        None,
    )


async def test_what_stood_before_is_superseded_and_kept(
    session: AsyncSession, place: Institution, coordinator: Actor
) -> None:
    before = await actions.set_capacity(session, place.code, TYPED, by=coordinator, now=NOW)
    later = NOW + timedelta(days=1)
    closed = {**TYPED, "state": "closed", "trials": "0", "seen": str(before.id)}
    now = await actions.set_capacity(session, place.code, closed, by=coordinator, now=later)
    assert await queries.capacity_of(session, place.id, reader=coordinator) == [now]
    assert (before.state, before.superseded_at) == (CapacityState.OPEN, later)


async def test_each_change_leaves_its_audit_row_without_the_words(
    session: AsyncSession, place: Institution, coordinator: Actor
) -> None:
    row = await actions.set_capacity(session, place.code, TYPED, by=coordinator, now=NOW)
    event = (await session.scalars(select(AuditEvent).where(AuditEvent.subject_id == place.id))).one()
    assert (event.what, event.by_id, event.at) == ("capacity.set", coordinator.person_id, NOW)
    assert event.details == {"capacity": str(row.id)}


async def test_a_coordinator_cannot_speak_for_another_hospital(session: AsyncSession, coordinator: Actor) -> None:
    elsewhere = await make.an_institution(session)
    officer = await people.acting(session, await people.an_officer(session))
    for by in (coordinator, officer):
        with pytest.raises(NoSuchInstitution):
            await actions.set_capacity(session, elsewhere.code, TYPED, by=by, now=NOW)
    assert await session.scalar(select(func.count()).where(Capacity.institution_id == elsewhere.id)) == 0


async def test_everything_that_cannot_be_taken_is_named(
    session: AsyncSession, place: Institution, coordinator: Actor
) -> None:
    wrong = {**TYPED, "area": "phase.1", "phase": "phase.99", "trials": "-3", "as_of": "2027-01-01"}
    with pytest.raises(Unacceptable) as refusal:
        await actions.set_capacity(session, place.code, wrong, by=coordinator, now=NOW)
    assert set(refusal.value.errors) == {"area", "phase", "trials", "as_of"}
    assert await session.scalar(select(func.count()).where(Capacity.institution_id == place.id)) == 0


async def test_nothing_typed_at_all_is_refused_in_sentences(
    session: AsyncSession, place: Institution, coordinator: Actor
) -> None:
    with pytest.raises(Unacceptable) as refusal:
        await actions.set_capacity(session, place.code, {}, by=coordinator, now=NOW)
    assert all(sentence.endswith(".") for sentence in refusal.value.by_field("en").values())


@pytest.mark.parametrize("seen", ["", "a row of long ago"])
async def test_the_second_of_two_coordinators_is_told(
    session: AsyncSession, place: Institution, coordinator: Actor, seen: str
) -> None:
    first = await actions.set_capacity(session, place.code, TYPED, by=coordinator, now=NOW)
    with pytest.raises(CapacityMovedOn):
        await actions.set_capacity(session, place.code, {**TYPED, "trials": "5", "seen": seen}, by=coordinator, now=NOW)
    assert await queries.capacity_of(session, place.id, reader=coordinator) == [first]


async def test_another_phase_is_another_row(session: AsyncSession, place: Institution, coordinator: Actor) -> None:
    await actions.set_capacity(session, place.code, TYPED, by=coordinator, now=NOW)
    await actions.set_capacity(session, place.code, {**TYPED, "phase": "phase.2"}, by=coordinator, now=NOW)
    rows = await queries.capacity_of(session, place.id, reader=coordinator)
    assert [row.phase_code for row in rows] == ["phase.1", "phase.2"]
