"""The calendar feed is RFC 5545, keeps its events' ids, and tells calendars of cancelled meetings."""

from datetime import date, timedelta

import httpx
import pytest
from icalendar import Calendar, Event
from sqlalchemy.ext.asyncio import AsyncSession

from app.sites import actions
from app.sites.models import Committee, CommitteeMeeting, Institution
from tests import make as people
from tests.conftest import NOW, Clock
from tests.sites import make


@pytest.fixture
async def place(session: AsyncSession) -> Institution:
    await make.a_meeting(session, await make.a_committee(session, await make.an_institution(session)))
    return await make.an_institution(session, name_en="Sample Hospital", name_ja="見本病院")


@pytest.fixture
async def committee(session: AsyncSession, place: Institution) -> Committee:
    return await make.a_committee(session, place, name_en="Sample IRB", name_ja="見本治験審査委員会")


@pytest.fixture
async def meeting(session: AsyncSession, committee: Committee) -> CommitteeMeeting:
    return await make.a_meeting(session, committee, deadline=date(2026, 11, 27))


def events_in(answer: httpx.Response) -> dict[str, Event]:
    calendar = Calendar.from_ical(answer.content)
    assert calendar.errors == []
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


async def test_meetings_and_deadlines_are_all_day_events(
    client: httpx.AsyncClient, place: Institution, meeting: CommitteeMeeting
) -> None:
    answer = await client.get(f"/sites/{place.code}/committees.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert b"\r\n" in answer.content
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    events = events_in(answer)
    assert set(events) == {f"{meeting.first_id}-meeting@madoguchi", f"{meeting.first_id}-deadline@madoguchi"}
    sitting, due = (events[f"{meeting.first_id}-{kind}@madoguchi"] for kind in ("meeting", "deadline"))
    assert (sitting.decoded("dtstart"), sitting.decoded("dtend")) == (date(2026, 12, 9), date(2026, 12, 10))
    assert due.decoded("dtstart") == date(2026, 11, 27)
    assert str(sitting["summary"]) == "Sample IRB: meeting (Sample Hospital)"
    assert "Documents are due by 27 Nov 2026." in str(sitting["description"])
    assert str(sitting["status"]) == "CONFIRMED"


async def test_the_reader_chooses_the_language(
    client: httpx.AsyncClient, place: Institution, meeting: CommitteeMeeting
) -> None:
    address = f"/sites/{place.code}/committees.ics"
    japanese = events_in(await client.get(address, params={"lang": "ja"}))
    assert str(japanese[f"{meeting.first_id}-meeting@madoguchi"]["summary"]).startswith("見本治験審査委員会")
    assert (await client.get(address, headers={"Accept-Language": "ja"})).headers["content-language"] == "ja"
    assert (await client.get(address, params={"lang": "fr"})).headers["content-language"] == "en"


async def test_a_moved_and_a_cancelled_meeting_stay_the_same_event(
    client: httpx.AsyncClient,
    session: AsyncSession,
    place: Institution,
    committee: Committee,
    meeting: CommitteeMeeting,
) -> None:
    by = await people.acting(session, await people.a_coordinator(session, place))
    later = NOW + timedelta(hours=1)
    moved = {"day": "2026-12-16", "meeting": str(meeting.first_id), "seen": str(meeting.id)}
    row = await actions.plan_meeting(session, place.code, committee.first_id, moved, by=by, now=later)
    await session.commit()
    address, uid = f"/sites/{place.code}/committees.ics", f"{meeting.first_id}-meeting@madoguchi"
    event = events_in(await client.get(address))[uid]
    assert (event.decoded("dtstart"), event["sequence"]) == (date(2026, 12, 16), 1)
    await actions.cancel_meeting(session, place.code, committee.first_id, row.first_id, str(row.id), by=by, now=later)
    await session.commit()
    event = events_in(await client.get(address))[uid]
    assert (str(event["status"]), event["sequence"]) == ("CANCELLED", 2)
    assert str(event["summary"]).startswith("Cancelled: ")


async def test_a_calendar_that_has_it_already_is_not_sent_it_again(
    client: httpx.AsyncClient, place: Institution, meeting: CommitteeMeeting, clock: Clock
) -> None:
    address = f"/sites/{place.code}/committees.ics"
    first = await client.get(address)
    assert first.headers["cache-control"] == "public, max-age=3600"
    clock.forward(timedelta(hours=5))
    again = await client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.get(address, params={"lang": "ja"})).headers["etag"] != first.headers["etag"]


async def test_where_there_is_nothing_there_is_no_calendar(client: httpx.AsyncClient, session: AsyncSession) -> None:
    silent = await make.an_institution(session)
    for code in (silent.code, "CCRH-01", "NOWHERE", "%00"):
        assert (await client.get(f"/sites/{code}/committees.ics")).status_code == 404
