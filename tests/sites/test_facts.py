"""A coordinator states and confirms facts: nothing is overwritten, nothing is lost, nobody else's is reached."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import AuditEvent
from app.ground.errors import Unacceptable
from app.identity.rules import VISITOR, Actor
from app.sites import actions
from app.sites.errors import FactsMovedOn, NoSuchCapability, NoSuchInstitution
from app.sites.models import Capacity, Fact, Institution
from app.sites.queries.profile import Item, profile
from app.sites.rules import FactState, SourceKind
from tests import make as people
from tests.conftest import NOW
from tests.sites import make

LATER = NOW + timedelta(days=40)


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    noise = await make.an_institution(session)
    await make.a_fact(session, noise, state=FactState.NO)
    return await make.an_institution(session)


@pytest.fixture
async def by(session: AsyncSession, place: Institution) -> Actor:
    return await people.acting(session, await people.a_coordinator(session, place))


async def item_of(
    session: AsyncSession,
    place: Institution,
    code: str = "fih.unit",
    at: datetime | None = None,
    reader: Actor = VISITOR,
) -> Item:
    sections = await profile(session, place, reader=reader, now=LATER, at=at, whole=True)
    return next(item for section in sections.values() for item in section.items if item.capability.code == code)


async def all_facts(session: AsyncSession, place: Institution) -> list[Fact]:
    rows = select(Fact).where(Fact.institution_id == place.id).order_by(Fact.recorded_at, Fact.capability_code)
    return list(await session.scalars(rows))


async def test_what_the_institution_says_stands_beside_the_page_and_counts(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    page = await make.a_fact(session, place, state=FactState.YES)
    await actions.state_facts(session, place.code, {"fih.unit": {"state": "no"}}, by=by, now=NOW)
    item = await item_of(session, place)
    assert item.state is FactState.NO
    assert item.standing is not None
    assert item.standing.confirmed
    assert item.others == (page,)


async def test_only_what_changed_is_written_with_one_audit_row(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    first = {"fih.unit": {"state": "yes"}, "fih.beds": {"value": "12"}, "ct.cpc": {"state": ""}}
    written = await actions.state_facts(session, place.code, first, by=by, now=NOW)
    assert {fact.capability_code for fact in written} == {"fih.unit", "fih.beds"}
    seen = {fact.capability_code: str(fact.id) for fact in written}
    again = {
        "fih.unit": {"state": "yes", "as_of": NOW.date().isoformat(), "seen": seen["fih.unit"]},
        "fih.beds": {"value": "16", "seen": seen["fih.beds"]},
        "ct.cpc": {"state": ""},
    }
    (beds,) = await actions.state_facts(session, place.code, again, by=by, now=LATER)
    assert (beds.value, beds.unit, beds.confirmed_by_id) == ("16", "beds", by.person_id)
    told = await session.scalars(select(AuditEvent).where(AuditEvent.subject_id == place.id).order_by(AuditEvent.id))
    assert [(row.what, row.details["capabilities"]) for row in told] == [
        ("facts.stated", ["fih.beds", "fih.unit"]),
        ("facts.stated", ["fih.beds"]),
    ]


async def test_no_statement_is_ever_lost(session: AsyncSession, place: Institution, by: Actor) -> None:
    await make.a_fact(session, place, state=FactState.YES, recorded_at=NOW - timedelta(days=9))
    believed, seen = {}, ""
    for day, typed in enumerate(["partly", "no", "", "yes", "partly"]):
        at = NOW + timedelta(days=day)
        rows = {"fih.unit": {"state": typed, "note_ja": f"{day}日目" if typed else "", "seen": seen}}
        (fact,) = await actions.state_facts(session, place.code, rows, by=by, now=at)
        seen = str(fact.id)
        believed[at] = (FactState(typed or "yes"), f"{day}日目" if typed else None)
    assert len(await all_facts(session, place)) == 6
    assert (await item_of(session, place, at=NOW - timedelta(days=10))).fact is None
    assert (await item_of(session, place, at=NOW - timedelta(seconds=1))).state is FactState.YES
    for at, (state, note) in believed.items():
        item = await item_of(session, place, at=at + timedelta(hours=1))
        assert (item.state, item.fact.note_ja if item.fact else None) == (state, note)


@pytest.mark.parametrize("table", [Fact, Capacity])
async def test_the_database_itself_refuses_to_forget_or_rewrite(
    session: AsyncSession, place: Institution, by: Actor, table: type[Fact] | type[Capacity]
) -> None:
    await actions.state_facts(session, place.code, {"fih.unit": {"state": "yes"}}, by=by, now=NOW)
    room = await make.some_room(session, place)
    room.superseded_at = NOW
    await session.flush()
    changes = [
        delete(table),
        update(table).values(as_of=NOW.date()),
        update(table).values(recorded_at=LATER),
    ]
    for change in changes:
        with pytest.raises(DBAPIError, match="permission denied"):
            async with session.begin_nested():
                await session.execute(change.where(table.institution_id == place.id))


async def test_what_was_superseded_cannot_come_back(session: AsyncSession, place: Institution) -> None:
    fact = await make.a_fact(session, place, superseded_at=NOW)
    with pytest.raises(DBAPIError, match="what was superseded stays as it was"):
        async with session.begin_nested():
            await session.execute(update(Fact).where(Fact.id == fact.id).values(superseded_at=None))


async def test_the_institution_has_one_word_on_each_item(session: AsyncSession, place: Institution, by: Actor) -> None:
    await actions.state_facts(session, place.code, {"fih.unit": {"state": "yes"}}, by=by, now=NOW)
    with pytest.raises(DBAPIError, match="uq_fact_own_word"):
        async with session.begin_nested():
            await make.a_fact(session, place, source_kind=SourceKind.DEMONSTRATION)


async def test_withdrawing_a_statement_lets_the_page_count_again(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    await make.a_fact(session, place, state=FactState.PARTLY)
    (word,) = await actions.state_facts(session, place.code, {"fih.unit": {"state": "no"}}, by=by, now=NOW)
    withdrawn = {"fih.unit": {"state": "unknown", "seen": str(word.id)}}
    (silence,) = await actions.state_facts(session, place.code, withdrawn, by=by, now=LATER)
    assert not silence.is_confirmed
    item = await item_of(session, place)
    assert item.state is FactState.PARTLY
    assert item.others == ()


async def test_confirming_a_page_makes_it_the_institutions_word_and_keeps_the_page(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    page = await make.a_fact(session, place, note_ja="専用病棟", as_of=NOW.date() - timedelta(days=900))
    (word,) = await actions.confirm_facts(session, place.code, {"fih.unit": str(page.id)}, by=by, now=NOW)
    assert (word.state, word.note_ja, word.source_url) == (page.state, "専用病棟", page.source_url)
    assert word.as_of == NOW.date()
    item = await item_of(session, place)
    assert item.fact is word
    assert item.others == ()
    assert page.superseded_at is None


@pytest.mark.parametrize("seen", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
async def test_nothing_that_does_not_stand_can_be_confirmed(
    session: AsyncSession, place: Institution, by: Actor, seen: str
) -> None:
    await make.a_fact(session, place)
    with pytest.raises(FactsMovedOn):
        await actions.confirm_facts(session, place.code, {"fih.unit": seen}, by=by, now=NOW)


async def test_another_hospitals_fact_cannot_be_confirmed(session: AsyncSession, place: Institution, by: Actor) -> None:
    theirs = await make.a_fact(session, await make.an_institution(session))
    with pytest.raises(FactsMovedOn):
        await actions.confirm_facts(session, place.code, {"fih.unit": str(theirs.id)}, by=by, now=NOW)


async def test_two_coordinators_saving_at_once_lose_nothing(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    other = await people.acting(session, await people.a_coordinator(session, place))
    rows = {"fih.unit": {"state": "yes"}, "ct.cpc": {"state": "no"}}
    await actions.state_facts(session, place.code, {"fih.unit": {"state": "no"}}, by=other, now=NOW)
    with pytest.raises(FactsMovedOn) as refusal:
        await actions.state_facts(session, place.code, rows, by=by, now=NOW)
    assert refusal.value.capabilities == {"fih.unit"}
    assert (await item_of(session, place, "ct.cpc")).fact is None


async def test_nothing_is_written_unless_all_of_it_can_be_taken(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    rows = {"fih.unit": {"state": "yes"}, "fih.beds": {"value": "many"}, "ct.cpc": {"state": "perhaps"}}
    with pytest.raises(Unacceptable) as refusal:
        await actions.state_facts(session, place.code, rows, by=by, now=NOW)
    assert set(refusal.value.errors) == {"fih.beds:value", "ct.cpc:state"}
    assert await session.scalar(select(func.count()).select_from(Fact).where(Fact.institution_id == place.id)) == 0


async def test_only_the_institutions_own_coordinators_speak_for_it(session: AsyncSession, place: Institution) -> None:
    stranger = await people.acting(session, await people.a_coordinator(session, await make.an_institution(session)))
    officer = await people.acting(session, await people.an_officer(session))
    for somebody in (stranger, officer, VISITOR):
        with pytest.raises(NoSuchInstitution):
            await actions.state_facts(session, place.code, {"fih.unit": {"state": "yes"}}, by=somebody, now=NOW)


async def test_an_item_outside_the_vocabulary_is_refused(session: AsyncSession, place: Institution, by: Actor) -> None:
    with pytest.raises(NoSuchCapability):
        await actions.state_facts(session, place.code, {"fih.magic": {"state": "yes"}}, by=by, now=NOW)


async def test_phases_and_areas_are_read_by_their_names_in_either_language(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    rows = {"site.phases": {"value": "第Ⅰ相、Phase 2"}, "site.therapeutic_areas": {"value": "神経・脳; area.oncology"}}
    facts = await actions.state_facts(session, place.code, rows, by=by, now=NOW)
    assert [fact.value for fact in facts] == ["phase.1|phase.2", "area.neurology|area.oncology"]


async def test_a_period_set_by_an_administrator_decides_what_is_stale(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    await actions.state_facts(session, place.code, {"fih.unit": {"state": "yes"}}, by=by, now=NOW)
    fresh = await item_of(session, place)
    assert fresh.standing is not None
    assert not fresh.standing.stale
    await session.execute(
        text("INSERT INTO freshness_period (id, capability_code, months, set_at, set_by_id)"
             " VALUES (gen_random_uuid(), 'fih.unit', 1, :at, :by)"),
        {"at": NOW, "by": by.person_id},
    )  # fmt: skip
    due = await item_of(session, place)
    assert due.standing is not None
    assert due.standing.stale
    before = await item_of(session, place, at=NOW - timedelta(seconds=1))
    assert before.fact is None
