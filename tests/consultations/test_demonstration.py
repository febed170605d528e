"""The demonstration tells of fictional companies and institutions only, and the same story every time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import AskedSite, CaseState, Consultation, IntakeMeeting, ReleasedSite
from app.consultations.rules.stages import Stage
from app.ground.calendar import JST, fiscal_year
from app.ground.mail import OutgoingMail
from app.identity.models import Organisation
from app.identity.rules import SERVICE
from app.kpi.queries import Wanted, figures
from app.seeding import seed_demonstration
from app.settings import Settings
from app.sites.models import Institution
from tests.conftest import NOW


async def told(session: AsyncSession, settings: Settings, now: datetime = NOW) -> list[Consultation]:
    async for _said in seed_demonstration(session, settings, now=now):
        pass
    return list(await session.scalars(select(Consultation).order_by(Consultation.number)))


async def test_cases_stand_at_many_stages_and_some_have_ended(session: AsyncSession, settings: Settings) -> None:
    cases = await told(session, settings)
    open_at = {Stage(case.stage) for case in cases if case.state is CaseState.OPEN}
    assert open_at >= {Stage.TRIAGE, Stage.INTAKE, Stage.SYNOPSIS, Stage.LONG_LIST, Stage.INTEREST, Stage.FEASIBILITY}
    assert open_at >= {Stage.OUTCOME, Stage.HAND_OVER, Stage.FOLLOW_UP}
    assert {case.state for case in cases} == set(CaseState) - {CaseState.MERGED}
    assert all(case.demo for case in cases)


async def test_only_the_fictional_answer_and_are_asked(session: AsyncSession, settings: Settings) -> None:
    await told(session, settings)
    real = select(Institution.id).where(Institution.demo.is_(False))
    assert await session.scalar(select(func.count()).select_from(real.subquery())) > 0
    for kind in (AskedSite, ReleasedSite):
        named = select(func.count()).where(kind.institution_id.in_(real))
        assert await session.scalar(named) == 0
    companies = select(Organisation).join(Consultation, Consultation.organisation_id == Organisation.id)
    assert all("fictional" in company.name_en for company in await session.scalars(companies))


async def test_loading_it_again_changes_nothing(session: AsyncSession, settings: Settings) -> None:
    first = [(case.number, case.stage) for case in await told(session, settings)]
    meetings = await session.scalar(select(func.count()).select_from(IntakeMeeting))
    again = [(case.number, case.stage) for case in await told(session, settings, NOW + timedelta(days=3))]
    assert (again, await session.scalar(select(func.count()).select_from(IntakeMeeting))) == (first, meetings)


async def test_old_mail_is_not_sent_any_more(session: AsyncSession, settings: Settings) -> None:
    await told(session, settings)
    waiting = select(OutgoingMail.asked_at).where(OutgoingMail.sent_at.is_(None))
    assert all(at > NOW - timedelta(days=1) for at in await session.scalars(waiting))


@pytest.mark.parametrize(
    "today",
    [datetime(2027, 4, 1, 9, tzinfo=JST), datetime(2027, 6, 12, 6, tzinfo=JST), datetime(2027, 3, 31, 23, tzinfo=JST)],
)
async def test_on_any_day_of_the_year_the_story_stays_in_its_fiscal_year(
    session: AsyncSession, settings: Settings, today: datetime
) -> None:
    cases = await told(session, settings, today)
    years = [fiscal_year(case.received_at) - fiscal_year(today) for case in cases]
    assert sorted(years) == [-1, *[0] * (len(cases) - 1)]
    assert all(case.received_at <= today for case in cases)
    assert [case.number for case in sorted(cases, key=lambda case: (case.received_at, case.number))] == [
        case.number for case in cases
    ]


async def test_nine_of_its_cases_count_in_this_fiscal_year(session: AsyncSession, settings: Settings) -> None:
    await told(session, settings)
    counted = await figures(session, Wanted(NOW, with_demo=True), reader=SERVICE)
    official = await figures(session, Wanted(NOW, with_demo=False), reader=SERVICE)
    assert (counted.total, official.total) == (9, 0)
