"""A request is started, submitted once and withdrawn; whoever is not its own sees nothing of it."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import actions, queries
from app.enquiries.errors import NoSuchEnquiry, NotYoursToChange, Withdrawn
from app.enquiries.fields import block_with
from app.enquiries.models import Enquiry, EnquiryStage
from app.ground.audit import AuditEvent
from app.ground.errors import Unacceptable
from app.ground.paging import Paging
from app.identity.models import Membership
from app.identity.rules import SERVICE, VISITOR, Role
from app.identity.standing import stand_as
from tests import make
from tests.conftest import NOW
from tests.desk import JobDesk
from tests.enquiries.make import COMPLETE, a_colleague, a_draft, a_sponsor, a_submitted, fill_in


async def test_a_draft_belongs_to_the_organisation_and_is_audited(session: AsyncSession) -> None:
    by = await a_sponsor(session)
    enquiry = await actions.start_draft(session, by=by, now=NOW)
    assert enquiry.organisation_id in by.organisation_ids and enquiry.stage is EnquiryStage.DRAFT
    written = await session.scalars(select(AuditEvent.what).where(AuditEvent.subject_id == enquiry.id))
    assert list(written) == ["enquiry.started"]


async def test_whoever_enquires_for_nobody_cannot_start(session: AsyncSession) -> None:
    officer = await make.acting(session, await make.an_officer(session))
    for by in (officer, VISITOR):
        with pytest.raises(NotYoursToChange):
            await actions.start_draft(session, by=by, now=NOW)


async def test_a_draft_of_a_fictional_company_is_flagged(session: AsyncSession) -> None:
    place = await make.an_organisation(session, demo=True)
    by = await make.acting(session, await make.a_sponsor(session, place))
    assert (await actions.start_draft(session, by=by, now=NOW)).demo
    assert not (await a_draft(session)).demo


async def test_who_sees_a_draft_and_who_a_submitted_enquiry(session: AsyncSession) -> None:
    owner = await a_sponsor(session)
    draft, submitted = await a_draft(session, owner), await a_submitted(session, owner)
    noise = await a_submitted(session)
    everybody = {
        "owner": (owner, {draft.id, submitted.id}),
        "colleague": (await a_colleague(session, owner), {draft.id, submitted.id}),
        "another sponsor": (await a_sponsor(session), set()),
        "officer": (await make.acting(session, await make.an_officer(session)), {submitted.id, noise.id}),
        "observer": (await make.acting(session, await make.an_observer(session)), set()),
        "administrator": (await make.acting(session, await make.an_administrator(session)), set()),
        "visitor": (VISITOR, set()),
        "service": (SERVICE, {draft.id, submitted.id, noise.id}),
    }
    for name, (reader, expected) in everybody.items():
        seen = {enquiry.id for enquiry in await session.scalars(queries.visible_to(reader))}
        assert seen & {draft.id, submitted.id, noise.id} == expected, name


async def test_a_stranger_is_told_it_does_not_exist(session: AsyncSession) -> None:
    enquiry = await a_submitted(session)
    stranger = await a_sponsor(session)
    requester = block_with("requester")
    assert requester is not None
    for attempt in (
        lambda: queries.enquiry_values(session, enquiry.id, reader=stranger),
        lambda: actions.submit(session, enquiry.id, by=stranger, now=NOW),
        lambda: actions.withdraw(session, enquiry.id, by=stranger, now=NOW),
        lambda: actions.save_block(session, enquiry.id, requester, actions.Form(), by=stranger, now=NOW),
        lambda: actions.accept_terms(session, enquiry.id, version=1, by=stranger, now=NOW),
        lambda: actions.ask_reading_for(session, enquiry.id, "NCT00000001", by=stranger, now=NOW),
        lambda: actions.import_file(session, enquiry.id, b"{}", by=stranger, now=NOW),
    ):
        with pytest.raises(NoSuchEnquiry):
            await attempt()


async def test_an_officer_reads_but_does_not_write(session: AsyncSession) -> None:
    enquiry = await a_submitted(session)
    officer = await make.acting(session, await make.an_officer(session))
    assert (await queries.enquiry_values(session, enquiry.id, reader=officer))["phase"].value == "phase.2"
    with pytest.raises(NotYoursToChange):
        await actions.withdraw(session, enquiry.id, by=officer, now=NOW)
    with pytest.raises(NotYoursToChange):
        await actions.submit(session, enquiry.id, by=officer, now=NOW)


async def test_submitting_asks_for_one_consultation_however_often(session: AsyncSession, desk: JobDesk) -> None:
    by = await a_sponsor(session)
    enquiry = await a_draft(session, by, **COMPLETE)
    for _again in range(3):
        await actions.submit(session, enquiry.id, by=by, now=NOW)
    await session.commit()
    opened = [job for job in await desk.waiting() if job[0] == "open_consultation"]
    assert opened == [("open_consultation", {"enquiry_id": str(enquiry.id)})]
    audited = select(func.count()).where(AuditEvent.subject_id == enquiry.id, AuditEvent.what == "enquiry.submitted")
    assert await session.scalar(audited) == 1
    assert (enquiry.submitted_at, enquiry.submitted_by_id) == (NOW, by.person_id)


async def test_what_is_missing_is_named_field_by_field(session: AsyncSession, desk: JobDesk) -> None:
    by = await a_sponsor(session)
    enquiry = await a_draft(session, by, **{code: typed for code, typed in COMPLETE.items() if code != "is_mrct"})
    with pytest.raises(Unacceptable) as refused:
        await actions.submit(session, enquiry.id, by=by, now=NOW)
    assert refused.value.by_field("en") == {
        "is_mrct": "Fill in “Multi-regional clinical trial (MRCT)?”: an enquiry cannot be submitted without it."
    }
    assert enquiry.stage is EnquiryStage.DRAFT and await desk.waiting() == []


async def test_a_cro_says_for_whom(session: AsyncSession) -> None:
    by = await a_sponsor(session)
    enquiry = await a_draft(session, by, **{**COMPLETE, "company_kind": ["cro"]})
    with pytest.raises(Unacceptable) as refused:
        await actions.submit(session, enquiry.id, by=by, now=NOW)
    assert set(refused.value.errors) == {"company_behind", "company_behind_country", "company_behind_kind"}
    given = {"company_behind": ["Sample Pharma"], "company_behind_country": ["ch"], "company_behind_kind": ["pharma"]}
    await fill_in(session, enquiry, by, **given)
    assert (await actions.submit(session, enquiry.id, by=by, now=NOW)).stage is EnquiryStage.SUBMITTED


async def test_a_withdrawn_enquiry_stays_as_it_was(session: AsyncSession, desk: JobDesk) -> None:
    by = await a_sponsor(session)
    draft, submitted = await a_draft(session, by), await a_submitted(session, by)
    for enquiry in (draft, submitted):
        for _again in range(2):
            await actions.withdraw(session, enquiry.id, by=by, now=NOW)
        assert enquiry.stage is EnquiryStage.WITHDRAWN and enquiry.withdrawn_by_id == by.person_id
        with pytest.raises(Withdrawn):
            await actions.submit(session, enquiry.id, by=by, now=NOW)
        with pytest.raises(Withdrawn):
            await fill_in(session, enquiry, by, questions=["Too late"])
    await session.commit()
    asked = [job for job in await desk.waiting() if job[0] == "withdraw_consultation"]
    assert asked == [("withdraw_consultation", {"enquiry_id": str(submitted.id)})]


async def test_my_enquiries_come_by_pages_the_newest_change_first(session: AsyncSession) -> None:
    by = await a_sponsor(session)
    first, second = await a_draft(session, by), await a_draft(session, by)
    await a_draft(session)
    await session.flush()
    paged = await queries.my_enquiries(session, reader=by, paging=Paging(1, 1))
    other = await queries.my_enquiries(session, reader=by, paging=Paging(2, 1))
    beyond = await queries.my_enquiries(session, reader=by, paging=Paging(10**30, 1))
    assert [row.id for row in beyond.rows] == [row.id for row in other.rows] and beyond.paging.number == 2
    assert paged.total == 2 and {paged.rows[0].id, other.rows[0].id} == {first.id, second.id}


async def test_values_of_many_come_in_one_query_and_only_visible_ones(session: AsyncSession) -> None:
    by = await a_sponsor(session)
    mine, empty, theirs = await a_draft(session, by, **COMPLETE), await a_draft(session, by), await a_submitted(session)
    await stand_as(session, by)
    found = await queries.values_of(session, [mine.id, empty.id, theirs.id], reader=by, fields=["phase", "is_mrct"])
    assert {enquiry_id: set(values) for enquiry_id, values in found.items()} == {
        mine.id: {"phase", "is_mrct"}, empty.id: set(), theirs.id: set()
    }  # fmt: skip
    assert found[mine.id]["phase"].updated_by == by.name


async def test_an_organisation_of_two_is_chosen_by_name(session: AsyncSession) -> None:
    person = await make.a_sponsor(session)
    second = await make.an_organisation(session)
    await make.saved(
        session, Membership(person_id=person.id, organisation_id=second.id, role=Role.SPONSOR, created_at=NOW)
    )
    by = await make.acting(session, person)
    assert len(await queries.organisations_of(session, by)) == 2
    chosen: Enquiry = await actions.start_draft(session, organisation_id=second.id, by=by, now=NOW)
    assert chosen.organisation_id == second.id
    elsewhere = await make.an_organisation(session)
    with pytest.raises(NotYoursToChange):
        await actions.start_draft(session, organisation_id=elsewhere.id, by=by, now=NOW)
