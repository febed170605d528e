"""Institutions are asked, answer, and each hears an outcome; nobody sees another's answer."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations import actions
from app.consultations.actions import Decided
from app.consultations.errors import (
    HasEnded,
    NoSuchConsultation,
    NoSuchRequest,
    NotOnTheList,
    NotThisOutcome,
    OutcomeIsFinal,
    WrongStage,
)
from app.consultations.models import AskedSite
from app.consultations.rules.outcomes import Answer, Outcome
from app.consultations.rules.stages import Ending, Stage
from app.ground.errors import Unacceptable
from app.ground.mail import OutgoingMail
from app.identity.rules import Actor
from tests import make
from tests.conftest import NOW
from tests.consultations.make import a_listed_case, a_met_case, an_asked_case, an_institution, the_event_kinds


@pytest.fixture
async def officer(session: AsyncSession) -> Actor:
    """The officer who runs the cases of these tests."""
    return await make.acting(session, await make.an_officer(session))


async def the_request(session: AsyncSession, institution: object) -> AskedSite:
    asked = select(AskedSite).where(AskedSite.institution_id == institution.id)  # type: ignore[attr-defined]
    return (await session.scalars(asked)).one()


async def mails_to(session: AsyncSession, person: object) -> list[OutgoingMail]:
    sent = select(OutgoingMail).where(OutgoingMail.person_id == person.id)  # type: ignore[attr-defined]
    return list(await session.scalars(sent))


async def test_the_coordinators_of_asked_institutions_are_told_the_day_in_their_language(
    session: AsyncSession, officer: Actor
) -> None:
    asked, unasked = await an_institution(session), await an_institution(session)
    japanese = await make.a_coordinator(session, asked)
    english = await make.a_coordinator(session, asked, language="en")
    other = await make.a_coordinator(session, unasked)
    case = await a_listed_case(session, officer, asked, unasked)
    for _again in range(2):
        await actions.ask_sites(session, case.number, [asked.id], by=officer, now=NOW)
    assert [mail.details["reply_by"] for mail in await mails_to(session, japanese)] == ["2026年12月7日（月）"]
    assert [mail.details["reply_by"] for mail in await mails_to(session, english)] == ["7 Dec 2026"]
    assert await mails_to(session, other) == []
    assert (await the_event_kinds(session, case)).count("sites_asked") == 1


async def test_only_institutions_that_the_sponsor_was_shown_are_asked(session: AsyncSession, officer: Actor) -> None:
    listed, unlisted = await an_institution(session), await an_institution(session)
    case = await a_listed_case(session, officer, listed)
    with pytest.raises(NotOnTheList):
        await actions.ask_sites(session, case.number, [listed.id, unlisted.id], by=officer, now=NOW)
    with pytest.raises(Unacceptable):
        await actions.ask_sites(session, case.number, [], by=officer, now=NOW)
    assert await session.scalar(select(func.count()).select_from(AskedSite)) == 0


async def test_nobody_is_asked_before_a_list_is_released(session: AsyncSession, officer: Actor) -> None:
    case = await a_met_case(session, officer)
    with pytest.raises(WrongStage):
        await actions.ask_sites(session, case.number, [(await an_institution(session)).id], by=officer, now=NOW)


async def test_a_hospital_answers_for_itself_alone(session: AsyncSession, officer: Actor) -> None:
    mine, theirs, unasked = [await an_institution(session) for _n in range(3)]
    case = await an_asked_case(session, officer, mine, theirs)
    coordinator = await make.acting(session, await make.a_coordinator(session, mine))
    stranger = await make.acting(session, await make.a_coordinator(session, unasked))
    with pytest.raises(NoSuchRequest):
        await actions.answer_request(session, case.number, theirs.id, Answer.NO, by=coordinator, now=NOW)
    with pytest.raises(NoSuchConsultation):
        await actions.answer_request(session, case.number, unasked.id, Answer.NO, by=stranger, now=NOW)
    site = await actions.answer_request(
        session, case.number, mine.id, Answer.INTERESTED, " Two beds. ", by=coordinator, now=NOW
    )
    assert (site.answer, site.answer_note, site.answered_by_id) == (
        Answer.INTERESTED,
        "Two beds.",
        coordinator.person_id,
    )
    assert (await the_request(session, theirs)).answer is None
    assert case.stage == Stage.INTEREST


async def test_an_answer_may_change_until_the_sponsor_decides_and_the_same_is_taken_once(
    session: AsyncSession, officer: Actor
) -> None:
    institution = await an_institution(session)
    case = await an_asked_case(session, officer, institution)
    coordinator = await make.acting(session, await make.a_coordinator(session, institution))
    for answer in (Answer.LATER, Answer.INTERESTED, Answer.INTERESTED):
        await actions.answer_request(session, case.number, institution.id, answer, by=coordinator, now=NOW)
    assert (await the_event_kinds(session, case)).count("site_answered") == 2
    held = Decided(Outcome.ON_HOLD, reason_ja="年内に決定します。", reply_by=date(2026, 12, 18))
    await actions.record_outcome(session, case.number, institution.id, held, by=officer, now=NOW)
    with pytest.raises(OutcomeIsFinal):
        await actions.answer_request(session, case.number, institution.id, Answer.NO, by=coordinator, now=NOW)


async def test_a_no_is_the_sites_own_refusal_and_ends_its_request(session: AsyncSession, officer: Actor) -> None:
    institution, silent = await an_institution(session), await an_institution(session)
    case = await an_asked_case(session, officer, institution, silent)
    coordinator = await make.acting(session, await make.a_coordinator(session, institution))
    await actions.answer_request(session, case.number, institution.id, Answer.NO, by=coordinator, now=NOW)
    site = await the_request(session, institution)
    assert (site.outcome, site.outcome_by_id) == (Outcome.DECLINED, coordinator.person_id)
    with pytest.raises(OutcomeIsFinal):
        rejected = Decided(Outcome.NOT_SELECTED, reason_ja="理由")
        await actions.record_outcome(session, case.number, institution.id, rejected, by=officer, now=NOW)


async def test_the_last_answer_ends_the_survey_and_the_last_outcome_opens_the_hand_over(
    session: AsyncSession, officer: Actor
) -> None:
    first, second = await an_institution(session), await an_institution(session)
    case = await an_asked_case(session, officer, first, second)
    for institution in (first, second):
        by = await make.acting(session, await make.a_coordinator(session, institution))
        await actions.answer_request(session, case.number, institution.id, Answer.INTERESTED, by=by, now=NOW)
    assert case.stage == Stage.CONFIDENTIALITY
    chosen = Decided(Outcome.SELECTED)
    await actions.record_outcome(session, case.number, first.id, chosen, by=officer, now=NOW)
    assert case.stage == Stage.OUTCOME
    rejected = Decided(Outcome.NOT_SELECTED, reason_ja="対象患者数が必要数に届かないため")
    await actions.record_outcome(session, case.number, second.id, rejected, by=officer, now=NOW)
    assert case.stage == Stage.HAND_OVER


async def test_a_hospital_is_told_its_outcome_once_and_no_other_hospital_is(
    session: AsyncSession, officer: Actor
) -> None:
    told, other = await an_institution(session), await an_institution(session)
    reader, noise = await make.a_coordinator(session, told), await make.a_coordinator(session, other)
    case = await an_asked_case(session, officer, told, other)
    gone = Decided(Outcome.NO_ANSWER)
    for _again in range(2):
        await actions.record_outcome(session, case.number, told.id, gone, by=officer, now=NOW)
    assert [mail.template for mail in await mails_to(session, reader)] == ["site_asked", "site_outcome"]
    assert [mail.template for mail in await mails_to(session, noise)] == ["site_asked"]


async def test_an_outcome_must_fit_the_answer(session: AsyncSession, officer: Actor) -> None:
    institution = await an_institution(session)
    case = await an_asked_case(session, officer, institution)
    with pytest.raises(NotThisOutcome) as refused:
        await actions.record_outcome(
            session, case.number, institution.id, Decided(Outcome.SELECTED), by=officer, now=NOW
        )
    assert refused.value.in_("ja") == "施設の回答と合わない結果です（選定）。"


@pytest.mark.parametrize(
    ("decided", "fields"),
    [
        (Decided(Outcome.NOT_SELECTED), {"reason_ja"}),
        (Decided(Outcome.ON_HOLD), {"reason_ja", "reply_by"}),
        (Decided(Outcome.ON_HOLD, reason_ja="理由", reply_by=date(2026, 11, 19)), {"reply_by"}),
        (Decided(Outcome.SELECTED, reason_en="x" * 20_001), {"reason_en"}),
    ],
)
async def test_an_outcome_without_what_the_hospital_must_read_is_refused(
    session: AsyncSession, officer: Actor, decided: Decided, fields: set[str]
) -> None:
    institution = await an_institution(session)
    case = await an_asked_case(session, officer, institution)
    by = await make.acting(session, await make.a_coordinator(session, institution))
    await actions.answer_request(session, case.number, institution.id, Answer.LATER, by=by, now=NOW)
    with pytest.raises(Unacceptable) as refused:
        await actions.record_outcome(session, case.number, institution.id, decided, by=officer, now=NOW)
    assert set(refused.value.errors) == fields
    assert (await the_request(session, institution)).outcome is None


async def test_a_further_round_starts_the_survey_again(session: AsyncSession, officer: Actor) -> None:
    first, second = await an_institution(session), await an_institution(session)
    case = await a_listed_case(session, officer, first, second)
    await actions.ask_sites(session, case.number, [first.id], by=officer, now=NOW)
    by = await make.acting(session, await make.a_coordinator(session, first))
    await actions.answer_request(session, case.number, first.id, Answer.NO, by=by, now=NOW)
    assert case.stage == Stage.FOLLOW_UP
    await actions.ask_sites(session, case.number, [second.id], by=officer, now=NOW + timedelta(days=1))
    assert case.stage == Stage.INTEREST


async def test_officers_move_on_by_hand_only_where_the_work_is_kept_elsewhere(
    session: AsyncSession, officer: Actor
) -> None:
    institution = await an_institution(session)
    case = await an_asked_case(session, officer, institution)
    with pytest.raises(WrongStage):
        await actions.move_on(session, case.number, Stage.FEASIBILITY, by=officer, now=NOW)
    by = await make.acting(session, await make.a_coordinator(session, institution))
    await actions.answer_request(session, case.number, institution.id, Answer.INTERESTED, by=by, now=NOW)
    for to in (Stage.FEASIBILITY, Stage.FEASIBILITY, Stage.INTRODUCTION, Stage.OUTCOME):
        await actions.move_on(session, case.number, to, by=officer, now=NOW)
    assert case.stage == Stage.OUTCOME
    with pytest.raises(WrongStage):
        await actions.move_on(session, case.number, Stage.HAND_OVER, by=officer, now=NOW)


async def test_nothing_changes_in_a_closed_case(session: AsyncSession, officer: Actor) -> None:
    institution = await an_institution(session)
    case = await a_listed_case(session, officer, institution)
    await actions.close(session, case.number, Ending.NOT_PURSUED, "Stopped", by=officer, now=NOW)
    with pytest.raises(HasEnded):
        await actions.ask_sites(session, case.number, [institution.id], by=officer, now=NOW)
    with pytest.raises(HasEnded):
        await actions.move_on(session, case.number, Stage.OUTCOME, by=officer, now=NOW)
