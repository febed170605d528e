"""A run is made by officers, kept with all that it read, and found again by them alone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.enquiries.errors import NoSuchEnquiry
from app.enquiries.models import EnquiryValueN, ValueSource
from app.ground.audit import AuditEvent
from app.matching import actions, queries, rules
from app.matching.errors import NotYoursToMatch
from app.matching.models import MatchRun
from tests import make
from tests.conftest import NOW
from tests.consultations import make as desk
from tests.sites import make as sites

VALUES = {
    "N": {"phase": "phase.1", "first_in_human": "yes", "condition": "cond.solid_tumour", "needs": ["ct.cpc"]},
    "A": {"product_code": "SECRET-101"},
    "W": {"company_behind": "Hidden Inc."},
}


@pytest.fixture
async def officer(session):
    return await make.acting(session, await make.an_officer(session))


@pytest.fixture
async def enquiry(session):
    await desk.an_enquiry(session, await make.a_sponsor(session), values={"N": {"phase": "phase.3"}})  # noise
    return await desk.an_enquiry(session, await make.a_sponsor(session), values=VALUES)


async def test_a_run_keeps_the_request_the_result_and_who_made_it(session, officer, enquiry):
    hospital = await sites.an_institution(session, code="TEST-RUN")
    await sites.a_fact(session, hospital)
    await sites.some_room(session, hospital)

    row = await actions.run_match(session, enquiry.id, by=officer, now=NOW)

    run = rules.run_of(row.request, row.result)
    assert run.request.needs == ("ct.cpc",)
    assert run.request.areas == ("area.oncology",)
    ours = next(one for one in run.rows if one.place.code == "TEST-RUN")
    assert {one.criterion: one.verdict.value for one in ours.judged} == {
        "fih.unit": "meets",
        "ct.cpc": "unknown",
        "capacity": "meets",
        "areas": "unknown",
    }
    assert ours.band is rules.Band.POSSIBLE_ASK
    assert (row.rule_version, row.at, row.by_id) == (rules.RULE_VERSION, NOW, officer.person_id)
    kept = str(row.request) + str(row.result)
    assert "SECRET" not in kept
    assert "Hidden" not in kept


async def test_a_stored_run_is_replayed_from_the_database_to_the_same_digest(session, officer, enquiry):
    row = await actions.run_match(session, enquiry.id, by=officer, now=NOW)
    await session.commit()
    stored = (await session.execute(select(MatchRun.request, MatchRun.result, MatchRun.digest))).one()

    again = rules.replay(stored.request, stored.result)

    assert rules.digest(rules.request_json(again.request), rules.result_json(again)) == stored.digest == row.digest


async def test_the_same_request_and_facts_give_the_same_digest_at_another_moment(session, officer, enquiry):
    first = await actions.run_match(session, enquiry.id, by=officer, now=NOW)
    second = await actions.run_match(session, enquiry.id, by=officer, now=NOW + timedelta(minutes=5))

    assert first.id != second.id
    assert first.digest == second.digest


async def test_a_value_from_a_registry_counts_only_when_somebody_confirmed_it(session, officer, enquiry):
    session.add(
        EnquiryValueN(
            enquiry_id=enquiry.id, organisation_id=enquiry.organisation_id, field="modality", value="modality.car_t",
            source=ValueSource.REGISTRY, updated_at=NOW,
        )
    )  # fmt: skip
    await session.flush()

    row = await actions.run_match(session, enquiry.id, by=officer, now=NOW)

    assert row.request["modality"] is None


async def test_a_run_leaves_an_audit_row_without_any_confidential_word(session, officer, enquiry):
    row = await actions.run_match(session, enquiry.id, by=officer, now=NOW)
    await session.flush()

    event = await session.scalar(select(AuditEvent).where(AuditEvent.what == "match.run"))

    assert (event.subject_id, event.by_id, event.at) == (enquiry.id, officer.person_id, NOW)
    assert event.details == {
        "run": str(row.id),
        "rule_version": rules.RULE_VERSION,
        "sites": len(row.result["rows"]),
        "digest": row.digest,
    }


async def test_only_officers_run_a_match(session, enquiry):
    sponsor = await make.acting(session, await make.a_sponsor(session))
    for by in (sponsor, make.somebody()):
        with pytest.raises(NotYoursToMatch):
            await actions.run_match(session, enquiry.id, by=by, now=NOW)

    assert await session.scalar(select(func.count(MatchRun.id))) == 0


async def test_a_draft_cannot_be_matched_by_officers(session, officer):
    draft = await desk.an_enquiry(session, await make.a_sponsor(session), submitted_at=None)

    with pytest.raises(NoSuchEnquiry):
        await actions.run_match(session, draft.id, by=officer, now=NOW)


async def test_the_latest_run_is_read_back_with_what_may_be_released(session, officer, enquiry):
    hospital = await sites.an_institution(session, code="TEST-RUN", name_en="Sample", name_ja="見本")
    await sites.a_fact(session, hospital)
    await sites.some_room(session, hospital)
    await actions.run_match(session, enquiry.id, by=officer, now=NOW - timedelta(days=1))
    newest = await actions.run_match(session, enquiry.id, by=officer, now=NOW)

    stored = await queries.latest_run(session, enquiry.id, reader=officer)

    assert (stored.id, stored.at, stored.by_name, stored.digest) == (newest.id, NOW, officer.name, newest.digest)
    offer = next(offer for offer in stored.offers if offer.code == "TEST-RUN")
    assert (offer.institution_id, offer.band) == (str(hospital.id), rules.Band.POSSIBLE_ASK)
    assert "capacity" not in {reason.criterion for reason in offer.reasons}
    assert len(stored.offers) == len(stored.rows)


async def test_a_run_is_absent_to_everybody_but_officers_and_where_there_is_none(session, officer, enquiry):
    assert await queries.latest_run(session, enquiry.id, reader=officer) is None
    await actions.run_match(session, enquiry.id, by=officer, now=NOW)

    for reader in (make.somebody(), await make.acting(session, await make.a_sponsor(session))):
        assert await queries.latest_run(session, enquiry.id, reader=reader) is None
