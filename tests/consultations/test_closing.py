"""A case ends only when every asked site has heard its last word; a withdrawn enquiry ends it at once."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations import actions
from app.consultations.actions import Decided
from app.consultations.errors import SitesStillWait, WrongStage
from app.consultations.models import AskedSite, CaseState
from app.consultations.rules.outcomes import Answer, Outcome
from app.consultations.rules.stages import Ending
from app.enquiries.models import Enquiry, EnquiryStage
from app.ground.errors import Unacceptable
from app.ground.mail import OutgoingMail
from app.identity.rules import SERVICE
from tests import make
from tests.conftest import NOW
from tests.consultations.make import a_case, a_listed_case, an_asked_case, an_institution, the_event_kinds


async def test_on_hold_keeps_the_case_open_and_a_final_outcome_lets_it_close(session: AsyncSession) -> None:
    officer, institution = await make.acting(session, await make.an_officer(session)), await an_institution(session)
    case = await an_asked_case(session, officer, institution)
    by = await make.acting(session, await make.a_coordinator(session, institution))
    await actions.answer_request(session, case.number, institution.id, Answer.INTERESTED, by=by, now=NOW)
    held = Decided(Outcome.ON_HOLD, reason_ja="検討中", reply_by=date(2026, 12, 18))
    await actions.record_outcome(session, case.number, institution.id, held, by=officer, now=NOW)
    with pytest.raises(SitesStillWait) as refused:
        await actions.close(session, case.number, Ending.DELIVERED, by=officer, now=NOW)
    assert refused.value.in_("en") == "This case cannot close yet: 1 of its asked sites have no final outcome."
    chosen = Decided(Outcome.SELECTED)
    await actions.record_outcome(session, case.number, institution.id, chosen, by=officer, now=NOW)
    for _again in range(2):
        await actions.close(session, case.number, Ending.DELIVERED, by=officer, now=NOW)
    assert (case.state, case.closed_at, case.closed_by_id) == (CaseState.CLOSED, NOW, officer.person_id)
    assert (await the_event_kinds(session, case)).count("closed") == 1


async def test_a_trial_that_is_not_pursued_needs_the_reason(session: AsyncSession) -> None:
    officer, sponsor = await make.acting(session, await make.an_officer(session)), await make.a_sponsor(session)
    case = await a_listed_case(session, officer, sponsor=sponsor)
    with pytest.raises(Unacceptable) as refused:
        await actions.close(session, case.number, Ending.NOT_PURSUED, by=officer, now=NOW)
    assert set(refused.value.errors) == {"note"}
    await actions.close(session, case.number, Ending.NOT_PURSUED, "No funds.", by=officer, now=NOW)
    assert case.reason == "No funds."
    sent = await session.scalars(select(OutgoingMail.template).where(OutgoingMail.person_id == sponsor.id))
    assert "consultation_closed" in list(sent)


async def test_a_case_that_is_not_accepted_is_not_closed(session: AsyncSession) -> None:
    officer = await make.acting(session, await make.an_officer(session))
    case = await a_case(session)
    with pytest.raises(WrongStage):
        await actions.close(session, case.number, Ending.DELIVERED, by=officer, now=NOW)


async def test_a_withdrawn_enquiry_ends_its_case_and_every_waiting_request(session: AsyncSession) -> None:
    officer, sponsor = await make.acting(session, await make.an_officer(session)), await make.a_sponsor(session)
    refused, waiting = await an_institution(session), await an_institution(session)
    noise = await an_asked_case(session, officer, waiting)
    case = await an_asked_case(session, officer, refused, waiting, sponsor=sponsor)
    by = await make.acting(session, await make.a_coordinator(session, refused))
    await actions.answer_request(session, case.number, refused.id, Answer.NO, by=by, now=NOW)
    assert await actions.withdraw_consultation(session, case.enquiry_id, by=SERVICE, now=NOW) is None
    enquiry = await session.get_one(Enquiry, case.enquiry_id)
    enquiry.stage, enquiry.withdrawn_at, enquiry.withdrawn_by_id = EnquiryStage.WITHDRAWN, NOW, sponsor.id
    for _again in range(2):
        await actions.withdraw_consultation(session, case.enquiry_id, by=SERVICE, now=NOW)
    asked = await session.scalars(select(AskedSite).where(AskedSite.consultation_id == case.id))
    outcomes = {site.institution_id: site.outcome for site in asked}
    assert outcomes == {refused.id: Outcome.DECLINED, waiting.id: Outcome.WITHDRAWN}
    assert (case.state, case.closed_by_id, noise.state) == (CaseState.WITHDRAWN, sponsor.id, CaseState.OPEN)
    assert (await the_event_kinds(session, case)).count("withdrawn") == 1
