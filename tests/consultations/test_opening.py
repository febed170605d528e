"""A submitted enquiry becomes one numbered case, acknowledged, however often and by however many it is opened."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from app.consultations import actions, queries
from app.consultations.models import CaseState, Consultation
from app.consultations.rules.stages import Stage, Waiting
from app.enquiries.models import EnquiryStage
from app.ground.audit import AuditEvent
from app.ground.calendar import JST
from app.ground.db import SERVICE_ROLE, asyncpg_url, sessions_for
from app.ground.mail import OutgoingMail
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.settings import Settings
from tests import make
from tests.conftest import NOW
from tests.consultations.make import RECEIVED, a_case, an_enquiry, the_event_kinds
from tests.databases import Server


async def test_a_submitted_enquiry_becomes_a_numbered_case_at_triage(session: AsyncSession) -> None:
    await an_enquiry(session, await make.a_sponsor(session), submitted_at=None)  # noise
    sponsor = await make.a_sponsor(session)
    enquiry = await an_enquiry(session, sponsor)
    case = await actions.open_consultation(session, enquiry.id, by=SERVICE, now=NOW)
    assert case is not None
    assert (case.number, case.stage, case.state) == ("2026-0001", Stage.TRIAGE, CaseState.OPEN)
    assert (case.received_at, case.organisation_id) == (RECEIVED, enquiry.organisation_id)
    assert await the_event_kinds(session, case) == ["received", "acknowledged"]


async def test_the_sponsor_and_the_officers_hear_of_it_in_their_own_language(session: AsyncSession) -> None:
    stranger, officer = await make.a_sponsor(session), await make.an_officer(session, language="ja")
    sponsor = await make.a_sponsor(session, language="en")
    await a_case(session, sponsor)
    mails = {mail.person_id: mail for mail in await session.scalars(select(OutgoingMail))}
    assert stranger.id not in mails
    assert (mails[sponsor.id].template, mails[sponsor.id].language) == ("enquiry_received", "en")
    assert (mails[officer.id].template, mails[officer.id].language) == ("consultation_arrived", "ja")
    assert mails[sponsor.id].details == {"number": "2026-0001"}


async def test_opening_twice_makes_one_case_and_one_mail(session: AsyncSession) -> None:
    sponsor = await make.a_sponsor(session)
    enquiry = await an_enquiry(session, sponsor)
    first = await actions.open_consultation(session, enquiry.id, by=SERVICE, now=NOW)
    second = await actions.open_consultation(session, enquiry.id, by=SERVICE, now=NOW)
    assert first is second
    mails = select(func.count()).select_from(OutgoingMail).where(OutgoingMail.person_id == sponsor.id)
    assert await session.scalar(mails) == 1


async def test_a_draft_and_a_withdrawn_enquiry_become_no_case(session: AsyncSession) -> None:
    sponsor = await make.a_sponsor(session)
    draft = await an_enquiry(session, sponsor, submitted_at=None)
    withdrawn = {"stage": EnquiryStage.WITHDRAWN, "withdrawn_at": NOW, "withdrawn_by_id": sponsor.id}
    gone = await an_enquiry(session, sponsor, **withdrawn)
    for enquiry in (draft, gone):
        assert await actions.open_consultation(session, enquiry.id, by=SERVICE, now=NOW) is None
    assert await session.scalar(select(func.count()).select_from(Consultation)) == 0


async def test_numbers_start_again_with_the_fiscal_year_in_japan(session: AsyncSession) -> None:
    last_minute = datetime(2027, 3, 31, 23, 59, tzinfo=JST)
    numbers = [
        (await a_case(session, submitted_at=moment)).number
        for moment in (RECEIVED, last_minute, last_minute + timedelta(minutes=1), last_minute)
    ]
    assert numbers == ["2026-0001", "2026-0002", "2027-0001", "2026-0003"]


async def test_the_audit_row_says_who_and_what_and_no_confidential_word(session: AsyncSession) -> None:
    case = await a_case(session)
    rows = list(
        await session.scalars(select(AuditEvent).where(AuditEvent.subject_id == case.id).order_by(AuditEvent.id))
    )
    assert [row.what for row in rows] == ["consultation.received", "consultation.acknowledged"]
    assert [row.by_id for row in rows] == [None, None]
    assert "SECRET" not in str([row.details for row in rows])


async def test_two_workers_at_once_open_one_case(settings: Settings, server: Server, database: str) -> None:
    name = f"{database}_two_workers"
    await asyncio.to_thread(server.copy, name)
    engine = create_async_engine(
        asyncpg_url(server.url(name, "service")), connect_args={"server_settings": {"role": SERVICE_ROLE}}
    )
    sessions = sessions_for(engine)
    try:
        async with sessions.begin() as session:
            await stand_as(session, SERVICE)
            sponsor = await make.a_sponsor(session)
            wanted, other = await an_enquiry(session, sponsor), await an_enquiry(session, sponsor)

        async def work(enquiry_id: object) -> str:
            async with sessions.begin() as session:
                await stand_as(session, SERVICE)
                case = await actions.open_consultation(session, enquiry_id, by=SERVICE, now=NOW)  # type: ignore[arg-type]
                assert case is not None
                return case.number

        numbers = await asyncio.gather(*[work(one.id) for one in (wanted, wanted, other, wanted)])
        assert sorted(set(numbers)) == ["2026-0001", "2026-0002"]
        assert numbers[0] == numbers[1] == numbers[3]
        async with sessions() as session:
            assert await session.scalar(select(func.count()).select_from(Consultation)) == 2
            assert await session.scalar(select(func.count()).select_from(OutgoingMail)) == 2
    finally:
        await engine.dispose()
        await asyncio.to_thread(server.drop, name)


async def test_waiting_and_going_on_stop_and_start_the_clock(session: AsyncSession) -> None:
    officer = await make.acting(session, await make.an_officer(session))
    case = await a_case(session)
    for _again in range(2):
        await actions.wait(session, case.number, Waiting.SPONSOR, by=officer, now=NOW)
    for _again in range(2):
        await actions.resume(session, case.number, by=officer, now=NOW)
    assert await the_event_kinds(session, case) == ["received", "acknowledged", "waiting", "resumed"]
    log = await queries.log_of(session, case)
    assert [entry.waits_for for entry in log] == [None, None, Waiting.SPONSOR, None]
