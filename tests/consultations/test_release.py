"""A list is chosen by a person from a match, and leaves the window in bands with public reasons only."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations import actions, queries
from app.consultations.errors import NoMatchYet, WrongStage
from app.consultations.models import ReleasedList, ReleasedSite
from app.consultations.rules.stages import Stage
from app.ground.audit import AuditEvent
from app.ground.errors import Unacceptable
from app.ground.mail import OutgoingMail
from app.identity.rules import Actor
from app.identity.standing import stand_as
from app.matching.actions import run_match
from tests import make
from tests.conftest import NOW, SignIn
from tests.consultations.make import (
    a_listed_case,
    a_met_case,
    an_accepted_case,
    an_institution,
    the_event_kinds,
)


@pytest.fixture
async def officer(session: AsyncSession) -> Actor:
    """The officer who runs the cases of these tests."""
    return await make.acting(session, await make.an_officer(session))


async def test_nothing_is_released_before_a_match(session: AsyncSession, officer: Actor) -> None:
    case, institution = await a_met_case(session, officer), await an_institution(session)
    with pytest.raises(NoMatchYet):
        await actions.release_list(session, case.number, [institution.id], by=officer, now=NOW)


async def test_nothing_is_released_before_the_intake_meeting(session: AsyncSession, officer: Actor) -> None:
    case, institution = await an_accepted_case(session, officer), await an_institution(session)
    await run_match(session, case.enquiry_id, by=officer, now=NOW)
    with pytest.raises(WrongStage):
        await actions.release_list(session, case.number, [institution.id], by=officer, now=NOW)


async def test_a_list_names_what_an_officer_chose_and_nothing_else(session: AsyncSession, officer: Actor) -> None:
    chosen, left_out = await an_institution(session), await an_institution(session)
    case = await a_listed_case(session, officer, chosen)
    listed = list(await session.scalars(select(ReleasedSite)))
    assert [site.institution_id for site in listed] == [chosen.id]
    assert left_out.id not in {site.institution_id for site in listed}
    assert case.stage == Stage.INTEREST


async def test_a_released_list_holds_no_points_and_no_room_for_trials(session: AsyncSession, officer: Actor) -> None:
    await a_listed_case(session, officer)
    for site in await session.scalars(select(ReleasedSite)):
        assert site.band
        for reason in site.reasons:
            assert set(reason) == {"criterion", "hard", "verdict", "evidence"}
            assert "capacity" not in reason["criterion"]


async def test_only_institutions_of_the_match_are_released(session: AsyncSession, officer: Actor) -> None:
    case = await a_met_case(session, officer)
    await run_match(session, case.enquiry_id, by=officer, now=NOW)
    latecomer = await an_institution(session)
    for choice in ([], [latecomer.id]):
        with pytest.raises(Unacceptable):
            await actions.release_list(session, case.number, choice, by=officer, now=NOW)
    assert await session.scalar(select(func.count()).select_from(ReleasedList)) == 0


async def test_the_same_list_twice_is_released_once_and_another_choice_is_a_new_version(
    session: AsyncSession, officer: Actor
) -> None:
    first, second = await an_institution(session), await an_institution(session)
    sponsor = await make.a_sponsor(session)
    case = await a_listed_case(session, officer, first, sponsor=sponsor)
    await actions.release_list(session, case.number, [first.id], by=officer, now=NOW)
    assert (await the_event_kinds(session, case)).count("list_released") == 1
    await run_match(session, case.enquiry_id, by=officer, now=NOW)
    await actions.release_list(session, case.number, [first.id, second.id], by=officer, now=NOW)
    assert (await the_event_kinds(session, case)).count("list_released") == 2
    mails = select(func.count()).where(OutgoingMail.person_id == sponsor.id, OutgoingMail.template == "list_released")
    assert await session.scalar(mails) == 2
    audited = select(func.count()).where(AuditEvent.what == "consultation.list_released")
    assert await session.scalar(audited) == 2


async def test_an_officer_chooses_and_releases_by_form_and_the_sponsor_reads_bands_with_reasons(
    session: AsyncSession, browser_of: SignIn
) -> None:
    person, sponsor = await make.an_officer(session, language="en"), await make.a_sponsor(session, language="en")
    officer = await make.acting(session, person)
    chosen, left_out = await an_institution(session), await an_institution(session)
    case = await a_met_case(session, officer, sponsor)
    desk, release = await browser_of(person), f"/consultations/{case.number}/release"
    assert "Nothing to release yet" in (await desk.get(release)).text
    await run_match_as(session, case.enquiry_id, officer)
    names = [(await queries.name_of_institution(session, one.id)).name_en for one in (chosen, left_out)]
    page = (await desk.get(release)).text
    assert all(name in page for name in names)
    assert (await desk.post(release)).status_code == 422
    assert (await desk.post(release, data={"institutions": [str(chosen.id)]})).status_code == 303
    seen = (await (await browser_of(sponsor)).get(f"/consultations/{case.number}")).text
    assert names[0] in seen
    assert names[1] not in seen
    assert "In bands, not ranked" in seen
    assert (await (await browser_of(sponsor)).get(release)).status_code == 404


async def run_match_as(session: AsyncSession, enquiry_id: object, officer: Actor) -> None:
    """Match as the officer would, standing as one."""
    await stand_as(session, officer)
    await run_match(session, enquiry_id, by=officer, now=NOW)  # type: ignore[arg-type]
    await session.commit()
