"""The count moves with what officers do at the desk, and with nothing else."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations import actions as desk
from app.consultations.models import Consultation
from app.identity.rules import SERVICE, Actor
from app.kpi import queries
from app.kpi.errors import NoSuchCase
from app.kpi.queries import Wanted
from tests import make
from tests.conftest import NOW
from tests.consultations.make import MEETING, an_enquiry
from tests.kpi.make import ANSWERS, a_consultation

OPEN = {field: ANSWERS[field] for field in ("base_in_japan", "is_mrct", "condition")}
WINDOW = {field: ANSWERS[field] for field in ("company_country", "company_kind")}


async def a_received_case(session: AsyncSession, **changed: str) -> Consultation:
    values = {"N": {**OPEN, **changed}, "A": {"product_code": "NWB-1"}, "W": WINDOW}
    enquiry = await an_enquiry(session, await make.a_sponsor(session), values=values)
    case = await desk.open_consultation(session, enquiry.id, by=SERVICE, now=NOW)
    assert case is not None
    return case


async def an_officer(session: AsyncSession) -> Actor:
    return await make.acting(session, await make.an_officer(session))


async def seen(session: AsyncSession) -> tuple[int, int, int, int, int]:
    count = (await queries.figures(session, Wanted(NOW), reader=SERVICE)).count
    return len(count.received), len(count.accepted), len(count.met), len(count.counted), len(count.contacts)


async def test_accepting_counts_the_case_and_a_meeting_counts_beside_it(session: AsyncSession) -> None:
    await a_received_case(session, condition="asthma")  # noise: it stays in triage
    officer, case = await an_officer(session), await a_received_case(session)
    assert await seen(session) == (2, 0, 0, 0, 2)
    await desk.accept(session, case.number, by=officer, now=NOW)
    assert await seen(session) == (2, 1, 0, 1, 2)
    await desk.record_intake_meeting(session, case.number, MEETING, by=officer, now=NOW)
    assert await seen(session) == (2, 1, 1, 1, 3)


async def test_a_trial_in_japan_only_is_served_and_not_counted(session: AsyncSession) -> None:
    officer, case = await an_officer(session), await a_received_case(session, is_mrct="no")
    await desk.accept(session, case.number, by=officer, now=NOW)
    assert await seen(session) == (1, 1, 0, 0, 1)


async def test_out_of_scope_never_counts_and_says_so(session: AsyncSession) -> None:
    officer, case = await an_officer(session), await a_received_case(session)
    await desk.declare_out_of_scope(session, case.number, "Not a trial.", by=officer, now=NOW)
    (standing,) = (await queries.figures(session, Wanted(NOW), reader=SERVICE)).count.received
    assert standing.reason == "out_of_scope"


async def test_the_record_of_an_invented_case_is_not_there_in_production(session: AsyncSession) -> None:
    officer, case = await an_officer(session), await a_consultation(session, demo=True)
    record = await queries.case_record(session, case.number, reader=officer, now=NOW, with_demo=True)
    assert record.case.number == case.number
    with pytest.raises(NoSuchCase):
        await queries.case_record(session, case.number, reader=officer, now=NOW, with_demo=False)
