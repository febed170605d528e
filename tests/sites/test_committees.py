"""A hospital's committees and their calendar: stated by its coordinators, read by everybody, lost by nobody."""

from datetime import date, timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.errors import Unacceptable
from app.identity.models import Person
from app.identity.rules import VISITOR, Actor
from app.seeding import SEED_DATA
from app.sites import actions
from app.sites.errors import EntryMovedOn, LinesRefused, NoSuchCommittee, NoSuchInstitution
from app.sites.models import Committee, CommitteeMeeting, Contact, Institution
from app.sites.queries.committees import calendars_of
from app.sites.seeding import load_demonstration
from tests import make as people
from tests.conftest import NOW, Clock, SignIn
from tests.sites import make
from tests.sites.test_pages import words

TODAY = date(2026, 11, 20)
TYPED = {
    "kind": "irb",
    "name_ja": "見本治験審査委員会",
    "name_en": "Sample IRB",
    "english_documents": "partly",
    "entrusted_review": "unknown",
    "note": "説明文書は日本語",
    "as_of": "令和8年11月20日",
    "committee": "",
    "seen": "",
}


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    elsewhere = await make.an_institution(session)
    await make.a_meeting(session, await make.a_committee(session, elsewhere, name_ja="他院の委員会"))
    return await make.an_institution(session, name_en="Sample Hospital", name_ja="見本病院")


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


async def planned(session: AsyncSession, place: Institution) -> list[tuple[date, date | None]]:
    calendars = await calendars_of(session, [place.id], reader=VISITOR, today=TODAY)
    return [(meeting.day, meeting.deadline) for calendar in calendars for meeting in calendar.planned]


async def test_a_committee_is_stated_and_what_stood_before_is_kept(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    first = await actions.state_committee(session, place.code, TYPED, by=by, now=NOW)
    changed = {**TYPED, "english_documents": "yes", "committee": str(first.first_id), "seen": str(first.id)}
    later = NOW + timedelta(days=2)
    second = await actions.state_committee(session, place.code, changed, by=by, now=later)
    assert (second.first_id, first.superseded_at, second.superseded_at) == (first.id, later, None)
    (then,) = await calendars_of(session, [place.id], reader=VISITOR, today=TODAY, at=NOW + timedelta(days=1))
    (now,) = await calendars_of(session, [place.id], reader=VISITOR, today=TODAY)
    assert (then.committee, now.committee) == (first, second)
    assert (second.note_ja, second.note_en, second.recorded_by_id) == ("説明文書は日本語", None, by.person_id)


async def test_a_meeting_is_moved_cancelled_and_brought_back_as_itself(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    committee = (await actions.state_committee(session, place.code, TYPED, by=by, now=NOW)).first_id
    typed = {"day": "令和8年12月9日", "deadline": "2026-11-27"}
    first = await actions.plan_meeting(session, place.code, committee, typed, by=by, now=NOW)
    moved = {"day": "2026-12-16", "deadline": "", "meeting": str(first.first_id), "seen": str(first.id)}
    second = await actions.plan_meeting(session, place.code, committee, moved, by=by, now=NOW)
    await actions.cancel_meeting(session, place.code, committee, first.first_id, str(second.id), by=by, now=NOW)
    assert await planned(session, place) == []
    again = await actions.plan_meeting(session, place.code, committee, {"day": "2026-12-16"}, by=by, now=NOW)
    assert (again.first_id, again.version, again.cancelled) == (first.id, 3, False)
    rows = select(func.count()).select_from(CommitteeMeeting).where(CommitteeMeeting.institution_id == place.id)
    assert await session.scalar(rows) == 4


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"day": "2026-11-19"}, "day"),
        ({"day": "2026-12"}, "day"),
        ({"day": ""}, "day"),
        ({"day": "2062-12-09"}, "day"),
        ({"day": "\0"}, "day"),
        ({"day": "2026-12-02"}, "day"),
        ({"day": "2026-12-09", "deadline": "2026-12-10"}, "deadline"),
        ({"day": "2026-12-09", "deadline": "2025-11-27"}, "deadline"),
        ({"day": "2026-12-09", "deadline": "soon"}, "deadline"),
    ],
)
async def test_a_meeting_that_cannot_be_is_refused_beside_its_field(
    session: AsyncSession, place: Institution, by: Actor, typed: dict[str, str], field: str
) -> None:
    committee = await make.a_committee(session, place)
    await make.a_meeting(session, committee, day=date(2026, 12, 2))
    with pytest.raises(Unacceptable) as refusal:
        await actions.plan_meeting(session, place.code, committee.first_id, typed, by=by, now=NOW)
    assert set(refusal.value.errors) == {field}
    assert await planned(session, place) == [(date(2026, 12, 2), None)]


async def test_pasted_lines_are_added_together_or_not_at_all(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    committee = (await make.a_committee(session, place)).first_id
    wrong = "2026-12-09 2026-11-27\n\n令和9年1月13日（水）, 12月25日\n2026-12-09\n開催日 締切\n2026-12-16 2026-12-20"
    with pytest.raises(LinesRefused) as refusal:
        await actions.plan_meetings(session, place.code, committee, wrong, by=by, now=NOW)
    assert [line.number for line in refusal.value.lines if line.problem] == [4, 5, 6]
    assert await planned(session, place) == []
    right = wrong.rpartition("\n2026-12-09\n")[0]
    await actions.plan_meetings(session, place.code, committee, right, by=by, now=NOW)
    assert await planned(session, place) == [
        (date(2026, 12, 9), date(2026, 11, 27)),
        (date(2027, 1, 13), date(2026, 12, 25)),
    ]


async def test_the_second_of_two_coordinators_is_told(session: AsyncSession, place: Institution, by: Actor) -> None:
    committee = await make.a_committee(session, place)
    meeting = await make.a_meeting(session, committee)
    stale = {**TYPED, "committee": str(committee.first_id), "seen": str(uuid4())}
    with pytest.raises(EntryMovedOn):
        await actions.state_committee(session, place.code, stale, by=by, now=NOW)
    moved = {"day": "2026-12-10", "meeting": str(meeting.first_id), "seen": str(uuid4())}
    with pytest.raises(EntryMovedOn):
        await actions.plan_meeting(session, place.code, committee.first_id, moved, by=by, now=NOW)
    with pytest.raises(EntryMovedOn):
        await actions.cancel_meeting(
            session, place.code, committee.first_id, meeting.first_id, str(uuid4()), by=by, now=NOW
        )
    assert await session.scalar(select(func.count()).where(Committee.institution_id == place.id)) == 1


async def test_a_committee_is_named_once(session: AsyncSession, place: Institution, by: Actor) -> None:
    await make.a_committee(session, place, name_ja=TYPED["name_ja"], name_en=None)
    with pytest.raises(Unacceptable) as refusal:
        await actions.state_committee(session, place.code, TYPED, by=by, now=NOW)
    assert set(refusal.value.errors) == {"name_ja"}


async def test_a_closed_committee_cancels_its_meetings_and_keeps_its_history(
    session: AsyncSession, place: Institution, by: Actor
) -> None:
    committee = await make.a_committee(session, place)
    await make.a_meeting(session, committee)
    await actions.close_committee(session, place.code, committee.first_id, str(committee.id), by=by, now=NOW)
    assert await calendars_of(session, [place.id], reader=by, today=TODAY) == []
    rows = await session.scalars(select(CommitteeMeeting).where(CommitteeMeeting.institution_id == place.id))
    assert [row.cancelled for row in sorted(rows, key=lambda row: row.version)] == [False, True]
    with pytest.raises(EntryMovedOn):
        await actions.close_committee(session, place.code, committee.first_id, str(committee.id), by=by, now=NOW)
    with pytest.raises(NoSuchCommittee):
        await actions.close_committee(session, place.code, uuid4(), str(committee.id), by=by, now=NOW)


async def test_a_coordinator_cannot_speak_for_another_hospitals_committee(
    session: AsyncSession, place: Institution, by: Actor, desk: httpx.AsyncClient
) -> None:
    elsewhere = await make.an_institution(session)
    committee = await make.a_committee(session, elsewhere)
    meeting = await make.a_meeting(session, committee)
    with pytest.raises(NoSuchInstitution):
        await actions.state_committee(session, elsewhere.code, TYPED, by=by, now=NOW)
    with pytest.raises(NoSuchCommittee):
        await actions.plan_meeting(session, place.code, committee.first_id, {"day": "2026-12-16"}, by=by, now=NOW)
    base = f"/desk/{elsewhere.code}/committees"
    own = f"/desk/{place.code}/committees/{committee.first_id}"
    for address in (base, f"{base}/{committee.first_id}", own):
        assert (await desk.get(address)).status_code == 404
    for address in (base, f"{base}/{committee.first_id}/close", f"{own}/close", f"{own}/meetings/several"):
        data = {**TYPED, "seen": str(committee.id), "lines": "2026-12-16"}
        assert (await desk.post(address, data=data)).status_code == 404
    cancel = f"{base}/{committee.first_id}/meetings/{meeting.first_id}/cancel"
    assert (await desk.post(cancel, data={"seen": str(meeting.id)})).status_code == 404
    assert await planned(session, elsewhere) == [(meeting.day, None)]


async def test_the_desk_takes_a_committee_and_its_dates(
    desk: httpx.AsyncClient, place: Institution, session: AsyncSession
) -> None:
    added = await desk.post(f"/desk/{place.code}/committees", data=TYPED)
    assert added.status_code == 303
    here = added.headers["location"]
    rule = await desk.get(here, params={"week": "2", "weekday": "2", "days_before": "12", "year": "2026"})
    said = words(rule.text)
    assert "終了した日のため追加できません" in said
    assert 'value="2026-12-09 2026-11-27" checked' in rule.text
    assert rule.text.count('name="lines" value=') == 4  # December to March; what is over has no box
    saved = await desk.post(f"{here}/meetings/several", data={"lines": ["2026-12-09 2026-11-27", "2027-01-13"]})
    assert saved.status_code == 303
    assert "2026年12月9日（水）" in words((await desk.get(f"/desk/{place.code}/committees")).text)
    side = words((await desk.get("/desk")).text)
    assert "見本治験審査委員会 2026年12月9日（水） 書類締切 2026年11月27日（金）" in side
    assert "他院の委員会" not in side


async def test_a_rule_leaves_holidays_to_the_coordinator(desk: httpx.AsyncClient, session: AsyncSession) -> None:
    place = (await session.scalars(select(Institution).where(Institution.code.startswith("TEST")))).all()[-1]
    committee = await make.a_committee(session, place)
    asked = {"week": "2", "weekday": "0", "days_before": "14", "year": "2026"}
    shown = await desk.get(f"/desk/{place.code}/committees/{committee.first_id}", params=asked)
    assert "成人の日" in shown.text
    assert 'value="2027-01-11 2026-12-28">' in shown.text
    refused = await desk.get(shown.url.path, params={**asked, "week": "9", "days_before": "-1"})
    assert refused.status_code == 422
    assert "“-1”" in refused.text or "「-1」" in refused.text


async def test_what_cannot_be_taken_comes_back_as_it_was_typed(
    desk: httpx.AsyncClient, place: Institution, session: AsyncSession
) -> None:
    wrong = {**TYPED, "kind": "ethics", "name_ja": " ", "name_en": "", "note": "残る言葉", "as_of": "2027-01-01"}
    answer = await desk.post(f"/desk/{place.code}/committees", data=wrong)
    assert answer.status_code == 422
    assert "残る言葉" in answer.text
    assert answer.text.count('class="error"') == 3
    committee = await make.a_committee(session, place)
    here = f"/desk/{place.code}/committees/{committee.first_id}"
    answer = await desk.post(f"{here}/meetings", data={"day": "2026-12-09", "deadline": "令和8年12月10日"})
    assert answer.status_code == 422
    assert 'value="令和8年12月10日"' in answer.text
    answer = await desk.post(f"{here}/meetings/several", data={"lines": "2026-12-09\nxyz"})
    assert (answer.status_code, "xyz" in answer.text) == (422, True)
    stale = {**TYPED, "committee": str(committee.first_id), "seen": str(uuid4())}
    clash = await desk.post(f"/desk/{place.code}/committees", data=stale)
    assert clash.status_code == 409
    assert f'name="seen" value="{committee.id}"' in clash.text
    moved = {"day": "2026-12-10", "meeting": str(uuid4()), "seen": str(uuid4())}
    assert (await desk.post(f"{here}/meetings", data=moved)).status_code == 404


async def test_everybody_reads_what_the_hospital_states_and_nothing_where_it_states_none(
    client: httpx.AsyncClient, place: Institution, session: AsyncSession
) -> None:
    silent = await make.an_institution(session)
    committee = await make.a_committee(session, place, entrusted_review="yes")
    await make.a_meeting(session, committee, deadline=date(2026, 11, 27))
    said = words((await client.get(f"/sites/{place.code}")).text)
    assert "Sample committee" in said
    assert "9 Dec 2026 Documents due 27 Nov 2026 Confirmed by the site, 20 Nov 2026" in said
    assert "Committees and their dates" not in words((await client.get(f"/sites/{silent.code}")).text)
    stated = (await client.get(f"/api/v1/sites/{place.code}")).json()["committees"]
    assert stated == [
        {
            "kind": "irb",
            "name_en": "Sample committee",
            "name_ja": committee.name_ja,
            "english_documents": "unknown",
            "entrusted_review": "yes",
            "note_en": None,
            "note_ja": None,
            "as_of": "2026-11-20",
            "meetings": [{"day": "2026-12-09", "deadline": "2026-11-27"}],
        }
    ]
    assert (await client.get(f"/api/v1/sites/{silent.code}")).json()["committees"] == []


async def test_a_visitor_and_a_sponsor_have_no_desk(
    client: httpx.AsyncClient, place: Institution, session: AsyncSession, browser_of: SignIn, clock: Clock
) -> None:
    assert (await client.get(f"/desk/{place.code}/committees")).status_code == 303
    for person in (await people.a_sponsor(session), await people.an_officer(session)):
        browser: httpx.AsyncClient = await browser_of(person)
        assert (await browser.get(f"/desk/{place.code}/committees")).status_code == 404


async def test_the_demonstration_invents_committees_and_contacts_for_fictional_hospitals_alone(
    session: AsyncSession, client: httpx.AsyncClient
) -> None:
    for _time in range(2):
        await load_demonstration(session, SEED_DATA / "demo", now=NOW)
    await session.commit()
    for table, count in ((Committee, 4), (CommitteeMeeting, 16), (Contact, 7)):
        whose = select(Institution.demo).join(table, table.institution_id == Institution.id)
        assert (await session.scalars(whose)).all() == [True] * count
    for code in ("DEMO-01", "DEMO-02", "DEMO-03"):
        committees = (await client.get(f"/api/v1/sites/{code}")).json()["committees"]
        assert all(date.fromisoformat(one["meetings"][0]["day"]) > TODAY for one in committees)
    assert (await client.get("/api/v1/sites/CCRH-01")).json()["committees"] == []
