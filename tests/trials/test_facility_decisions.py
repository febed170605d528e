"""What the window decides of a facility text is remembered for good, and never overwritten unseen."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground.audit import AuditEvent
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.errors import NotAllowed, Unacceptable
from app.identity.models import Person
from app.identity.rules import SERVICE, VISITOR
from app.identity.standing import stand_as
from app.trials.actions import decide_facility, follow, incoming, load
from app.trials.actions.relinking import judge_all
from app.trials.errors import DecidedMeanwhile, NoSuchFacility
from app.trials.models import Facility, FacilityDecision, TrialRecord, TrialTouched
from app.trials.record import Site, Text
from app.trials.rules.deciding import Standing, Verdict
from tests import make
from tests.conftest import NOW
from tests.databases import Server
from tests.sites.make import an_institution
from tests.trials.test_links import DOUBTFUL, MASKED, OSAKA, at, brought_in, links_of

Sessions = async_sessionmaker[AsyncSession]


async def the_doubt(session: AsyncSession, text: str = "Osaka University") -> Facility:
    return (await session.scalars(select(Facility).where(Facility.text_en == text))).one()


async def decided(session: AsyncSession, verdict: Verdict, code: str = "", *, seen: int = 0) -> Facility:
    """Let an officer decide on the doubtful text."""
    officer = await make.acting(session, await make.an_officer(session))
    doubt = await the_doubt(session)
    await decide_facility(session, doubt.id, verdict, code, seen=seen, by=officer, now=NOW)
    await session.commit()
    return doubt


async def test_a_decision_holds_for_new_versions_and_new_records_with_the_same_text(
    sessions: Sessions, session: AsyncSession
) -> None:
    await brought_in(sessions, at("NCT99900001", DOUBTFUL), at("NCT99900009", MASKED))
    await decided(session, Verdict.INSTITUTION, "CCRH-03")
    assert await links_of(session) == {1: "CCRH-03"}
    touched = await session.scalars(select(TrialTouched.trial_id))
    of_text = select(TrialRecord.trial_id).where(TrialRecord.number == "NCT99900001")
    assert list(touched) == list(await session.scalars(of_text)), "the search index hears of just this trial"
    numbered = Site(1, Text(None, "Osaka University (Site 12)"), city="Suita", prefecture="pref.27")
    await brought_in(sessions, at("NCT99900001", MASKED, numbered), at("NCT99900002", DOUBTFUL), days=1)
    assert await links_of(session) == {2: "CCRH-03"}
    assert await links_of(session, "NCT99900002") == {1: "CCRH-03"}
    assert [one.changed async for one in judge_all(sessions)] == [0]
    assert await links_of(session, "NCT99900002") == {1: "CCRH-03"}, "linking anew keeps to it"


@pytest.mark.parametrize("verdict", [Verdict.NONE, Verdict.UNDISCLOSED])
async def test_decided_none_stays_out_of_the_queue(sessions: Sessions, session: AsyncSession, verdict: Verdict) -> None:
    await brought_in(sessions, at("NCT99900001", DOUBTFUL))
    doubt = await decided(session, verdict)
    await brought_in(sessions, at("NCT99900002", DOUBTFUL), days=1)
    async for _so_far in judge_all(sessions):
        pass
    await session.refresh(doubt)
    assert (doubt.standing, doubt.institution_id, doubt.decision) == (Standing.DECIDED, None, 1)
    assert await links_of(session, "NCT99900002") == {1: None}


async def test_a_decision_is_undone_by_another_and_both_stay(sessions: Sessions, session: AsyncSession) -> None:
    await brought_in(sessions, at("NCT99900001", DOUBTFUL, OSAKA))
    await decided(session, Verdict.INSTITUTION, "CCRH-10")
    await decided(session, Verdict.INSTITUTION, "CCRH-03", seen=1)
    assert await links_of(session) == {1: "CCRH-03", 2: "CCRH-03"}
    doubt = await decided(session, Verdict.RULE, seen=2)
    assert await links_of(session) == {1: None, 2: "CCRH-03"}
    assert (doubt.standing, doubt.decision) == (Standing.OPEN, 3)
    kept = await session.scalars(select(FacilityDecision.verdict).order_by(FacilityDecision.number))
    assert list(kept) == [Verdict.INSTITUTION, Verdict.INSTITUTION, Verdict.RULE]
    assert await session.scalar(select(func.count()).where(AuditEvent.what == "facility.decided")) == 3
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with session.begin_nested():
            await session.execute(FacilityDecision.__table__.delete())


async def test_an_automatic_link_can_be_corrected_too(sessions: Sessions, session: AsyncSession) -> None:
    await brought_in(sessions, at("NCT99900001", OSAKA))
    officer = await make.acting(session, await make.an_officer(session))
    text = await the_doubt(session, "Osaka University Hospital")
    await decide_facility(session, text.id, Verdict.NONE, seen=0, by=officer, now=NOW)
    assert await links_of(session) == {1: None}


async def test_only_staff_decide_and_only_for_institutions_that_can_be_meant(
    sessions: Sessions, session: AsyncSession
) -> None:
    hospital = await an_institution(session)
    await brought_in(sessions, at("NCT99900001", DOUBTFUL))
    await brought_in(sessions, at("NCT99900002", DOUBTFUL), demo=True)
    public, invented = await session.scalars(select(Facility).order_by(Facility.demo))
    others = [VISITOR, SERVICE] + [
        await make.acting(session, person)
        for person in (
            await make.a_sponsor(session),
            await make.a_coordinator(session, hospital),
            await make.an_observer(session),
            await make.an_administrator(session),
        )
    ]
    for other in others:
        with pytest.raises(NotAllowed):
            await decide_facility(session, public.id, Verdict.NONE, seen=0, by=other, now=NOW)
    officer = await make.acting(session, await make.an_officer(session))
    for code in ("", "CCRH-99", "\x00", "DEMO-NET-01"):
        with pytest.raises(Unacceptable):
            await decide_facility(session, public.id, Verdict.INSTITUTION, code, seen=0, by=officer, now=NOW)
    with pytest.raises(Unacceptable):
        await decide_facility(session, invented.id, Verdict.INSTITUTION, "CCRH-03", seen=0, by=officer, now=NOW)
    with pytest.raises(NoSuchFacility):
        await decide_facility(session, hospital.id, Verdict.NONE, seen=0, by=officer, now=NOW)
    await decide_facility(session, invented.id, Verdict.INSTITUTION, hospital.code, seen=0, by=officer, now=NOW)
    assert await links_of(session, "NCT99900002") == {1: hospital.code}
    assert (public.decision, public.institution_id) == (0, None)


async def test_two_officers_at_once_the_second_hears_of_the_first(server: Server, own_database: str) -> None:
    engine = engine_for(server.url(own_database, "service"), role=SERVICE_ROLE)
    sessions = sessions_for(engine)
    try:
        await brought_in(sessions, at("NCT99900001", DOUBTFUL))
        async with sessions.begin() as session:
            await stand_as(session, SERVICE)
            officers = [await make.acting(session, await make.an_officer(session, name=name)) for name in "AB"]
            doubt = await the_doubt(session)

        async def decides(number: int, code: str) -> object:
            async with sessions.begin() as session:
                await stand_as(session, officers[number])
                return await decide_facility(
                    session, doubt.id, Verdict.INSTITUTION, code, seen=0, by=officers[number], now=NOW
                )

        answers = await asyncio.gather(decides(0, "CCRH-03"), decides(1, "CCRH-10"), return_exceptions=True)
        refused = [one for one in answers if isinstance(one, DecidedMeanwhile)]
        assert len(refused) == 1
        async with sessions() as session:
            first = (await session.scalars(select(FacilityDecision))).one()
            name = await session.scalar(select(Person.name).where(Person.id == first.decided_by_id))
            assert refused[0].details == {"name": name}
            assert (await session.get_one(Facility, doubt.id)).institution_id == first.institution_id
        code = "CCRH-03" if name == "A" else "CCRH-10"
        again = await decides(0, code)
        assert isinstance(again, FacilityDecision) and again.number == 1, "the same answer twice is one decision"
    finally:
        await engine.dispose()


async def test_a_place_stored_while_an_officer_decides_is_not_missed(server: Server, own_database: str) -> None:
    """The text is locked: who stores a place of it waits, or is waited for, so that search hears of every trial."""
    engine = engine_for(server.url(own_database, "service"), role=SERVICE_ROLE)
    sessions = sessions_for(engine)
    try:
        await brought_in(sessions, at("NCT99900001", DOUBTFUL))
        await load(sessions, [incoming(at("NCT99900002", DOUBTFUL))], by=SERVICE, now=NOW + timedelta(days=1))
        async with sessions.begin() as session:
            await stand_as(session, SERVICE)
            officer = await make.acting(session, await make.an_officer(session))
            doubt = await the_doubt(session)

        async def decides() -> None:
            async with sessions.begin() as session:
                await stand_as(session, officer)
                verdict = Verdict.INSTITUTION
                await decide_facility(session, doubt.id, verdict, "CCRH-03", seen=0, by=officer, now=NOW)

        async with sessions.begin() as following:
            await stand_as(following, SERVICE)
            assert await follow(following) == 1
            waiting = asyncio.create_task(decides())
            await asyncio.sleep(0.2)
            assert not waiting.done()
        await waiting
        async with sessions() as session:
            touched = {*await session.scalars(select(TrialTouched.trial_id))}
            assert touched == {*await session.scalars(select(TrialRecord.trial_id))}
    finally:
        await engine.dispose()
