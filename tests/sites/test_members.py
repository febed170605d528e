"""Who speaks for a hospital: colleagues invite each other, and whoever leaves hands over; nothing is left to nobody."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.ground.audit import AuditEvent
from app.ground.db import SERVICE_ROLE, asyncpg_url, sessions_for
from app.ground.errors import NotAllowed, NotFound, Unacceptable
from app.identity import actions as identity
from app.identity.errors import InvitationOver, LinkNotUsable
from app.identity.models import Membership, Person, SignInLink
from app.identity.rules import SERVICE, Actor, Role
from app.identity.standing import stand_as
from app.sites.actions.members import hand_over, invite_colleague, leaving
from app.sites.errors import NoSuchInstitution
from app.sites.models import Contact, Institution
from app.sites.queries.contacts import contacts_of
from app.sites.queries.members import coordinators_of, invitations_to
from tests import make as people
from tests.conftest import NOW, SignIn
from tests.databases import Server
from tests.desk import JobDesk
from tests.identity.test_sign_in import token_in
from tests.sites import make
from tests.sites.test_pages import words

SECRET = {"secret": "for development only"}
NOBODY = {"follows": "nobody"}


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    elsewhere = await make.an_institution(session)
    await people.a_coordinator(session, elsewhere, name="他院の担当者")
    return await make.an_institution(session, name_en="Sample Hospital", name_ja="見本病院")


@pytest.fixture
async def leaver(session: AsyncSession, place: Institution) -> Person:
    return await people.a_coordinator(session, place, name="離任する人", email="leaver@hospital.example")


@pytest.fixture
async def colleague(session: AsyncSession, place: Institution) -> Person:
    return await people.a_coordinator(session, place, name="後任の人", email="follows@hospital.example")


async def membership_of(session: AsyncSession, person: Person) -> Membership:
    return (await session.scalars(select(Membership).where(Membership.person_id == person.id))).one()


async def follows(session: AsyncSession, person: Person) -> dict[str, str]:
    return {"follows": str((await membership_of(session, person)).id)}


async def test_a_colleague_is_invited_joins_and_is_listed(
    session: AsyncSession,
    place: Institution,
    leaver: Person,
    browser_of: SignIn,
    desk: JobDesk,
    client: httpx.AsyncClient,
) -> None:
    browser: httpx.AsyncClient = await browser_of(leaver)
    here = f"/desk/{place.code}/members"
    for wrong in ("no address", "Leaver@Hospital.example"):
        refused = await browser.post(f"{here}/invite", data={"email": wrong, "language": "ja"})
        assert refused.status_code == 422
        assert wrong in refused.text
    sent = await browser.post(f"{here}/invite", data={"email": "new@hospital.example", "language": "ja"})
    assert sent.headers["location"] == f"{here}?done=invited"
    assert "new@hospital.example" in (await browser.get(here)).text
    await desk.work()
    token = token_in(desk.outbox[-1])
    assert (await client.post("/sign-in/use", data={"token": token, "name": "新しい人"})).status_code == 303
    listed = words((await browser.get(here)).text)
    assert "新しい人" in listed
    assert "承諾待ちの招待" not in listed
    assert "他院の担当者" not in listed


async def test_an_invitation_that_nobody_accepted_is_withdrawn(
    session: AsyncSession, place: Institution, leaver: Person, browser_of: SignIn, desk: JobDesk
) -> None:
    browser: httpx.AsyncClient = await browser_of(leaver)
    here = f"/desk/{place.code}/members"
    await browser.post(f"{here}/invite", data={"email": "new@hospital.example"})
    await desk.work()
    by = await people.acting(session, leaver)
    (link,) = await invitations_to(session, place.id, reader=by, now=NOW)
    stranger: httpx.AsyncClient = await browser_of(
        await people.a_coordinator(session, await make.an_institution(session))
    )
    assert (await stranger.post(f"{here}/invitations/{link.id}/withdraw")).status_code == 404
    with pytest.raises(NotFound):
        await identity.withdraw_invitation(
            session, link.id, by=await people.acting(session, await people.a_sponsor(session)), now=NOW
        )
    assert (await browser.post(f"{here}/invitations/{link.id}/withdraw")).status_code == 303
    with pytest.raises(LinkNotUsable):
        await identity.use_link(session, token_in(desk.outbox[-1]), name="Late", now=NOW)
    with pytest.raises(InvitationOver):
        await identity.withdraw_invitation(session, link.id, by=by, now=NOW)
    assert (await browser.post(f"{here}/invitations/{link.id}/withdraw")).status_code == 409


async def test_an_officer_withdraws_an_invitation_to_any_hospital(
    session: AsyncSession, place: Institution, leaver: Person, browser_of: SignIn
) -> None:
    by = await people.acting(session, leaver)
    link = await invite_colleague(
        session, place.code, email="new@hospital.example", language="ja", **SECRET, by=by, now=NOW
    )
    await session.commit()
    withdraw = f"/people/invitations/{link.id}/withdraw"
    for person in (await people.a_sponsor(session), await people.an_administrator(session)):
        other: httpx.AsyncClient = await browser_of(person)
        assert "new@hospital.example" not in (await other.get("/people")).text
        assert (await other.post(withdraw)).status_code == 404
    officer: httpx.AsyncClient = await browser_of(await people.an_officer(session))
    assert withdraw in (await officer.get("/people")).text
    assert (await officer.post(withdraw)).headers["location"] == "/people?withdrawn=1"
    said = (await officer.get("/people?withdrawn=1")).text
    assert "招待を取り消しました" in said
    assert "new@hospital.example" not in said


async def test_a_coordinator_invites_to_their_own_hospital_and_to_nothing_else(
    session: AsyncSession, place: Institution, leaver: Person, browser_of: SignIn
) -> None:
    elsewhere = await make.an_institution(session)
    by = await people.acting(session, leaver)
    invitation = {"email": "new@hospital.example", "language": "ja", **SECRET}
    with pytest.raises(NoSuchInstitution):
        await invite_colleague(session, elsewhere.code, **invitation, by=by, now=NOW)  # type: ignore[arg-type]
    browser: httpx.AsyncClient = await browser_of(leaver)
    offered = (await browser.get("/people")).text
    assert str(place.id) in offered
    assert str(elsewhere.id) not in offered
    form = {"email": "new@hospital.example", "role": "coordinator", "organisation": str(elsewhere.id)}
    assert (await browser.post("/people/invite", data=form)).status_code == 404
    assert (await browser.post("/people/invite", data={**form, "role": "staff"})).status_code == 403
    assert (await browser.post("/people/invite", data={**form, "organisation": str(place.id)})).status_code == 303
    assert [link.organisation_id for link in await session.scalars(select(SignInLink))] == [place.id]


async def test_whoever_leaves_passes_on_at_once_what_was_theirs(
    session: AsyncSession,
    place: Institution,
    leaver: Person,
    colleague: Person,
    browser_of: SignIn,
    desk: JobDesk,
) -> None:
    officer = await people.an_officer(session, email="officer@window.example")
    mine = await make.a_contact(session, place, mail=leaver.email, recorded_by_id=leaver.id)
    named = await make.a_contact(session, place, name="治験管理室 離任する人", mail="room@hospital.example")
    other = await make.a_contact(session, place, name="薬剤部", mail="pharmacy@hospital.example")
    browser: httpx.AsyncClient = await browser_of(leaver)
    other_browser: httpx.AsyncClient = await browser_of(leaver)
    here = f"/people/{(await membership_of(session, leaver)).id}/hand-over"
    assert "後任の人" in words((await browser.get(here)).text)
    assert here in (await browser.get(f"/desk/{place.code}/members")).text
    done = await browser.post(here, data=await follows(session, colleague))
    assert (done.status_code, done.headers["location"]) == (303, "/")
    marked = await contacts_of(session, place.id, reader=await people.acting(session, colleague))
    assert {(row.first_id, row.to_renew) for row in marked} == {(mine.id, True), (named.id, True), (other.id, False)}
    kept = await session.get_one(Contact, mine.id)
    await session.refresh(kept)
    assert (kept.recorded_by_id, kept.superseded_at, kept.to_renew) == (leaver.id, NOW, False)
    for address in ("/desk", f"/desk/{place.code}/members", f"/desk/{place.code}/contacts"):
        for one in (browser, other_browser):
            assert (await one.get(address)).headers["location"].startswith("/sign-in")
        assert (await (await browser_of(leaver)).get(address)).status_code == 404  # type: ignore[attr-defined]
    assert (await (await browser_of(leaver)).post(here, data=NOBODY)).status_code == 404  # type: ignore[attr-defined]
    await desk.work()
    told = {mail["To"]: str(mail["Subject"]) for mail in desk.outbox}
    assert told == {
        colleague.email: "見本病院の施設担当者の後任になりました",
        officer.email: "見本病院の施設担当者が離任しました",
    }
    event = (await session.scalars(select(AuditEvent).where(AuditEvent.what == "coordinator.handed_over"))).one()
    assert (event.subject_id, event.by_id) == (place.id, leaver.id)
    assert event.details == {"leaver": str(leaver.id), "follows": str(colleague.id), "contacts": 2}
    shown = words((await (await browser_of(colleague)).get(f"/desk/{place.code}/members")).text)  # type: ignore[attr-defined]
    assert "離任する人 2026年11月20日（金） から 2026年11月20日（金） まで" in shown
    contacts = words((await (await browser_of(colleague)).get(f"/desk/{place.code}/contacts")).text)  # type: ignore[attr-defined]
    assert contacts.count("要更新：担当者が離任") == 2


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "follows"),
        ({"follows": str(uuid4())}, "follows"),
        ({"follows": "invited", "email": ""}, "email"),
        ({"follows": "invited", "email": "leaver@hospital.example"}, "email"),
    ],
)
async def test_nobody_leaves_without_saying_who_follows(
    session: AsyncSession, place: Institution, leaver: Person, browser_of: SignIn, typed: dict[str, str], field: str
) -> None:
    membership = await membership_of(session, leaver)
    by = await people.acting(session, leaver)
    with pytest.raises(Unacceptable) as refusal:
        await hand_over(session, membership.id, typed, **SECRET, by=by, now=NOW)
    assert set(refusal.value.errors) == {field}
    browser: httpx.AsyncClient = await browser_of(leaver)
    answer = await browser.post(f"/people/{membership.id}/hand-over", data=typed)
    assert answer.status_code == 422
    assert (await browser.get("/desk")).status_code == 200


async def test_the_last_one_may_say_that_nobody_follows_and_the_window_is_told(
    session: AsyncSession, place: Institution, leaver: Person, desk: JobDesk
) -> None:
    await people.an_officer(session, language="en")
    membership = await membership_of(session, leaver)
    await hand_over(session, membership.id, NOBODY, **SECRET, by=await people.acting(session, leaver), now=NOW)
    await session.commit()
    await desk.work()
    (mail,) = desk.outbox
    assert "has left and nobody follows" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert leaver.name not in str(mail)


async def test_a_successor_who_is_invited_can_still_accept_after_the_leaver_has_gone(
    session: AsyncSession, place: Institution, leaver: Person, desk: JobDesk, client: httpx.AsyncClient
) -> None:
    typed = {"follows": "invited", "email": "new@hospital.example", "language": "ja"}
    membership = await membership_of(session, leaver)
    await hand_over(session, membership.id, typed, **SECRET, by=await people.acting(session, leaver), now=NOW)
    await session.commit()
    await desk.work()
    token = token_in(next(mail for mail in desk.outbox if mail["To"] == "new@hospital.example"))
    assert (await client.post("/sign-in/use", data={"token": token, "name": "新任"})).status_code == 303
    by = await people.acting(session, await people.an_officer(session))
    listed = await coordinators_of(session, place.id, reader=by)
    assert [(one.person.name, one.speaks) for one in listed] == [("新任", True), ("離任する人", False)]


async def test_staff_hand_over_for_somebody_and_nobody_else_does(
    session: AsyncSession, place: Institution, leaver: Person, colleague: Person, browser_of: SignIn
) -> None:
    membership = await membership_of(session, leaver)
    stranger = await people.a_coordinator(session, await make.an_institution(session))
    for person, refused in [(colleague, NotAllowed), (stranger, NotFound), (await people.a_sponsor(session), NotFound)]:
        with pytest.raises(refused):
            await leaving(session, membership.id, by=await people.acting(session, person))
    officer: httpx.AsyncClient = await browser_of(await people.an_officer(session))
    listed = (await officer.get("/people")).text
    assert f"/people/{membership.id}/hand-over" in listed
    assert f"/people/{membership.id}/end" not in listed
    assert (await officer.post(f"/people/{membership.id}/end")).status_code == 409
    done = await officer.post(f"/people/{membership.id}/hand-over", data=await follows(session, colleague))
    assert done.headers["location"] == "/people?handed_over=1"
    assert "引継ぎが完了しました" in (await officer.get("/people?handed_over=1")).text
    assert (await officer.get(f"/people/{membership.id}/hand-over")).status_code == 404


async def test_the_last_sign_in_is_shown_where_it_is_known(
    session: AsyncSession, place: Institution, leaver: Person, colleague: Person, browser_of: SignIn
) -> None:
    await browser_of(leaver)
    by = await people.acting(session, leaver)
    found = {one.person.id: one.last_sign_in for one in await coordinators_of(session, place.id, reader=by)}
    assert found == {leaver.id: NOW, colleague.id: None}


@pytest.fixture
async def parallel(server: Server, database: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions that really commit, each on a connection of its own."""
    name = f"{database}_leaving"
    await asyncio.to_thread(server.copy, name)
    role = {"server_settings": {"role": SERVICE_ROLE}}
    engine = create_async_engine(asyncpg_url(server.url(name, "service")), connect_args=role)
    yield sessions_for(engine)
    await engine.dispose()
    await asyncio.to_thread(server.drop, name)


async def test_of_two_who_leave_at_once_one_stays_where_each_names_the_other(
    parallel: async_sessionmaker[AsyncSession],
) -> None:
    async with parallel.begin() as session:
        await stand_as(session, SERVICE)
        place = await make.an_institution(session)
        pair = [await people.a_coordinator(session, place) for _ in range(2)]
        actors = [await people.acting(session, person) for person in pair]
        members = [(await membership_of(session, person)).id for person in pair]

    async def leave(by: Actor, own: UUID, typed: dict[str, str]) -> Any:
        async with parallel.begin() as session:
            await stand_as(session, by)
            return await hand_over(session, own, typed, **SECRET, by=by, now=NOW)

    each_other = [
        leave(actors[0], members[0], {"follows": str(members[1])}),
        leave(actors[1], members[1], {"follows": str(members[0])}),
    ]
    came = await asyncio.gather(*each_other, return_exceptions=True)
    assert sorted(type(one).__name__ for one in came) == ["NoneType", "Unacceptable"]
    stays = 0 if came[0] is not None else 1
    twice = [leave(actors[stays], members[stays], NOBODY) for _time in range(2)]
    came = await asyncio.gather(*twice, return_exceptions=True)
    assert sorted(type(one).__name__ for one in came) == ["NoneType", "NotFound"]
    async with parallel() as session:
        over = await session.scalars(select(AuditEvent.what).where(AuditEvent.what == "coordinator.handed_over"))
        assert len(over.all()) == 2
        held = select(Membership).where(Membership.organisation_id == place.id, Membership.role == Role.COORDINATOR)
        assert all(one.ended_at for one in await session.scalars(held))
