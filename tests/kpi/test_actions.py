"""Deciding by hand and choosing the rule."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import AuditEvent
from app.ground.errors import NotAllowed, Unacceptable
from app.identity.rules import SERVICE
from app.kpi import actions, queries
from app.kpi.errors import NoSuchCase, NoSuchRule
from app.kpi.models import CountingDecision, Decision
from app.kpi.queries import Wanted
from tests import make
from tests.conftest import NOW
from tests.kpi.cases import on
from tests.kpi.make import a_consultation


async def test_staff_leave_a_case_out_with_a_reason_on_record(session: AsyncSession) -> None:
    case, other = await a_consultation(session), await a_consultation(session)
    officer = await make.acting(session, await make.an_officer(session))
    await actions.decide(session, case.number, Decision.EXCLUDE, " A rehearsal of our own. ", by=officer, now=NOW)
    count = (await queries.figures(session, Wanted(NOW), reader=officer)).count
    assert [s.case.number for s in count.counted] == [other.number]
    assert [s.by_hand for s in count.left_out] == ["A rehearsal of our own."]
    audit = (await session.scalars(select(AuditEvent).where(AuditEvent.subject_id == case.id))).one()
    assert (audit.what, audit.by_id, audit.details) == ("counting.decided", officer.person_id, {"choice": "exclude"})


async def test_a_decision_is_taken_back_by_another_one(session: AsyncSession) -> None:
    case = await a_consultation(session)
    officer = await make.acting(session, await make.an_officer(session))
    await actions.decide(session, case.number, Decision.EXCLUDE, "A rehearsal.", by=officer, now=on(6, 1))
    await actions.decide(session, case.number, None, "It was real after all.", by=officer, now=on(6, 2))
    history = await queries.decisions_of(session, case.number, reader=officer)
    assert [(one.choice, one.reason) for one in history] == [
        (None, "It was real after all."),
        (Decision.EXCLUDE, "A rehearsal."),
    ]
    assert len((await queries.figures(session, Wanted(NOW), reader=officer)).count.counted) == 1


async def test_sent_twice_it_is_decided_once(session: AsyncSession) -> None:
    case = await a_consultation(session)
    officer = await make.acting(session, await make.an_officer(session))
    for _ in range(2):
        await actions.decide(session, case.number, Decision.INCLUDE, "Important.", by=officer, now=NOW)
    assert len((await session.scalars(select(CountingDecision))).all()) == 1


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
async def test_without_a_sound_reason_nothing_is_decided(session: AsyncSession, reason: str) -> None:
    case = await a_consultation(session)
    officer = await make.acting(session, await make.an_officer(session))
    with pytest.raises(Unacceptable) as refusal:
        await actions.decide(session, case.number, Decision.EXCLUDE, reason, by=officer, now=NOW)
    assert set(refusal.value.errors) == {"reason"}
    assert (await session.scalars(select(CountingDecision))).all() == []


async def test_a_reason_that_names_the_company_or_the_product_is_refused(session: AsyncSession) -> None:
    organisation = await make.an_organisation(session, name_en="Northwind Bio")
    case = await a_consultation(session, organisation=organisation, answers={"product_code": "NWB-2044"})
    officer = await make.acting(session, await make.an_officer(session))
    for reason in ("northwind bio asked twice", "About nwb 2044"):
        with pytest.raises(Unacceptable) as refusal:
            await actions.decide(session, case.number, Decision.EXCLUDE, reason, by=officer, now=NOW)
        assert "observers" in refusal.value.by_field("en")["reason"]


async def test_observers_and_administrators_decide_nothing(session: AsyncSession) -> None:
    case = await a_consultation(session)
    for who in (make.an_observer, make.an_administrator):
        by = await make.acting(session, await who(session))
        with pytest.raises(NotAllowed):
            await actions.decide(session, case.number, Decision.EXCLUDE, "No.", by=by, now=NOW)


async def test_a_stranger_is_told_that_the_case_does_not_exist(session: AsyncSession) -> None:
    case = await a_consultation(session)
    stranger = await make.acting(session, await make.a_sponsor(session))
    with pytest.raises(NoSuchCase):
        await actions.decide(session, case.number, Decision.EXCLUDE, "No.", by=stranger, now=NOW)


async def test_an_administrator_chooses_the_rule_from_now_on(session: AsyncSession) -> None:
    administrator = await make.acting(session, await make.an_administrator(session))
    await actions.choose_rule(session, "met", by=administrator, now=NOW)
    assert (await queries.figures(session, Wanted(NOW), reader=SERVICE)).chosen == "met"
    assert await queries.chosen_rule(session, on(6, 1)) == "accepted"


async def test_nobody_else_chooses_and_no_unknown_rule_is_chosen(session: AsyncSession) -> None:
    officer = await make.acting(session, await make.an_officer(session))
    administrator = await make.acting(session, await make.an_administrator(session))
    with pytest.raises(NotAllowed):
        await actions.choose_rule(session, "met", by=officer, now=NOW)
    with pytest.raises(NoSuchRule):
        await actions.choose_rule(session, "guess", by=administrator, now=NOW)
