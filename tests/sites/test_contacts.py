"""Contacts by purpose: kept by the hospital, read by it and by window officers, and by nobody else anywhere."""

from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import AuditEvent
from app.ground.errors import Unacceptable
from app.ground.mail import OutgoingMail
from app.identity.models import Person
from app.identity.rules import VISITOR, Actor
from app.sites import actions
from app.sites.errors import EntryMovedOn, NoSuchContact, NoSuchInstitution
from app.sites.models import Contact, Institution
from app.sites.queries.contacts import contacts_of, contacts_visible_to
from tests import make as people
from tests.conftest import NOW, SignIn
from tests.sites import make

TYPED = {
    "purpose": "feasibility",
    "name": "秘匿臨床試験室",
    "mail": " Secret-Office@Hospital.JP ",
    "phone": "０３-1234-5678 内線 12",
    "note": "秘匿の備考",
    "as_of": "R8.11.20",
    "contact": "",
    "seen": "",
}
SECRETS = ("秘匿臨床試験室", "secret-office", "03-1234-5678", "秘匿の備考")


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    await make.a_contact(session, await make.an_institution(session), name="他院の事務局")
    return await make.an_institution(session)


@pytest.fixture
async def coordinator(session: AsyncSession, place: Institution) -> Person:
    return await people.a_coordinator(session, place)


@pytest.fixture
async def by(session: AsyncSession, coordinator: Person) -> Actor:
    return await people.acting(session, coordinator)


@pytest.fixture
async def desk(browser_of: SignIn, coordinator: Person) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = await browser_of(coordinator)
    return browser


async def test_a_contact_is_stated_changed_and_removed_and_nothing_is_overwritten(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    first = await actions.state_contact(session, place.code, TYPED, ["en", "ja"], by=by, now=NOW)
    assert (first.mail, first.phone, first.languages) == (
        "secret-office@hospital.jp",
        "03-1234-5678 内線 12",
        ["ja", "en"],
    )
    changed = {**TYPED, "purpose": "contract", "contact": str(first.first_id), "seen": str(first.id)}
    second = await actions.state_contact(session, place.code, changed, [], by=by, now=NOW)
    assert await contacts_of(session, place.id, reader=by) == [second]
    with pytest.raises(EntryMovedOn):
        await actions.state_contact(session, place.code, changed, [], by=by, now=NOW)
    await actions.remove_contact(session, place.code, first.first_id, str(second.id), by=by, now=NOW)
    assert await contacts_of(session, place.id, reader=by) == []
    rows = select(func.count()).select_from(Contact).where(Contact.institution_id == place.id)
    assert await session.scalar(rows) == 3


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"purpose": "gossip"}, {"purpose"}),
        ({"name": " "}, {"name"}),
        ({"name": "長" * 201}, {"name"}),
        ({"mail": "nobody"}, {"mail"}),
        ({"mail": "", "phone": ""}, {"mail"}),
        ({"phone": "ask me"}, {"phone"}),
        ({"note": "字" * 501, "as_of": "2027-01-01"}, {"note", "as_of"}),
    ],
)
async def test_each_field_is_checked(
    session: AsyncSession, place: Institution, by: Actor, wrong: dict[str, str], fields: set[str]
) -> None:
    with pytest.raises(Unacceptable) as refusal:
        await actions.state_contact(session, place.code, {**TYPED, **wrong}, ["ja"], by=by, now=NOW)
    assert set(refusal.value.errors) == fields
    assert await contacts_of(session, place.id, reader=by) == []


async def test_one_function_decides_who_reads_them(session: AsyncSession, place: Institution, by: Actor) -> None:
    row = await make.a_contact(session, place)

    async def read_by(reader: Actor) -> set[Institution]:
        return {found.institution_id for found in await session.scalars(contacts_visible_to(reader))}

    assert await read_by(by) == {place.id}
    officer = await people.acting(session, await people.an_officer(session))
    assert row.institution_id in await read_by(officer)
    assert len(await read_by(officer)) > 1
    others = [people.a_sponsor, people.an_observer, people.an_administrator]
    for reader in (VISITOR, *[await people.acting(session, await person(session)) for person in others]):
        assert await read_by(reader) == set()


async def test_no_page_export_mail_or_record_carries_them_for_anybody_else(
    session: AsyncSession,
    place: Institution,
    desk: httpx.AsyncClient,
    client: httpx.AsyncClient,
    browser_of: SignIn,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    await make.a_meeting(session, await make.a_committee(session, place))
    saved = await desk.post(f"/desk/{place.code}/contacts", data={**TYPED, "languages": ["ja"]})
    assert saved.status_code == 303
    shown = (await desk.get(f"/desk/{place.code}/contacts")).text
    assert all(secret in shown for secret in SECRETS)
    assert "他院の事務局" not in shown
    elsewhere = await make.an_institution(session)
    strangers = [
        await people.a_sponsor(session),
        await people.an_observer(session),
        await people.an_administrator(session),
        await people.a_coordinator(session, elsewhere),
    ]
    browsers = [client, *[await browser_of(person) for person in strangers]]
    addresses = [
        "/", "/sites", "/sites?name=Hospital", f"/sites/{place.code}", f"/sites/{place.code}/committees.ics",
        "/api/v1/sites", f"/api/v1/sites/{place.code}", f"/sites/{place.code}/partners",
        f"/desk/{place.code}/contacts", "/desk", "/people", "/enquiries",
    ]  # fmt: skip
    for browser in browsers:
        for address in addresses:
            said = (await browser.get(address)).text.lower()
            assert not [secret for secret in SECRETS if secret in said], address
    kept = [str(event.details) for event in await session.scalars(select(AuditEvent))]
    kept += [str(mail.details) for mail in await session.scalars(select(OutgoingMail))]
    kept += [caplog.text, *capfd.readouterr()]
    assert not [secret for secret in SECRETS for text in kept if secret in text.lower()]


async def test_an_officer_reads_them_on_the_profile_in_a_private_notice(
    session: AsyncSession, place: Institution, browser_of: SignIn
) -> None:
    await make.a_contact(session, place, phone="03-1111-2222", note="午後のみ")
    officer: httpx.AsyncClient = await browser_of(await people.an_officer(session))
    said = (await officer.get(f"/sites/{place.code}")).text
    assert "03-1111-2222" in said.partition("notice-private")[2]
    assert (await officer.get(f"/desk/{place.code}/contacts")).status_code == 404


async def test_a_coordinator_cannot_touch_another_hospitals_contacts(
    session: AsyncSession, place: Institution, by: Actor, desk: httpx.AsyncClient
) -> None:
    elsewhere = await make.an_institution(session)
    row = await make.a_contact(session, elsewhere)
    with pytest.raises(NoSuchInstitution):
        await actions.state_contact(session, elsewhere.code, TYPED, [], by=by, now=NOW)
    with pytest.raises(NoSuchContact):
        await actions.remove_contact(session, place.code, row.first_id, str(row.id), by=by, now=NOW)
    stolen = {**TYPED, "contact": str(row.first_id), "seen": str(row.id)}
    for code in (place.code, elsewhere.code):
        assert (await desk.post(f"/desk/{code}/contacts", data=stolen)).status_code == 404
        address = f"/desk/{code}/contacts/{row.first_id}/remove"
        assert (await desk.post(address, data={"seen": str(row.id)})).status_code == 404
    assert row.superseded_at is None


async def test_what_was_typed_comes_back(session: AsyncSession, place: Institution, desk: httpx.AsyncClient) -> None:
    here = f"/desk/{place.code}/contacts"
    refused = await desk.post(here, data={**TYPED, "mail": "not an address", "languages": "en"})
    assert refused.status_code == 422
    assert "not an address" in refused.text
    assert 'value="en" checked' in refused.text
    row = await make.a_contact(session, place)
    clash = await desk.post(here, data={**TYPED, "contact": str(row.first_id), "seen": str(uuid4())})
    assert clash.status_code == 409
    assert f'name="seen" value="{row.id}"' in clash.text
    assert "秘匿の備考" in clash.text
    form = await desk.get(here, params={"contact": str(row.first_id)})
    assert 'value="office@hospital.example"' in form.text
    removed = await desk.post(f"{here}/{row.first_id}/remove", data={"seen": str(row.id)})
    assert removed.status_code == 303
