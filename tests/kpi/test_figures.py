"""The figures from the tables: what is read, by whom, in how many queries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from app.consultations.models import CaseState
from app.enquiries.models import EnquiryValueA, EnquiryValueN, EnquiryValueW
from app.ground.db import asyncpg_url
from app.identity.rules import SERVICE, VISITOR, Actor
from app.identity.standing import stand_as
from app.kpi import actions, queries, rules
from app.kpi.errors import NoSuchRule
from app.kpi.models import CountingChoice, Decision
from app.kpi.queries import Wanted
from app.settings import Settings
from tests import make
from tests.conftest import NOW
from tests.kpi.cases import a_company, on
from tests.kpi.make import a_consultation, an_ended_consultation

NOW_2026 = Wanted(NOW)


async def the_count(session: AsyncSession, wanted: Wanted = NOW_2026, reader: Actor = SERVICE) -> rules.Count:
    return (await queries.figures(session, wanted, reader=reader)).count


async def test_a_year_counts_its_own_cases_and_no_noise(session: AsyncSession) -> None:
    counted = await a_consultation(session, met=(on(5, 1), on(6, 1)))
    await a_consultation(session, received_at=on(3, 31, 14, 59))  # noise: the year before
    await a_consultation(session, demo=True)  # noise: invented
    await a_consultation(session, answers={"is_mrct": "no"})
    await a_consultation(session, answers={"is_mrct": "not_decided"})
    await a_consultation(session, accepted=False)
    await an_ended_consultation(session, CaseState.OUT_OF_SCOPE)
    merged = {"accepted": True, "merged_into_id": counted.id}
    await an_ended_consultation(session, CaseState.MERGED, **merged)
    count = await the_count(session)
    assert [s.case.number for s in count.counted] == [counted.number]
    assert (len(count.received), len(count.accepted), len(count.met)) == (6, 3, 1)
    assert len(count.contacts) == 6 + 2
    assert sorted(s.reason for s in count.received) == [
        "in_triage",
        "meets_the_rule",
        "merged",
        "mrct_unknown",
        "not_mrct",
        "out_of_scope",
    ]


async def test_an_imported_answer_that_nobody_confirmed_is_not_yet_known(session: AsyncSession) -> None:
    await a_consultation(session, imported=frozenset({"is_mrct"}))
    assert [s.reason for s in (await the_count(session)).accepted] == ["mrct_unknown"]


async def test_a_country_or_kind_nobody_knows_stays_unknown(session: AsyncSession) -> None:
    await a_consultation(session, answers={"company_kind": "zaibatsu"})
    await a_consultation(session, answers={"company_country": None}, received_at=on(4, 15))
    assert [s.reason for s in (await the_count(session)).accepted] == ["kind_unknown", "country_unknown"]


async def test_the_company_behind_a_cro_is_read(session: AsyncSession) -> None:
    behind = {"company_behind": "Fjord", "company_behind_country": "NO", "company_behind_kind": "pharma"}
    await a_consultation(session, answers={"company_kind": "cro", "company_country": "JP", **behind})
    (standing,) = (await the_count(session)).counted
    assert standing.case.company == a_company("Fjord", "NO", "pharma")


async def test_the_demonstration_counts_its_own_cases_where_it_says_so(session: AsyncSession) -> None:
    await a_consultation(session, demo=True)
    assert len((await the_count(session)).counted) == 0
    assert len((await the_count(session, Wanted(NOW, with_demo=True))).counted) == 1


async def test_a_past_day_is_recomputed(session: AsyncSession) -> None:
    case = await a_consultation(session)
    officer = await make.acting(session, await make.an_officer(session))
    await actions.decide(session, case.number, Decision.EXCLUDE, "A rehearsal.", by=officer, now=on(6, 1))
    seen = [len((await the_count(session, Wanted(on(*day)))).counted) for day in ((4, 14), (4, 16), (6, 2))]
    assert seen == [0, 1, 0]


async def test_an_answer_given_later_was_not_yet_known(session: AsyncSession) -> None:
    case = await a_consultation(session, answers={"is_mrct": None})
    answer = {"field": "is_mrct", "value": "yes", "source": "typed", "updated_at": on(6, 1)}
    session.add(EnquiryValueN(enquiry_id=case.enquiry_id, organisation_id=case.organisation_id, **answer))
    await session.flush()
    before, after = await the_count(session, Wanted(on(5, 31))), await the_count(session, Wanted(on(6, 1)))
    assert [s.reason for s in (*before.accepted, *after.accepted)] == ["mrct_unknown", "meets_the_rule"]


async def test_the_years_to_choose_from_begin_with_the_first_receipt(session: AsyncSession) -> None:
    await a_consultation(session, received_at=on(5, 1, year=2024))
    found = await queries.figures(session, NOW_2026, reader=SERVICE)
    assert list(found.years) == [2026, 2025, 2024]


async def test_the_target_and_both_rules_are_there_from_the_start(session: AsyncSession) -> None:
    found = await queries.figures(session, NOW_2026, reader=SERVICE)
    assert found.target is not None
    assert (found.target.value, found.target.fiscal_year, found.to_go) == (15, 2028, 15)
    assert [(row.code, row.version) for row in found.choices] == [("accepted", 1), ("met", 1)]
    assert (found.chosen, found.version.code) == ("accepted", "accepted")


async def test_a_rule_that_is_not_there_is_refused(session: AsyncSession) -> None:
    with pytest.raises(NoSuchRule):
        await queries.figures(session, Wanted(NOW, code="guess"), reader=SERVICE)


async def test_the_public_knows_two_numbers(session: AsyncSession) -> None:
    await a_consultation(session)
    await stand_as(session, VISITOR)
    public = await queries.public_figures(session, now=NOW, with_demo=False)
    assert (public.year, public.total, public.target and public.target.value) == (2026, 1, 15)


async def test_before_the_first_seed_there_are_no_figures(settings: Settings) -> None:
    engine = create_async_engine(asyncpg_url(settings.owner_database_url or ""), poolclass=NullPool)
    async with AsyncSession(engine) as owner:
        await owner.execute(delete(CountingChoice))
        nothing = await queries.public_figures(owner, now=NOW, with_demo=False)
        assert nothing == queries.PublicFigures(2026, 0, None)
        with pytest.raises(NoSuchRule):
            await queries.chosen_rule(owner, NOW)
        await owner.rollback()
    await engine.dispose()


@pytest.mark.parametrize("who", [make.a_sponsor, make.a_person])
async def test_those_without_the_role_see_no_case(session: AsyncSession, who: Callable[..., object]) -> None:
    await a_consultation(session)
    reader = await make.acting(session, await who(session))  # type: ignore[misc]
    assert await queries.cases(session, NOW, reader=reader) == {}


@pytest.mark.parametrize("who", [make.an_officer, make.an_observer, make.an_administrator])
async def test_staff_observers_and_administrators_see_the_same_count(
    session: AsyncSession, who: Callable[..., object]
) -> None:
    await a_consultation(session)
    reader = await make.acting(session, await who(session))  # type: ignore[misc]
    await stand_as(session, reader)
    assert len((await the_count(session, reader=reader)).counted) == 1


async def test_counting_opens_no_field_to_an_observer_afterwards(session: AsyncSession) -> None:
    await a_consultation(session)
    observer = await make.acting(session, await make.an_observer(session))
    await stand_as(session, observer)
    await the_count(session, reader=observer)
    for tier in (EnquiryValueA, EnquiryValueW):
        assert await session.scalar(select(func.count()).select_from(tier)) == 0


async def test_while_counting_only_the_fields_of_the_rule_are_open(session: AsyncSession) -> None:
    case = await a_consultation(session)
    session.add(
        EnquiryValueA(
            enquiry_id=case.enquiry_id,
            organisation_id=case.organisation_id,
            field="study_title",
            value="A secret",
            source="typed",
            updated_at=NOW,
        )
    )
    await session.flush()
    await stand_as(session, VISITOR)
    async with queries.counting(session):
        seen = set((await session.scalars(select(EnquiryValueA.field))).all())
    assert seen == {"product_code"}


@pytest.mark.parametrize("statement", ["DELETE FROM counting_decision", "UPDATE counting_choice SET code = 'met'"])
async def test_what_was_decided_cannot_be_rewritten(session: AsyncSession, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        await session.execute(text(statement))


@contextmanager
def counted_statements(connection: AsyncConnection) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection.sync_connection, "before_cursor_execute", note)


async def test_the_number_of_queries_does_not_grow_with_the_cases(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    async def queries_for() -> int:
        with counted_statements(connection) as seen:
            await the_count(session)
        return len([one for one in seen if one.startswith(("SELECT", "WITH", "("))])

    await a_consultation(session)
    few = await queries_for()
    for number in range(12):
        await a_consultation(session, received_at=on(5, 1) + timedelta(days=number), met=(on(7, 1),))
    assert await queries_for() == few <= 11
