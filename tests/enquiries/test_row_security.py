"""PostgreSQL itself keeps the tiers: with every check of the application left out, nobody reads or writes another's rows."""

from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import actions
from app.enquiries.models import VALUE_TABLES, Enquiry, EnquiryValueN, TermsAcceptance, ValueSource
from app.identity.rules import SERVICE, VISITOR, Actor
from app.identity.standing import stand_as
from tests import make
from tests.conftest import NOW
from tests.enquiries.make import COMPLETE, a_draft, a_sponsor, a_submitted, accept, fill_in


async def seen(session: AsyncSession, reader: Actor | None) -> dict[str, set[object]]:
    """Return whose rows each tier's table shows, with no rule of ours in between."""
    await stand_as(session, reader or VISITOR)
    if reader is None:
        await session.execute(text("SELECT set_config('madoguchi.standing', '', true)"))
    return {tier.value: set(await session.scalars(select(table.enquiry_id))) for tier, table in VALUE_TABLES.items()}


async def test_each_tier_shows_rows_to_their_owner_the_service_and_officers_after_submission(
    session: AsyncSession,
) -> None:
    owner, stranger = await a_sponsor(session), await a_sponsor(session)
    officer = await make.acting(session, await make.an_officer(session))
    observer = await make.acting(session, await make.an_observer(session))
    draft, submitted = await a_draft(session, owner, **COMPLETE), await a_submitted(session, owner)
    theirs = await a_draft(session, stranger, **COMPLETE)
    own = {draft.id, submitted.id}
    for reader, expected in (
        (owner, own), (stranger, {theirs.id}), (officer, {submitted.id}), (observer, set()), (VISITOR, set()),
        (None, set()), (SERVICE, own | {theirs.id}),
    ):  # fmt: skip
        shown = await seen(session, reader)
        assert all(rows & (own | {theirs.id}) == expected for rows in shown.values()), (reader, shown)


@pytest.mark.parametrize("table", VALUE_TABLES.values(), ids=lambda table: table.__tablename__)
async def test_another_sponsors_rows_cannot_be_changed_or_deleted(
    session: AsyncSession, table: type[EnquiryValueN]
) -> None:
    owner, stranger = await a_sponsor(session), await a_sponsor(session)
    enquiry = await a_submitted(session, owner)
    officer = await make.acting(session, await make.an_officer(session))
    before = select(func.count()).select_from(table).where(table.enquiry_id == enquiry.id)
    rows = await session.scalar(before)
    for intruder in (stranger, officer, VISITOR):
        await stand_as(session, intruder)
        assert (await session.execute(update(table).values(value="taken"))).rowcount == 0  # type: ignore[attr-defined]
        assert (await session.execute(delete(table))).rowcount == 0  # type: ignore[attr-defined]
    await stand_as(session, SERVICE)
    assert await session.scalar(before) == rows != 0


async def test_nobody_can_write_into_another_organisation(session: AsyncSession) -> None:
    owner, stranger = await a_sponsor(session), await a_sponsor(session)
    enquiry = await a_draft(session, owner)
    await stand_as(session, stranger)
    row = EnquiryValueN(
        enquiry_id=enquiry.id, field="phase", value="phase.1", source=ValueSource.TYPED, updated_at=NOW,
        organisation_id=enquiry.organisation_id,
    )  # fmt: skip
    session.add(row)
    with pytest.raises(DBAPIError, match="row-level security"):
        await session.flush()


async def test_the_record_of_accepted_terms_only_grows(session: AsyncSession) -> None:
    await accept(session, await a_sponsor(session, accepted=False))
    for forbidden in (update(TermsAcceptance).values(version=2), delete(TermsAcceptance)):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with session.begin_nested():
                await session.execute(forbidden)


async def test_a_draft_may_be_started_and_filled_standing_as_its_owner(session: AsyncSession) -> None:
    by = await a_sponsor(session, accepted=False)
    await stand_as(session, by)
    enquiry = await actions.start_draft(session, by=by, now=NOW)
    await actions.accept_terms(session, enquiry.id, version=1, by=by, now=NOW)
    await fill_in(session, enquiry, by, **COMPLETE)
    assert (await actions.submit(session, enquiry.id, by=by, now=NOW)).submitted_at == NOW
    assert await session.get(Enquiry, uuid4()) is None
