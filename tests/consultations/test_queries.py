"""Each reader sees what is theirs, and hidden looks like absent."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations import queries
from app.consultations.errors import NoSuchConsultation
from app.identity.rules import VISITOR
from tests import make
from tests.consultations.make import a_case, an_asked_case, an_institution


async def sees(session: AsyncSession, person: object, number: str) -> bool:
    reader = await make.acting(session, person)  # type: ignore[arg-type]
    try:
        await queries.get_consultation(session, number, reader=reader)
    except NoSuchConsultation:
        return False
    return True


async def test_a_case_is_seen_by_officers_its_company_and_the_asked_hospital_alone(session: AsyncSession) -> None:
    officer, sponsor = await make.an_officer(session), await make.a_sponsor(session)
    asked, other = await an_institution(session), await an_institution(session)
    await an_asked_case(session, await make.acting(session, officer), other)  # noise
    case = await an_asked_case(session, await make.acting(session, officer), asked, sponsor=sponsor)
    colleague = await make.a_sponsor(
        session, await session.get_one(type(await make.the_operator(session)), case.organisation_id)
    )
    readers = {
        "officer": officer,
        "sponsor": sponsor,
        "colleague": colleague,
        "asked hospital": await make.a_coordinator(session, asked),
        "other sponsor": await make.a_sponsor(session),
        "other hospital": await make.a_coordinator(session, other),
        "observer": await make.an_observer(session),
        "administrator": await make.an_administrator(session),
        "nobody": await make.a_person(session),
    }
    seen = {name for name, person in readers.items() if await sees(session, person, case.number)}
    assert seen == {"officer", "sponsor", "colleague", "asked hospital"}


async def test_a_hospital_that_is_not_asked_yet_sees_nothing(session: AsyncSession) -> None:
    institution = await an_institution(session)
    case = await a_case(session)
    assert not await sees(session, await make.a_coordinator(session, institution), case.number)


async def test_hidden_and_absent_are_refused_in_the_same_words(session: AsyncSession) -> None:
    case = await a_case(session)
    said = []
    for number in (case.number, "2026-9999"):
        with pytest.raises(NoSuchConsultation) as refused:
            await queries.get_consultation(session, number, reader=VISITOR)
        said.append((refused.value.code, refused.value.in_("en")))
    assert said[0] == said[1]


async def test_the_case_of_an_enquiry_is_found_by_its_owner(session: AsyncSession) -> None:
    sponsor = await make.a_sponsor(session)
    await a_case(session)
    case = await a_case(session, sponsor)
    reader = await make.acting(session, sponsor)
    assert (await queries.get_case_of_enquiry(session, case.enquiry_id, reader=reader)).id == case.id
