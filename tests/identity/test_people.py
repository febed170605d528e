"""Invitations: members invite members, staff coordinators, administrators staff and observers; nobody else anybody."""

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.errors import NotFound
from app.identity import actions, queries
from app.identity.errors import LastMember, MayNotInvite, RolesExclude
from app.identity.models import Membership, Organisation, OrganisationKind, Person
from app.identity.rules import Role
from tests import make
from tests.conftest import NOW
from tests.desk import JobDesk
from tests.identity.test_sign_in import link_in, token_in


async def invite(session: AsyncSession, by: Person, role: Role, organisation_id: object = None) -> None:
    actor = await make.acting(session, by)
    await actions.invite(
        session,
        email="new@place.example",
        role=role,
        organisation_id=organisation_id,  # type: ignore[arg-type]
        language="en",
        secret="for development only",
        by=actor,
        now=NOW,
    )


async def accepted(client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession) -> Membership:
    await session.commit()
    await desk.work()
    mail = desk.outbox[-1]
    assert "Your name" in (await client.get(link_in(mail))).text
    nameless = await client.post("/sign-in/use", data={"token": token_in(mail)})
    assert nameless.status_code == 422
    answer = await client.post("/sign-in/use", data={"token": token_in(mail), "name": "Newcomer"})
    assert answer.status_code == 303
    wanted = (
        select(Membership).join(Person, Person.id == Membership.person_id).where(Person.email == "new@place.example")
    )
    return (await session.scalars(wanted)).one()


async def test_a_member_invites_a_colleague_to_their_own_company(
    client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession
) -> None:
    await make.a_sponsor(session)
    member = await make.a_sponsor(session)
    company = await session.scalar(select(Membership.organisation_id).where(Membership.person_id == member.id))
    await invite(session, member, Role.SPONSOR)
    membership = await accepted(client, desk, session)
    assert (membership.organisation_id, membership.role) == (company, Role.SPONSOR)


async def test_staff_invite_coordinators_to_a_named_institution_and_nowhere_else(
    client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession
) -> None:
    hospital = await make.an_organisation(session, kind=OrganisationKind.INSTITUTION)
    company = await make.an_organisation(session)
    officer = await make.an_officer(session)
    with pytest.raises(NotFound):
        await invite(session, officer, Role.COORDINATOR, company.id)
    with pytest.raises(MayNotInvite):
        await invite(session, officer, Role.STAFF)
    await invite(session, officer, Role.COORDINATOR, hospital.id)
    membership = await accepted(client, desk, session)
    assert (membership.organisation_id, membership.role) == (hospital.id, Role.COORDINATOR)


@pytest.mark.parametrize("role", [Role.STAFF, Role.OBSERVER])
async def test_administrators_invite_staff_and_observers(
    client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession, role: Role
) -> None:
    await invite(session, await make.an_administrator(session), role)
    membership = await accepted(client, desk, session)
    assert (membership.organisation_id, membership.role) == ((await make.the_operator(session)).id, role)


async def test_a_matching_mail_domain_joins_nothing(
    client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession
) -> None:
    member = await make.a_sponsor(session, email="first@same.example")
    await session.commit()
    await client.post("/sign-up", data={"email": "second@same.example", "name": "Second", "company": "Same"})
    await desk.work()
    await client.post("/sign-in/use", data={"token": token_in(desk.outbox[-1])})
    places = list(
        await session.scalars(
            select(Membership.organisation_id)
            .join(Person, Person.id == Membership.person_id)
            .where(Person.email.like("%@same.example"))
        )
    )
    assert len(set(places)) == 2
    assert "second@same.example" not in {person.email for _one, person in await _seen(session, member)}


async def _seen(session: AsyncSession, person: Person) -> list[tuple[Membership, Person]]:
    return await queries.members(session, reader=await make.acting(session, person))


async def test_an_officer_cannot_become_coordinator_in_the_same_account(session: AsyncSession, desk: JobDesk) -> None:
    hospital = await make.an_organisation(session, kind=OrganisationKind.INSTITUTION)
    officer = await make.an_officer(session)
    await make.an_officer(session, email="new@place.example")
    await invite(session, officer, Role.COORDINATOR, hospital.id)
    await session.commit()
    await desk.work()
    with pytest.raises(RolesExclude):
        await actions.use_link(session, token_in(desk.outbox[-1]), now=NOW)


async def test_members_see_their_own_and_staff_see_coordinators_too(session: AsyncSession) -> None:
    hospital = await make.an_organisation(session, kind=OrganisationKind.INSTITUTION)
    coordinator = await make.a_coordinator(session, hospital)
    sponsor = await make.a_sponsor(session)
    officer = await make.an_officer(session)
    administrator = await make.an_administrator(session)
    everybody = {coordinator.id, sponsor.id, officer.id, administrator.id}

    async def seen_by(person: Person) -> set[object]:
        return {one.id for _membership, one in await _seen(session, person)} & everybody

    assert await seen_by(sponsor) == {sponsor.id}
    assert await seen_by(coordinator) == {coordinator.id}
    assert await seen_by(officer) == {coordinator.id, officer.id, administrator.id}
    assert await seen_by(administrator) == everybody


async def test_ending_a_membership_signs_out_and_never_leaves_a_company_empty(
    session: AsyncSession, browser_of: make.Any
) -> None:
    company = await make.an_organisation(session)
    first = await make.a_sponsor(session, company)
    alone = await _membership(session, first)
    browser = await browser_of(first)
    refused = await browser.post(f"/people/{alone.id}/end")
    assert refused.status_code == 409
    second = await make.a_sponsor(session, company)
    leaving = await browser_of(second)
    assert (await browser.post(f"/people/{(await _membership(session, second)).id}/end")).status_code == 303
    assert (await leaving.get("/people")).status_code == 303
    stranger = await browser_of(await make.a_sponsor(session))
    assert (await stranger.post(f"/people/{alone.id}/end")).status_code == 404
    assert LastMember.message.msgid.split(".")[0] in refused.text


async def _membership(session: AsyncSession, person: Person) -> Membership:
    return (await session.scalars(select(Membership).where(Membership.person_id == person.id))).one()


async def test_the_page_invites_and_explains_what_is_missing(
    session: AsyncSession, browser_of: make.Any, desk: JobDesk
) -> None:
    hospital = await make.an_organisation(
        session, kind=OrganisationKind.INSTITUTION, name_en="A Hospital", name_ja="ある病院"
    )
    officer = await browser_of(await make.an_officer(session))
    assert "ある病院" in (await officer.get("/people")).text
    missing = await officer.post(
        "/people/invite", data={"email": "c@h.example", "role": "coordinator", "organisation": ""}
    )
    assert missing.status_code == 422
    assert "担当する施設を選んでください" in missing.text
    assert "c@h.example" in missing.text
    form = {"email": "c@h.example", "role": "coordinator", "organisation": str(hospital.id), "language": "ja"}
    assert (await officer.post("/people/invite", data=form)).headers["location"] == "/people?invited=1"
    await desk.work()
    assert desk.outbox[0]["Subject"] == "Madoguchi（窓口）への招待のお知らせ"
    roleless = await officer.post("/people/invite", data={"email": "c@h.example", "role": "king"})
    assert roleless.status_code == 422


async def test_the_first_administrator_is_made_from_the_command_and_twice_is_once(session: AsyncSession) -> None:
    for _time in range(2):
        person = await actions.create_administrator(
            session,
            email="Admin@Op.example",
            name="Admin",
            language="ja",
            operator_en="Op",
            operator_ja="運営",
            now=NOW,
        )
    memberships = list(await session.scalars(select(Membership).where(Membership.person_id == person.id)))
    assert [one.role for one in memberships] == [Role.ADMINISTRATOR]
    operators = list(await session.scalars(select(Organisation).where(Organisation.kind == OrganisationKind.OPERATOR)))
    assert len(operators) == 1
