"""Triage decides once: accepted, referred elsewhere, or out of scope."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations import actions
from app.consultations.errors import HasEnded, NoSuchConsultation, WrongStage
from app.consultations.models import CaseState, IntakeMeeting, ReferralService
from app.consultations.rules.meeting import MeetingHeld, Mode
from app.consultations.rules.stages import Stage
from app.ground.errors import Unacceptable
from app.ground.mail import OutgoingMail
from tests import make
from tests.conftest import NOW
from tests.consultations.make import MEETING, RECEIVED, a_case, a_met_case, an_accepted_case, the_event_kinds


async def templates_to(session: AsyncSession, person: object) -> list[str]:
    sent = select(OutgoingMail.template).where(OutgoingMail.person_id == person.id)  # type: ignore[attr-defined]
    return list(await session.scalars(sent.order_by(OutgoingMail.asked_at, OutgoingMail.template)))


async def test_accepting_moves_to_the_intake_meeting_and_tells_the_sponsor(session: AsyncSession) -> None:
    sponsor, officer = await make.a_sponsor(session), await make.acting(session, await make.an_officer(session))
    noise = await a_case(session)
    case = await a_case(session, sponsor)
    await actions.accept(session, case.number, by=officer, now=NOW)
    assert (case.stage, case.accepted_at, case.accepted_by_id) == (Stage.INTAKE, NOW, officer.person_id)
    assert case.owner_id == officer.person_id
    assert (noise.stage, noise.accepted_at) == (Stage.TRIAGE, None)
    assert "consultation_accepted" in await templates_to(session, sponsor)


async def test_accepting_twice_counts_once_and_keeps_the_first_day(session: AsyncSession) -> None:
    sponsor, officer = await make.a_sponsor(session), await make.acting(session, await make.an_officer(session))
    case = await a_case(session, sponsor)
    await actions.accept(session, case.number, by=officer, now=NOW)
    await actions.accept(session, case.number, by=officer, now=NOW + timedelta(days=1))
    assert case.accepted_at == NOW
    assert (await the_event_kinds(session, case)).count("accepted") == 1
    assert (await templates_to(session, sponsor)).count("consultation_accepted") == 1


async def test_only_officers_find_the_case_to_accept(session: AsyncSession) -> None:
    case = await a_case(session)
    for person in (
        await make.an_observer(session),
        await make.an_administrator(session),
        await make.a_sponsor(session),
    ):
        with pytest.raises(NoSuchConsultation):
            await actions.accept(session, case.number, by=await make.acting(session, person), now=NOW)
    assert case.accepted_at is None


async def test_referring_names_a_service_of_the_list(session: AsyncSession) -> None:
    sponsor, officer = await make.a_sponsor(session), await make.acting(session, await make.an_officer(session))
    case = await a_case(session, sponsor)
    with pytest.raises(Unacceptable) as refused:
        await actions.refer(session, case.number, "nobody", by=officer, now=NOW)
    assert set(refused.value.errors) == {"service"}
    service = (await session.scalars(select(ReferralService).limit(1))).one()
    for _again in range(2):
        await actions.refer(session, case.number, service.code, by=officer, now=NOW)
    assert (case.state, case.referred_to_code, case.closed_at) == (CaseState.REFERRED, service.code, NOW)
    assert (await templates_to(session, sponsor)).count("consultation_referred") == 1
    with pytest.raises(HasEnded):
        await actions.accept(session, case.number, by=officer, now=NOW)


async def test_out_of_scope_needs_a_reason_for_the_sponsor(session: AsyncSession) -> None:
    officer = await make.acting(session, await make.an_officer(session))
    case = await a_case(session)
    with pytest.raises(Unacceptable) as refused:
        await actions.declare_out_of_scope(session, case.number, "  ", by=officer, now=NOW)
    assert set(refused.value.errors) == {"reason"}
    for _again in range(2):
        await actions.declare_out_of_scope(session, case.number, " Not a trial. ", by=officer, now=NOW)
    assert (case.state, case.reason) == (CaseState.OUT_OF_SCOPE, "Not a trial.")
    assert (await the_event_kinds(session, case)).count("out_of_scope") == 1


async def test_an_accepted_case_is_not_sent_away_any_more(session: AsyncSession) -> None:
    officer = await make.acting(session, await make.an_officer(session))
    case = await an_accepted_case(session, officer)
    with pytest.raises(WrongStage) as refused:
        await actions.declare_out_of_scope(session, case.number, "Too late", by=officer, now=NOW)
    assert refused.value.in_("en").endswith("2 Intake meeting.")


async def test_a_meeting_is_held_only_in_an_accepted_case(session: AsyncSession) -> None:
    officer = await make.acting(session, await make.an_officer(session))
    case = await a_case(session)
    with pytest.raises(WrongStage):
        await actions.record_intake_meeting(session, case.number, MEETING, by=officer, now=NOW)


async def test_the_meeting_with_its_minutes_dates_the_case_and_opens_the_long_list(session: AsyncSession) -> None:
    sponsor, officer = await make.a_sponsor(session), await make.acting(session, await make.an_officer(session))
    case = await a_met_case(session, officer, sponsor)
    meeting = (await session.scalars(select(IntakeMeeting).where(IntakeMeeting.consultation_id == case.id))).one()
    assert (meeting.minutes_en, meeting.minutes_ja) == (MEETING.minutes_en, MEETING.minutes_ja)
    assert (case.met_at, case.stage) == (MEETING.held_at, Stage.LONG_LIST)
    assert "minutes_recorded" in await templates_to(session, sponsor)


async def test_without_the_sponsors_word_the_case_waits_for_it(session: AsyncSession) -> None:
    sponsor, officer = await make.a_sponsor(session), await make.acting(session, await make.an_officer(session))
    case = await an_accepted_case(session, officer, sponsor)
    held = MeetingHeld(RECEIVED + timedelta(days=2), Mode.IN_PERSON, "All", "English", "日本語")
    await actions.record_intake_meeting(session, case.number, held, by=officer, now=NOW)
    assert case.stage == Stage.SYNOPSIS
    assert (await the_event_kinds(session, case))[-2:] == ["met", "waiting"]
    for _again in range(2):
        await actions.approve_synopsis(session, case.number, by=await make.acting(session, sponsor), now=NOW)
    assert case.stage == Stage.LONG_LIST
    assert (await the_event_kinds(session, case)).count("synopsis_approved") == 1


async def test_the_same_meeting_twice_is_recorded_once_and_a_later_one_moves_no_date(session: AsyncSession) -> None:
    officer = await make.acting(session, await make.an_officer(session))
    case = await a_met_case(session, officer)
    await actions.record_intake_meeting(session, case.number, MEETING, by=officer, now=NOW)
    later = MeetingHeld(NOW - timedelta(hours=1), Mode.TELEPHONE, "All", "Again", "再度")
    await actions.record_intake_meeting(session, case.number, later, by=officer, now=NOW)
    kinds = await the_event_kinds(session, case)
    assert (kinds.count("met"), kinds.count("met_again"), case.met_at) == (1, 1, MEETING.held_at)


async def test_a_meeting_without_its_minutes_is_refused_field_by_field(session: AsyncSession) -> None:
    officer = await make.acting(session, await make.an_officer(session))
    case = await an_accepted_case(session, officer)
    held = MeetingHeld(NOW + timedelta(days=1), Mode.ONLINE, " ", "", "長" * 20_001)
    with pytest.raises(Unacceptable) as refused:
        await actions.record_intake_meeting(session, case.number, held, by=officer, now=NOW)
    assert set(refused.value.errors) == {"held_on", "participants", "minutes_en", "minutes_ja"}
    early = MeetingHeld(RECEIVED - timedelta(days=1), Mode.ONLINE, "x", "x", "x")
    with pytest.raises(Unacceptable) as refused:
        await actions.record_intake_meeting(session, case.number, early, by=officer, now=NOW)
    assert set(refused.value.errors) == {"held_on"}
    assert case.met_at is None
