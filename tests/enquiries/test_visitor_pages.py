"""A visitor reads a public record before signing in, sees it alone, and finds it as a draft afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking import limits
from app.enquiries.models import Enquiry, ReadingState, RegistryReading
from app.identity.actions import demonstration_link
from app.identity.models import Person
from app.settings import Settings
from tests import make
from tests.conftest import NOW, Clock, a_browser
from tests.desk import JobDesk
from tests.enquiries import fictional
from tests.enquiries.make import a_reading, values
from tests.enquiries.stand_in import StandIn
from tests.enquiries.test_pages import text_of

BrowserOf = Callable[[Person], Any]


async def read(client: httpx.AsyncClient, desk: JobDesk, number: str = "NCT00000001") -> str:
    """Ask for a record as this visitor, let it be read, and return the address of its page."""
    asked = await client.post("/readings", data={"nct": number})
    assert asked.status_code == 303, asked.text
    with StandIn(fictional.studies()) as registry:
        settings = desk.given.settings.model_copy(update={"ctgov_url": registry.url})
        await JobDesk(replace(desk.given, settings=settings), desk.outbox).work()
    return asked.headers["location"]


async def test_a_visitor_sees_the_reading_go_on_and_then_what_the_record_says(
    client: httpx.AsyncClient, desk: JobDesk
) -> None:
    assert (await client.get("/readings")).status_code == 200
    asked = await client.post("/readings", data={"nct": "nct00000001"})
    waiting = await client.get(asked.headers["location"])
    assert "We are reading the record" in waiting.text and 'hx-trigger="load delay:1s"' in waiting.text
    assert "HX-Refresh" not in waiting.headers
    address = await read(client, desk)
    page = await client.get(address)
    words = text_of(page)
    assert "Non-small cell lung cancer" in words and "18 years" in words and "Phase 2" in words
    assert f'href="{address}/picture"' in page.text and "/sign-in?next=" in page.text and "hx-get" not in page.text
    assert (await client.get(address, headers={"HX-Request": "true"})).headers["HX-Refresh"] == "true"


async def test_nobody_else_sees_a_visitors_reading(
    client: httpx.AsyncClient, application: FastAPI, desk: JobDesk, browser_of: BrowserOf, session: AsyncSession
) -> None:
    address = await read(client, desk)
    async with a_browser(application) as another:
        assert (await another.get(address)).status_code == 404
        await another.post("/readings", data={"nct": "NCT00000002"})
        assert (await another.get(address)).status_code == 404
    signed_in = await browser_of(await make.a_sponsor(session))
    assert (await signed_in.get(address)).status_code == 404
    assert (await client.get(f"/readings/{uuid4()}")).status_code == 404


async def test_a_malformed_number_is_refused_with_what_was_typed(client: httpx.AsyncClient) -> None:
    page = await client.post("/readings", data={"nct": "NCT12"})
    assert page.status_code == 422 and "You typed “NCT12”." in page.text and 'value="NCT12"' in page.text
    empty = await client.post("/readings", data={})
    assert empty.status_code == 422 and "Enter a ClinicalTrials.gov number" in empty.text
    assert not client.cookies


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("no_such_study", "ClinicalTrials.gov has no study NCT00000001"),
        ("busy", "too many requests at the moment"),
        ("slow", "did not answer in time"),
        ("unavailable", "cannot be reached at the moment"),
        ("not_understood", "not with a record that we can read"),
    ],
)
async def test_each_failure_is_said_and_the_number_stays_in_the_box(
    browser_of: BrowserOf, session: AsyncSession, failure: str, words: str
) -> None:
    person = await make.a_sponsor(session)
    given = {"state": ReadingState.FAILED, "failure": failure, "study": None}
    reading = await a_reading(session, **given, asked_by_id=person.id)
    browser = await browser_of(person)
    page = await browser.get(f"/readings/{reading.id}")
    assert words in text_of(page) and 'value="NCT00000001"' in page.text
    browser.cookies.set("language", "ja")
    assert (
        "NCT00000001" in (japanese := text_of(await browser.get(f"/readings/{reading.id}"))) and words not in japanese
    )


async def test_a_visitor_cannot_ask_without_end(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, session: AsyncSession
) -> None:
    monkeypatch.setattr(limits, "READINGS_PER_NETWORK", 2)
    answers = [(await client.post("/readings", data={"nct": "NCT00000001"})).status_code for _again in range(3)]
    assert answers == [303, 303, 429]
    assert len(list(await session.scalars(select(RegistryReading)))) == 2


async def test_what_a_visitor_read_is_their_draft_once_they_sign_in(
    client: httpx.AsyncClient, desk: JobDesk, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    await read(client, desk, "NCT00000002")
    person = await make.a_sponsor(session, demo=True)
    secret = settings.secret_key.get_secret_value()
    token = demonstration_link(session, person, secret=secret, lifetime=timedelta(minutes=5), now=clock.now)
    await session.commit()
    answer = await client.post("/sign-in/use", data={"token": token})
    (enquiry,) = await session.scalars(select(Enquiry))
    assert answer.headers["location"] == f"/enquiries/{enquiry.id}"
    page = await client.get(answer.headers["location"])
    assert page.status_code == 200 and "Duchenne" in page.text
    found = await values(session, enquiry.id)
    assert found["minimum_age"].value == 0.5 and found["minimum_age"].waits and "study_title" not in found


async def test_signing_in_without_having_read_leads_where_one_was_going(
    client: httpx.AsyncClient, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    person = await make.a_sponsor(session, demo=True)
    secret = settings.secret_key.get_secret_value()
    token = demonstration_link(session, person, secret=secret, lifetime=timedelta(minutes=5), now=clock.now)
    await session.commit()
    answer = await client.post("/sign-in/use", data={"token": token})
    assert answer.headers["location"] == "/" and (await session.scalar(select(Enquiry))) is None


async def test_a_sponsor_keeps_a_reading_with_one_button(
    browser_of: BrowserOf, session: AsyncSession, client: httpx.AsyncClient
) -> None:
    person = await make.a_sponsor(session)
    reading = await a_reading(session, asked_by_id=person.id, asked_at=NOW)
    browser = await browser_of(person)
    page = await browser.get(f"/readings/{reading.id}")
    assert f'action="/readings/{reading.id}/draft"' in page.text
    kept = await browser.post(f"/readings/{reading.id}/draft")
    (enquiry,) = await session.scalars(select(Enquiry))
    assert kept.headers["location"] == f"/enquiries/{enquiry.id}"
    turned_away = await client.post(f"/readings/{reading.id}/draft")
    assert turned_away.headers["location"].startswith("/sign-in")
    officer = await make.an_officer(session, language="en")
    theirs = await a_reading(session, asked_by_id=officer.id)
    assert "Keep it" not in (await (await browser_of(officer)).get(f"/readings/{theirs.id}")).text
