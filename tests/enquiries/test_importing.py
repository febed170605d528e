"""Studies come into drafts: only where nobody typed, never closed fields before the terms, never unconfirmed as filled."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import actions, queries
from app.enquiries.ctgov.study import read_study
from app.enquiries.errors import NoSuchReading, NoTermsPublished
from app.enquiries.fields import FIELDS, Tier, block_of
from app.enquiries.models import ConfidentialityTerms, ReadingState, RegistryReading, TermsAcceptance
from app.enquiries.rules import Source, fingerprint, standing
from app.ground.errors import Unacceptable
from app.identity.models import Organisation
from app.identity.rules import SERVICE
from tests import make
from tests.conftest import NOW
from tests.enquiries import fictional
from tests.enquiries.make import a_colleague, a_draft, a_reading, a_sponsor, values


def a_file(*studies: Any) -> bytes:
    return orjson.dumps(list(studies) if len(studies) > 1 else studies[0])


async def test_a_file_fills_a_draft_with_values_that_wait(session: AsyncSession) -> None:
    by = await a_sponsor(session)
    enquiry = await a_draft(session, by)
    filled = await actions.import_file(session, enquiry.id, a_file(fictional.a_study()), by=by, now=NOW)
    found = await values(session, enquiry.id)
    assert set(filled.taken) == set(found) and (filled.kept, filled.closed) == ((), ())
    assert {value.source for value in found.values()} == {Source.REGISTRY} and all(v.waits for v in found.values())
    assert found["study_title"].source_ref == "ClinicalTrials.gov NCT00000001 (file)"
    assert found["study_title"].read_at == NOW and standing(found).filled == 0
    assert (found["condition"].value, found["countries"].value) == ("cond.lung_cancer_nsclc", ["US", "ES"])


async def test_an_import_never_takes_what_a_person_typed_or_confirmed(session: AsyncSession) -> None:
    by = await a_sponsor(session)
    enquiry = await a_draft(session, by, minimum_age=["21"])
    await actions.import_file(session, enquiry.id, a_file(fictional.a_study()), by=by, now=NOW)
    form = actions.Form(confirm={"maximum_age": fingerprint(75)})
    await actions.save_block(session, enquiry.id, block_of("maximum_age"), form, by=by, now=NOW)
    other = fictional.a_study(eligibilityModule={"sex": "MALE", "minimumAge": "30 Years", "maximumAge": "40 Years"})
    filled = await actions.import_file(session, enquiry.id, a_file(other), by=by, now=NOW)
    found = await values(session, enquiry.id)
    assert (found["minimum_age"].value, found["maximum_age"].value, found["sex"].value) == (21, 75, "male")
    assert set(filled.kept) == {"minimum_age", "maximum_age"}


async def test_the_same_import_again_changes_nothing(session: AsyncSession) -> None:
    by = await a_sponsor(session)
    enquiry = await a_draft(session, by)
    await actions.import_file(session, enquiry.id, a_file(fictional.a_study()), by=by, now=NOW)
    version = enquiry.version
    again = await actions.import_file(
        session, enquiry.id, a_file(fictional.a_study()), by=by, now=NOW + timedelta(hours=1)
    )
    assert again.taken == () and enquiry.version == version


async def test_before_the_terms_an_import_leaves_closed_fields_alone_and_brings_them_after(
    session: AsyncSession,
) -> None:
    by = await a_sponsor(session, accepted=False)
    enquiry = await a_draft(session, by)
    filled = await actions.import_file(session, enquiry.id, a_file(fictional.a_study()), by=by, now=NOW)
    before = await values(session, enquiry.id)
    assert "product_code" not in before and {FIELDS[code].tier for code in before} == {Tier.NON_CONFIDENTIAL}
    assert {FIELDS[code].tier for code in filled.closed} == {Tier.CONFIDENTIAL} and "study_title" in filled.closed
    await actions.accept_terms(session, enquiry.id, version=1, by=by, now=NOW)
    after = await values(session, enquiry.id)
    assert set(after) - set(before) == set(filled.closed) and after["study_title"].waits


async def test_terms_are_accepted_once_for_the_organisation_and_in_the_valid_version(session: AsyncSession) -> None:
    by = await a_sponsor(session, accepted=False)
    enquiry = await a_draft(session, by)
    for version in (0, 2):
        with pytest.raises(NoTermsPublished):
            await actions.accept_terms(session, enquiry.id, version=version, by=by, now=NOW)
    for who in (by, await a_colleague(session, by), by):
        await actions.accept_terms(session, enquiry.id, version=1, by=who, now=NOW)
    rows = select(func.count()).where(TermsAcceptance.organisation_id == enquiry.organisation_id)
    accepted = await queries.acceptance_by(session, enquiry.organisation_id)
    assert await session.scalar(rows) == 1 and accepted is not None
    assert (accepted.version, accepted.person, accepted.at) == (1, by.name, NOW)
    assert await queries.acceptance_by(session, (await make.an_organisation(session)).id) is None


async def test_the_newest_valid_version_counts_and_an_older_acceptance_stays(session: AsyncSession) -> None:
    by = await a_sponsor(session)
    enquiry = await a_draft(session, by)
    today = NOW.date()
    for version, valid_from in ((2, today), (3, today + timedelta(days=1))):
        terms = ConfidentialityTerms(version=version, text_en="New", text_ja="新", valid_from=valid_from)
        await make.saved(session, terms)
    current = await queries.current_terms(session, today=today)
    assert current is not None and current.version == 2
    await actions.import_file(session, enquiry.id, a_file(fictional.a_study()), by=by, now=NOW)
    assert "study_title" in await values(session, enquiry.id)
    assert await queries.current_terms(session, today=today - timedelta(days=400)) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7", "This is not JSON"),
        (b'{"study": {}}', "it has no protocolSection"),
        (a_file(fictional.a_study(), fictional.a_study("NCT00000002")), "The file holds 2 studies."),
        (orjson.dumps(fictional.a_study()) + b"\n{]", "This is not JSON"),
        (a_file(fictional.a_study(designModule={"phases": "PHASE2"})), "designModule.phases has another shape"),
    ],
)
async def test_a_file_that_is_not_one_study_is_refused_and_the_form_stays(
    session: AsyncSession, content: bytes, words: str
) -> None:
    by = await a_sponsor(session)
    enquiry = await a_draft(session, by, minimum_age=["21"])
    with pytest.raises(Unacceptable) as refused:
        await actions.import_file(session, enquiry.id, content, by=by, now=NOW)
    assert words in refused.value.by_field("en")["file"]
    assert set(await values(session, enquiry.id)) == {"minimum_age"}


async def test_what_a_visitor_read_follows_them_in_as_one_draft(session: AsyncSession) -> None:
    mine, theirs = "a" * 64, "b" * 64
    older = await a_reading(session, visitor_hash=mine, asked_at=NOW - timedelta(hours=2))
    newest = await a_reading(session, fictional.studies()[1], visitor_hash=mine)
    stale = await a_reading(session, visitor_hash=mine, asked_at=NOW - timedelta(days=2))
    noise = await a_reading(session, visitor_hash=theirs)
    by = await a_sponsor(session, accepted=False)
    enquiry = await actions.claim_readings(session, visitor_hash=mine, by=by, now=NOW)
    assert enquiry is not None and enquiry.reading_id == newest.id
    assert (await values(session, enquiry.id))["minimum_age"].value == 0.5
    await session.flush()
    for reading in (older, newest, stale, noise):
        await session.refresh(reading)
    owners = [reading.asked_by_id for reading in (older, newest, stale, noise)]
    assert owners == [by.person_id, by.person_id, None, None]
    assert await actions.claim_readings(session, visitor_hash=mine, by=by, now=NOW) is None


async def test_an_officer_who_looked_around_gets_no_draft(session: AsyncSession) -> None:
    reading = await a_reading(session, visitor_hash="c" * 64)
    officer = await make.acting(session, await make.an_officer(session))
    assert await actions.claim_readings(session, visitor_hash="c" * 64, by=officer, now=NOW) is None
    await session.refresh(reading)
    assert reading.asked_by_id is None


async def test_a_failed_reading_still_becomes_a_draft_to_fill_in_by_hand(session: AsyncSession) -> None:
    given = {"state": ReadingState.FAILED, "failure": "slow", "study": None, "visitor_hash": "d" * 64}
    await a_reading(session, **given)
    enquiry = await actions.claim_readings(session, visitor_hash="d" * 64, by=await a_sponsor(session), now=NOW)
    assert enquiry is not None and await values(session, enquiry.id) == {}


async def test_a_reading_is_shown_to_whoever_asked_and_to_nobody_else(session: AsyncSession) -> None:
    by = await a_sponsor(session)
    person, visitor = by.person_id, "e" * 64
    asked = await a_reading(session, asked_by_id=person, visitor_hash=None)
    looked = await a_reading(session, visitor_hash=visitor)
    assert (await queries.get_reading(session, asked.id, reader=by)).id == asked.id
    assert (await queries.get_reading(session, looked.id, reader=by, visitor_hash=visitor)).id == looked.id
    assert (await queries.get_reading(session, looked.id, reader=SERVICE)).id == looked.id
    for reading, reader, cookie in ((asked, await a_sponsor(session), visitor), (looked, by, None), (looked, by, "f")):
        with pytest.raises(NoSuchReading):
            await queries.get_reading(session, reading.id, reader=reader, visitor_hash=cookie)


async def test_a_reading_says_what_a_draft_would_say(session: AsyncSession) -> None:
    reading = await a_reading(session)
    found = await queries.reading_values(session, reading)
    assert found["phase"].value == "phase.2" and found["phase"].waits
    unread = RegistryReading(number="NCT00000001", study=None)
    assert await queries.reading_values(session, unread) == {}
    with pytest.raises(ValueError):
        await actions.fill(session, await a_draft(session), unread, by=SERVICE, now=NOW)


async def test_older_mesh_numbers_and_single_words_find_the_condition(session: AsyncSession) -> None:
    asthma = {"conditionsModule": {"conditions": ["Asthma"]}}
    by_word = read_study({**fictional.a_study(**asthma), "derivedSection": {}})
    padded = {"conditionBrowseModule": {"meshes": [{"id": "D000001249", "term": "Asthma"}]}}
    by_number = read_study({**fictional.a_study(), "derivedSection": padded})
    several = {"conditionsModule": {"conditions": ["Asthma", "Obesity"]}}
    unclear = read_study({**fictional.a_study(**several), "derivedSection": {}})
    found = [(await queries.lookup(session, study)).condition for study in (by_word, by_number, unclear)]
    assert found == ["cond.asthma", "cond.asthma", None]


async def test_two_requests_of_one_organisation_do_not_mix(session: AsyncSession) -> None:
    by = await a_sponsor(session)
    first, second = await a_draft(session, by), await a_draft(session, by)
    await actions.import_file(session, first.id, a_file(fictional.a_study()), by=by, now=NOW)
    assert await values(session, second.id) == {}
    assert await session.get(Organisation, first.organisation_id) is not None
