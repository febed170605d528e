"""A record is read by a job, over real HTTP; whatever the registry does, the form stays filled and knows why."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import actions, queries
from app.enquiries.actions.readings import SPACING, number_in
from app.enquiries.ctgov import client
from app.enquiries.ctgov.client import Patience
from app.enquiries.models import ReadingState, RegistryPace, RegistryReading
from app.ground.errors import Unacceptable
from app.identity.rules import SERVICE, VISITOR
from app.jobs.registry import load_every_job
from tests.conftest import NOW
from tests.desk import JobDesk
from tests.enquiries import fictional
from tests.enquiries.make import a_draft, a_sponsor, values
from tests.enquiries.stand_in import (
    Answer,
    StandIn,
    another_shape,
    broken,
    busy,
    not_json,
    real_studies,
    slow,
)

VISITORS = "a" * 64


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn(fictional.studies()) as running:
        yield running


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the job as impatient as a test."""
    hurried = Patience(tries=2, seconds=0.3, longest_wait=0.1, first_wait=0.01)
    monkeypatch.setattr(client, "Patience", lambda: hurried)
    monkeypatch.setattr("app.enquiries.actions.readings.SPACING", timedelta(0))


@pytest.fixture
def reader(desk: JobDesk, stand_in: StandIn, hurry: None) -> JobDesk:
    """A worker whose registry is the stand-in."""
    settings = desk.given.settings.model_copy(update={"ctgov_url": stand_in.url})
    return JobDesk(replace(desk.given, settings=settings), desk.outbox)


async def ask(session: AsyncSession, number: str) -> RegistryReading:
    reading = await actions.ask_reading(session, number, visitor_hash=VISITORS, by=VISITOR, now=NOW)
    await session.commit()
    return reading


@pytest.mark.parametrize(
    "typed",
    [
        "NCT00000001", " nct00000001 ", "ＮＣＴ００００００01", "NCT 0000 0001",
        "https://clinicaltrials.gov/study/NCT00000001", "https://www.clinicaltrials.gov/study/NCT00000001?tab=table#x",
    ],
)  # fmt: skip
def test_a_number_is_found_in_what_people_paste(typed: str) -> None:
    assert number_in(typed) == "NCT00000001"


@pytest.mark.parametrize(
    "typed",
    ["NCT123", "NCT000000011", "jRCT2031230046", "00000001", "NCT0000000A", "https://evil.example/NCT00000001", "x" * 9999],
)  # fmt: skip
def test_what_is_no_number_is_refused_and_named(typed: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        number_in(typed)
    words = refused.value.by_field("en")["nct"]
    assert words.startswith("Enter NCT and eight figures") and typed[:60] in words


def test_nothing_typed_is_told_without_quoting_it() -> None:
    with pytest.raises(Unacceptable) as refused:
        number_in("  ")
    assert refused.value.by_field("en")["nct"] == "Enter a ClinicalTrials.gov number: NCT and eight figures."


async def test_a_record_is_asked_for_and_read(session: AsyncSession, reader: JobDesk, stand_in: StandIn) -> None:
    reading = await ask(session, "nct00000001")
    assert reading.state is ReadingState.WAITING and stand_in.asked == []
    assert await reader.work() == ["read_registry"]
    await session.refresh(reading)
    assert reading.state is ReadingState.READ and reading.number == "NCT00000001" and reading.done_at is not None
    assert (await queries.reading_values(session, reading))["sex"].value == "all"


async def test_reading_twice_asks_the_registry_once(session: AsyncSession, reader: JobDesk, stand_in: StandIn) -> None:
    reading = await ask(session, "NCT00000001")
    await reader.work()
    await load_every_job()["read_registry"](reader.given, reading_id=str(reading.id))
    assert len(stand_in.asked) == 1


async def test_a_reading_that_a_lost_worker_began_is_taken_up_again(session: AsyncSession, reader: JobDesk) -> None:
    reading = await ask(session, "NCT00000001")
    assert await actions.take_reading(session, reading.id, now=NOW) is not None
    await session.commit()
    await reader.work()
    await session.refresh(reading)
    assert reading.state is ReadingState.READ


FAILURES: list[tuple[str, Answer | None]] = [
    ("no_such_study", None), ("busy", busy(after="0")), ("busy", busy(after="9999")), ("unavailable", broken(500)),
    ("unavailable", Answer(hang_up=True)), ("slow", slow(0.6)), ("not_understood", not_json()),
    ("not_understood", another_shape()),
]  # fmt: skip


@pytest.mark.parametrize(("code", "answer"), FAILURES)
async def test_whatever_the_registry_does_the_form_stays_filled_and_knows_why(
    session: AsyncSession, reader: JobDesk, stand_in: StandIn, code: str, answer: Answer | None
) -> None:
    by = await a_sponsor(session)
    enquiry = await a_draft(session, by, minimum_age=["21"], product_code=["SB-101"])
    if answer is not None:
        stand_in.always("NCT00000099", answer)
    reading = await actions.ask_reading_for(session, enquiry.id, "NCT00000099", by=by, now=NOW)
    await session.commit()
    await reader.work()
    await session.refresh(reading)
    assert (reading.state, reading.failure, reading.study) == (ReadingState.FAILED, code, None)
    found = await values(session, enquiry.id)
    assert {field: value.value for field, value in found.items()} == {"minimum_age": 21, "product_code": "SB-101"}


async def test_a_registry_that_is_down_is_a_failure_too(session: AsyncSession, desk: JobDesk, hurry: None) -> None:
    reading = await ask(session, "NCT00000001")
    await desk.work()
    await session.refresh(reading)
    assert (reading.state, reading.failure) == (ReadingState.FAILED, "unavailable")


async def test_a_reading_fills_every_draft_that_waits_for_it(session: AsyncSession, reader: JobDesk) -> None:
    by = await a_sponsor(session)
    enquiry, noise = await a_draft(session, by, minimum_age=["21"]), await a_draft(session, by)
    await actions.ask_reading_for(session, enquiry.id, "NCT00000001", by=by, now=NOW)
    await session.commit()
    await reader.work()
    found = await values(session, enquiry.id)
    assert (found["minimum_age"].value, found["maximum_age"].value) == (21, 75)
    assert found["maximum_age"].source_ref == "ClinicalTrials.gov NCT00000001"
    assert await values(session, noise.id) == {}


async def test_no_transaction_is_open_while_the_registry_is_asked(
    session: AsyncSession, reader: JobDesk, stand_in: StandIn
) -> None:
    open_at_the_time: list[Any] = []
    real = stand_in.answer

    def watched(target: str) -> Answer:
        open_at_the_time.append(reader.given.sessions.kw["bind"].sync_connection.in_nested_transaction())
        return real(target)

    stand_in.answer = watched  # type: ignore[method-assign]
    await ask(session, "NCT00000001")
    await reader.work()
    assert open_at_the_time == [False]


async def test_all_workers_together_ask_once_a_second(session: AsyncSession) -> None:
    readings = [
        await actions.ask_reading(session, "NCT00000001", visitor_hash=VISITORS, by=VISITOR, now=NOW) for _ in range(3)
    ]
    taken = [await actions.take_reading(session, reading.id, now=NOW) for reading in readings]
    assert [moment for found in taken if found for moment in found[1:]] == [NOW, NOW + SPACING, NOW + 2 * SPACING]
    later = NOW + timedelta(minutes=1)
    reading = await actions.ask_reading(session, "NCT00000001", visitor_hash=VISITORS, by=VISITOR, now=later)
    assert await actions.take_reading(session, reading.id, now=later) == ("NCT00000001", later)
    assert len(list(await session.scalars(select(RegistryPace)))) == 1


async def test_a_reading_that_is_gone_needs_nothing(session: AsyncSession, reader: JobDesk, stand_in: StandIn) -> None:
    reading = await ask(session, "NCT00000001")
    await session.execute(text("DELETE FROM registry_reading"))
    await session.commit()
    await reader.work()
    assert stand_in.asked == [] and reading.id


async def test_a_failure_after_a_success_changes_nothing(session: AsyncSession, reader: JobDesk) -> None:
    reading = await ask(session, "NCT00000001")
    await reader.work()
    await actions.note_failure(session, reading.id, "slow", now=NOW)
    await session.refresh(reading)
    assert reading.state is ReadingState.READ and reading.failure is None


async def test_all_145_real_studies_come_into_drafts_over_http(
    session: AsyncSession, desk: JobDesk, hurry: None, shared: Path
) -> None:
    records = real_studies(shared)
    by = await a_sponsor(session)
    with StandIn(records) as registry:
        settings = desk.given.settings.model_copy(update={"ctgov_url": registry.url})
        drafts = {}
        for record in records:
            enquiry = await a_draft(session, by)
            number = record["protocolSection"]["identificationModule"]["nctId"]
            await actions.ask_reading_for(session, enquiry.id, number, by=by, now=NOW)
            drafts[enquiry.id] = record["protocolSection"]
        await session.commit()
        done = await JobDesk(replace(desk.given, settings=settings), desk.outbox).work()
    assert len(done) == len(drafts) == 145
    found = await queries.values_of(session, drafts, reader=SERVICE)
    for enquiry_id, protocol in drafts.items():
        assert _arrived(found[enquiry_id]) == _in_source(protocol)


def _arrived(draft: dict[str, Any]) -> dict[str, Any]:
    """Return what stands in a draft, in the registry's own words."""
    said = {field: value.as_read for field, value in draft.items()}
    assert {value.waits for value in draft.values()} == {True}
    for field in ("study_title", "official_title", "sponsor_name", "enrolment"):
        assert field not in draft or draft[field].value == draft[field].as_read
    return {field: said[field] for field in _FIELDS if field in said}


_FIELDS = (
    "nct_number", "study_title", "official_title", "phase", "condition_text", "minimum_age", "maximum_age", "sex",
    "enrolment", "intervention_types", "sponsor_name",
)  # fmt: skip


def _in_source(protocol: dict[str, Any]) -> dict[str, Any]:
    design, eligible = protocol.get("designModule", {}), protocol.get("eligibilityModule", {})
    interventions = protocol.get("armsInterventionsModule", {}).get("interventions")
    source = {
        "nct_number": protocol["identificationModule"]["nctId"],
        "study_title": protocol["identificationModule"].get("briefTitle"),
        "official_title": protocol["identificationModule"].get("officialTitle"),
        "phase": design.get("phases"),
        "condition_text": protocol.get("conditionsModule", {}).get("conditions"),
        "minimum_age": eligible.get("minimumAge"),
        "maximum_age": eligible.get("maximumAge"),
        "sex": eligible.get("sex"),
        "enrolment": design.get("enrollmentInfo", {}).get("count"),
        "intervention_types": interventions and [item["type"] for item in interventions],
        "sponsor_name": protocol["sponsorCollaboratorsModule"]["leadSponsor"]["name"],
    }
    return {field: said for field, said in source.items() if said is not None}
