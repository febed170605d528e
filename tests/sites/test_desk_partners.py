"""A hub's coordinator keeps the list of partners: added, changed, ended, and never overwritten."""

from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.audit import AuditEvent
from app.ground.errors import Unacceptable
from app.identity.rules import Actor
from app.sites import actions
from app.sites.errors import NoSuchInstitution, NoSuchPartner, PartnerMovedOn
from app.sites.models import Fact, Institution, Partnership
from app.sites.queries.partner_standing import known_partners
from app.sites.rules import FactState, InstitutionKind, SourceKind
from app.sites.rules.partners import Known
from tests import make as people
from tests.conftest import NOW, SignIn
from tests.sites import make
from tests.sites.test_pages import words

LATER = NOW + timedelta(days=1)
TYPED = {
    "code": "",
    "name_ja": "在宅クリニック",
    "name_en": "",
    "kind": "partner_clinic",
    "prefecture": "pref.13",
    "city": "架空区",
    "website": "",
    "since": "令和7年4月1日",
    "source": "",
    "as_of": "2026年11月20日",
    "seen": "",
    "dct.telemedicine": "yes",
    "dct.home_nursing": "",
}


@pytest.fixture
async def hub(session: AsyncSession) -> Institution:
    other = await make.an_institution(session, name_ja="別の病院")
    noise = await make.a_partner(session, other, name_ja="在宅クリニック", prefecture_code="pref.13")
    await make.a_word_of_the_hub(session, other, noise)
    return await make.an_institution(session, code="TEST-HUB", name_ja="拠点病院", name_en="Hub Hospital")


@pytest.fixture
async def coordinator(session: AsyncSession, hub: Institution) -> Actor:
    return await people.acting(session, await people.a_coordinator(session, hub))


async def the_partner(session: AsyncSession, hub: Institution) -> Known:
    (known,) = await known_partners(session, hub)
    return known


async def test_a_partner_is_added_as_the_word_of_the_hub(
    session: AsyncSession, hub: Institution, coordinator: Actor
) -> None:
    await actions.state_partner(session, "TEST-HUB", TYPED, by=coordinator, now=NOW)
    known = await the_partner(session, hub)
    assert (known.code, known.said.kind, known.said.since) == (
        "TEST-HUB-P001", InstitutionKind.PARTNER_CLINIC, date(2025, 4, 1)
    )  # fmt: skip
    partner = await session.get_one(Institution, known.institution_id)
    assert partner.demo  # the partner of a fictional hub is fictional
    (fact,) = await session.scalars(select(Fact).where(Fact.institution_id == partner.id))
    assert (fact.state, fact.source_kind, fact.hub_id, fact.confirmed_at) == (
        FactState.YES, SourceKind.HUB, hub.id, None
    )  # fmt: skip
    event = (await session.scalars(select(AuditEvent).where(AuditEvent.subject_id == hub.id))).one()
    assert (event.what, event.details) == ("partner.stated", {"change": "new"})


async def test_a_change_supersedes_and_keeps_what_stood(
    session: AsyncSession, hub: Institution, coordinator: Actor
) -> None:
    await actions.state_partner(session, "TEST-HUB", TYPED, by=coordinator, now=NOW)
    before = await the_partner(session, hub)
    changed = {**TYPED, "code": before.code, "seen": str(before.partnership_id), "dct.telemedicine": "no",
               "source": "https://hub.example/partners"}  # fmt: skip
    await actions.state_partner(session, "TEST-HUB", changed, by=coordinator, now=LATER)
    rows = list(await session.scalars(select(Fact).where(Fact.hub_id == hub.id).order_by(Fact.recorded_at)))
    assert [(row.state, row.superseded_at) for row in rows] == [(FactState.YES, LATER), (FactState.NO, None)]
    assert rows[1].source_kind is SourceKind.PUBLIC_PAGE
    assert len(list(await session.scalars(select(Partnership).where(Partnership.hub_id == hub.id)))) == 2

    same = await actions.state_partner(
        session, "TEST-HUB", {**changed, "seen": str((await the_partner(session, hub)).partnership_id)},
        by=coordinator, now=LATER,
    )  # fmt: skip
    assert same.what == "unchanged"


async def test_what_is_no_longer_known_is_withdrawn(
    session: AsyncSession, hub: Institution, coordinator: Actor
) -> None:
    await actions.state_partner(session, "TEST-HUB", TYPED, by=coordinator, now=NOW)
    known = await the_partner(session, hub)
    typed = {**TYPED, "code": known.code, "seen": str(known.partnership_id), "dct.telemedicine": ""}
    await actions.state_partner(session, "TEST-HUB", typed, by=coordinator, now=LATER)
    assert (await the_partner(session, hub)).said.states == {}


async def test_a_partnership_ends_and_can_begin_again(
    session: AsyncSession, hub: Institution, coordinator: Actor
) -> None:
    await actions.state_partner(session, "TEST-HUB", TYPED, by=coordinator, now=NOW)
    known = await the_partner(session, hub)
    ending = {"partner": known.code, "seen": str(known.partnership_id), "ended_on": "2026-11-19"}
    row = await actions.end_partnership(session, "TEST-HUB", ending, by=coordinator, now=LATER)
    assert (row.ended_on, row.since) == (date(2026, 11, 19), date(2025, 4, 1))
    ended = await the_partner(session, hub)
    assert ended.ended
    assert ended.fact_ids == {}
    with pytest.raises(PartnerMovedOn):
        await actions.end_partnership(session, "TEST-HUB", ending, by=coordinator, now=LATER)
    again = {**TYPED, "code": ended.code, "seen": str(ended.partnership_id)}
    await actions.state_partner(session, "TEST-HUB", again, by=coordinator, now=LATER)
    assert not (await the_partner(session, hub)).ended


async def test_what_cannot_be_taken_is_said_by_field(
    session: AsyncSession, hub: Institution, coordinator: Actor
) -> None:
    wrong = {
        "name_ja": "\x07", "kind": "fictional", "prefecture": "東京都都", "website": "javascript:alert(1)",
        "since": "2030-01-01", "source": "x", "as_of": "", "dct.telemedicine": "maybe", "city": "x" * 300,
    }  # fmt: skip
    with pytest.raises(Unacceptable) as refused:
        await actions.state_partner(session, "TEST-HUB", {**TYPED, **wrong}, by=coordinator, now=NOW)
    assert set(refused.value.errors) == set(wrong)
    with pytest.raises(Unacceptable) as refused:
        await actions.state_partner(session, "TEST-HUB", {**TYPED, "name_ja": " "}, by=coordinator, now=NOW)
    assert set(refused.value.errors) == {"name_ja"}
    assert await known_partners(session, hub) == []


async def test_another_hubs_partner_is_joined_by_its_code_and_keeps_its_address(
    session: AsyncSession, hub: Institution, coordinator: Actor
) -> None:
    other = await make.an_institution(session)
    theirs = await make.a_partner(
        session, other, code="OTHER-P1", name_ja="共有医院", name_en="Shared", prefecture_code="pref.13"
    )
    real = await make.an_institution(session, kind=InstitutionKind.PARTNER_CLINIC, demo=False)
    typed = {**TYPED, "code": "OTHER-P1", "name_ja": "共有医院", "city": ""}
    await actions.state_partner(session, "TEST-HUB", typed, by=coordinator, now=NOW)
    known = await the_partner(session, hub)
    assert (known.institution_id, known.shared) == (theirs.id, True)
    renamed = {**typed, "name_ja": "別名医院", "seen": str(known.partnership_id)}
    with pytest.raises(Unacceptable):
        await actions.state_partner(session, "TEST-HUB", renamed, by=coordinator, now=LATER)
    for code in (real.code, "CCRH-01", "NONE", "x\0"):
        with pytest.raises(NoSuchPartner):
            await actions.state_partner(session, "TEST-HUB", {**TYPED, "code": code}, by=coordinator, now=NOW)


async def test_nobody_speaks_for_another_hub(session: AsyncSession, hub: Institution, browser_of: SignIn) -> None:
    stranger = await people.a_coordinator(session, await make.an_institution(session))
    by = await people.acting(session, stranger)
    with pytest.raises(NoSuchInstitution):
        await actions.state_partner(session, "TEST-HUB", TYPED, by=by, now=NOW)
    with pytest.raises(NoSuchInstitution):
        await actions.end_partnership(session, "TEST-HUB", {}, by=by, now=NOW)
    for person in (stranger, await people.an_officer(session), await people.a_sponsor(session)):
        browser = await browser_of(person)
        assert (await browser.get("/desk/TEST-HUB/partners")).status_code == 404
        assert (await browser.post("/desk/TEST-HUB/partners", data=TYPED)).status_code == 404
        assert (await browser.post("/desk/TEST-HUB/partners/end", data={})).status_code == 404


async def test_a_coordinator_keeps_the_list_at_the_desk(
    session: AsyncSession, hub: Institution, browser_of: SignIn
) -> None:
    desk: httpx.AsyncClient = await browser_of(await people.a_coordinator(session, hub))
    assert "連携先はまだ登録されていません" in words((await desk.get("/desk/TEST-HUB/partners")).text)
    saved = await desk.post("/desk/TEST-HUB/partners", data=TYPED)
    assert saved.headers["location"] == "/desk/TEST-HUB/partners?saved=new"
    said = words((await desk.get("/desk/TEST-HUB/partners?saved=new&partner=TEST-HUB-P001")).text)
    assert "在宅クリニック 架空" in said
    assert "連携を終了する" in said

    refused = await desk.post("/desk/TEST-HUB/partners", data={**TYPED, "name_ja": "", "city": "残る市"})
    assert refused.status_code == 422
    assert 'value="残る市"' in refused.text
    clash = await desk.post("/desk/TEST-HUB/partners", data={**TYPED, "city": "残る市"})
    assert clash.status_code == 409
    assert 'value="残る市"' in clash.text

    known = await the_partner(session, hub)
    ending = {"partner": known.code, "seen": str(known.partnership_id)}
    wrong = await desk.post("/desk/TEST-HUB/partners/end", data={**ending, "ended_on": "2020-01-01"})
    assert wrong.status_code == 422
    assert 'value="2020-01-01"' in wrong.text
    assert (await desk.post("/desk/TEST-HUB/partners/end", data={**ending, "ended_on": "R8.11.19"})).status_code == 303
    assert "終了した連携" in words((await desk.get("/desk/TEST-HUB/partners?saved=ended")).text)
