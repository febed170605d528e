"""Signing in by mail: single use, short-lived, and the same answer for every address."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import AuditEvent
from app.identity.models import Membership, Organisation, Person, SignedSession, SignInLink
from app.identity.rules import Role
from tests import make
from tests.conftest import NOW, Clock
from tests.desk import JobDesk


def link_in(mail: object) -> str:
    text = mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    return re.search(r"http://testserver(/sign-in/use\?token=\S+)", text)[1]


def token_in(mail: object) -> str:
    return link_in(mail).split("token=")[1]


async def sign_up(client: httpx.AsyncClient, desk: JobDesk, email: str = "lead@bio.example") -> str:
    form = {"email": email, "name": "Lead", "company": "Bio Inc."}
    assert (await client.post("/sign-up", data=form)).status_code == 200
    await desk.work()
    return token_in(desk.outbox[-1])


async def test_the_first_link_creates_person_and_organisation_and_signs_in(
    client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession
) -> None:
    await make.a_sponsor(session)
    token = await sign_up(client, desk)
    assert await session.scalar(select(Person).where(Person.email == "lead@bio.example")) is None, (
        "a typed form creates nobody"
    )

    answer = await client.post("/sign-in/use", data={"token": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    person = await session.scalar(select(Person).where(Person.email == "lead@bio.example"))
    membership = await session.scalar(select(Membership).where(Membership.person_id == person.id))
    company = await session.get_one(Organisation, membership.organisation_id)
    assert (company.name_en, membership.role) == ("Bio Inc.", Role.SPONSOR)
    assert "Lead" in (await client.get("/sessions")).text
    whats = set(await session.scalars(select(AuditEvent.what)))
    assert {"person.created", "organisation.created", "session.began"} <= whats


async def test_opening_a_link_changes_nothing_and_using_it_works_once(client: httpx.AsyncClient, desk: JobDesk) -> None:
    token = await sign_up(client, desk)
    for _scanner in range(3):
        assert (await client.get(f"/sign-in/use?token={token}")).status_code == 200
    assert (await client.post("/sign-in/use", data={"token": token})).status_code == 303
    again = await client.post("/sign-in/use", data={"token": token})
    assert again.status_code == 409
    assert (await client.get(f"/sign-in/use?token={token}")).status_code == 410


async def test_a_link_lasts_fifteen_minutes(client: httpx.AsyncClient, desk: JobDesk, clock: Clock) -> None:
    token = await sign_up(client, desk)
    clock.forward(timedelta(minutes=15))
    assert (await client.post("/sign-in/use", data={"token": token})).status_code == 409


async def test_tokens_stand_in_no_table(client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession) -> None:
    token = await sign_up(client, desk)
    link = (await session.scalars(select(SignInLink))).one()
    assert token not in {str(value) for value in vars(link).values()}
    await client.post("/sign-in/use", data={"token": token})
    assert client.cookies["madoguchi_session"] not in {
        one.token_hash for one in await session.scalars(select(SignedSession))
    }


async def test_the_answer_is_the_same_whether_or_not_an_address_is_known(
    client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession
) -> None:
    person = await make.a_sponsor(session)
    await session.commit()
    known = await client.post("/sign-in", data={"email": person.email})
    unknown = await client.post("/sign-in", data={"email": "nobody@nowhere.example"})
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(person.email, "X") == unknown.text.replace("nobody@nowhere.example", "X")
    await desk.work()
    assert [mail["To"] for mail in desk.outbox] == [person.email, "nobody@nowhere.example"]
    assert "token=" not in desk.outbox[1].get_body(("plain",)).get_content()


async def test_somebody_with_an_account_who_signs_up_again_only_signs_in(
    client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession
) -> None:
    person = await make.a_sponsor(session)
    await session.commit()
    before = await session.scalar(select(func.count()).select_from(Organisation))
    token = await sign_up(client, desk, person.email)
    await client.post("/sign-in/use", data={"token": token})
    assert await session.scalar(select(func.count()).select_from(Organisation)) == before


async def test_signing_in_leads_back_to_where_one_was_going_and_never_to_another_site(
    client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession
) -> None:
    person = await make.a_sponsor(session)
    await session.commit()
    gate = await client.get("/people")
    assert gate.headers["location"] == "/sign-in?next=%2Fpeople"
    for asked, led in (
        ("/people", "/people"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil", "/"),
    ):
        await client.post("/sign-in", data={"email": person.email, "next": asked})
        await desk.work()
        answer = await client.post("/sign-in/use", data={"token": token_in(desk.outbox[-1])})
        assert answer.headers["location"] == led


@pytest.mark.parametrize(
    ("path", "form"),
    [("/sign-in", {"email": "no address"}), ("/sign-up", {"email": "x", "name": " ", "company": "C\x00"})],
)
async def test_what_cannot_be_taken_is_explained_beside_the_field_and_kept(
    client: httpx.AsyncClient, path: str, form: dict[str, str]
) -> None:
    answer = await client.post(path, data=form)
    assert answer.status_code == 422
    assert "Enter a mail address such as" in answer.text
    assert form["email"] in answer.text


async def test_too_many_attempts_are_refused_for_a_while(client: httpx.AsyncClient, clock: Clock) -> None:
    answers = [await client.post("/sign-in", data={"email": "a@b.example"}) for _try in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Try again in 15 minutes" in answers[-1].text
    clock.forward(timedelta(minutes=16))
    assert (await client.post("/sign-in", data={"email": "a@b.example"})).status_code == 200


async def test_signing_out_ends_the_session_and_not_only_the_cookie(
    client: httpx.AsyncClient, session: AsyncSession, browser_of: make.Any
) -> None:
    browser = await browser_of(await make.a_sponsor(session))
    cookie = browser.cookies["madoguchi_session"]
    assert (await browser.get("/sessions")).status_code == 200
    await browser.post("/sign-out")
    client.cookies.set("madoguchi_session", cookie)
    assert (await client.get("/sessions")).status_code == 303


async def test_one_can_end_ones_own_other_session_and_nobody_elses(session: AsyncSession, browser_of: make.Any) -> None:
    person = await make.a_sponsor(session)
    mine, other, stranger = (
        await browser_of(person),
        await browser_of(person),
        await browser_of(await make.a_sponsor(session)),
    )
    other_id = await session.scalar(
        select(SignedSession.id).where(SignedSession.person_id == person.id).order_by(SignedSession.id.desc())
    )
    assert (await stranger.post(f"/sessions/{other_id}/revoke")).status_code == 404
    await mine.post(f"/sessions/{other_id}/revoke")
    answers = {(await browser.get("/sessions")).status_code for browser in (mine, other)}
    assert answers == {200, 303}


async def test_a_disabled_account_is_signed_out_everywhere(session: AsyncSession, browser_of: make.Any) -> None:
    person = await make.a_sponsor(session)
    browser = await browser_of(person)
    person.disabled_at = NOW
    await session.commit()
    assert (await browser.get("/sessions")).status_code == 303


async def test_mails_speak_the_language_of_their_reader(
    client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession
) -> None:
    officer = await make.an_officer(session)
    await session.commit()
    await client.post("/sign-in", data={"email": officer.email})
    await desk.work()
    assert desk.outbox[0]["Subject"] == "サインイン用リンクのお知らせ"
    assert desk.outbox[0]["Content-Language"] == "ja"


async def test_the_readers_choice_of_language_is_kept(
    client: httpx.AsyncClient, session: AsyncSession, browser_of: make.Any
) -> None:
    assert 'lang="en"' in (await client.get("/sign-in")).text
    answer = await client.post("/language", data={"language": "ja", "next": "/sign-in?next=%2Fpeople"})
    assert answer.headers["location"] == "/sign-in?next=%2Fpeople"
    assert 'lang="ja"' in (await client.get("/sign-in")).text
    person = await make.a_sponsor(session)
    browser = await browser_of(person)
    await browser.post("/language", data={"language": "ja"})
    await session.refresh(person)
    assert person.language == "ja"
