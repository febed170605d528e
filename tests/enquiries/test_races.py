"""People at the same moment, on real connections of their own: one consultation, and nobody's words lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.enquiries import actions, queries
from app.enquiries.errors import ChangedMeanwhile
from app.enquiries.fields import block_of
from app.enquiries.models import EnquiryStage
from app.ground.audit import AuditEvent
from app.ground.db import SERVICE_ROLE, asyncpg_url, sessions_for
from app.identity.rules import SERVICE, Actor
from app.identity.standing import stand_as
from tests.conftest import NOW
from tests.databases import Server
from tests.enquiries.make import COMPLETE, a_colleague, a_draft, a_sponsor, as_opened

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def parallel(server: Server, database: str) -> AsyncIterator[Sessions]:
    """Sessions that really commit, each on a connection of its own."""
    name = f"{database}_races"
    await asyncio.to_thread(server.copy, name)
    role = {"server_settings": {"role": SERVICE_ROLE}}
    engine = create_async_engine(asyncpg_url(server.url(name, "service")), connect_args=role)
    yield sessions_for(engine)
    await engine.dispose()
    await asyncio.to_thread(server.drop, name)


async def as_somebody(sessions: Sessions, who: Actor, work: Callable[[AsyncSession], Awaitable[object]]) -> object:
    async with sessions.begin() as session:
        await stand_as(session, who)
        return await work(session)


async def a_shared_draft(sessions: Sessions, **typed: list[str]) -> tuple[UUID, Actor, Actor]:
    async with sessions.begin() as session:
        await stand_as(session, SERVICE)
        first = await a_sponsor(session)
        draft = await a_draft(session, first, **typed)
        return draft.id, first, await a_colleague(session, first)


async def test_a_double_submit_hands_one_enquiry_in(parallel: Sessions) -> None:
    draft, first, second = await a_shared_draft(parallel, **COMPLETE)
    presses = [
        as_somebody(parallel, who, lambda session, who=who: actions.submit(session, draft, by=who, now=NOW))  # type: ignore[misc]
        for who in (first, second, first)
    ]
    handed_in = await asyncio.gather(*presses)
    assert {one.stage for one in handed_in} == {EnquiryStage.SUBMITTED}  # type: ignore[attr-defined]
    async with parallel() as session:
        jobs = text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'open_consultation'")
        assert await session.scalar(jobs) == 1
        rows = select(func.count()).select_from(AuditEvent).where(AuditEvent.what == "enquiry.submitted")
        assert await session.scalar(rows) == 1


async def test_of_two_who_save_at_once_one_is_told_and_neither_loses_a_word(parallel: Sessions) -> None:
    draft, first, second = await a_shared_draft(parallel, product_code=["OLD-1"])
    async with parallel() as session:
        await stand_as(session, SERVICE)
        opened = as_opened(await queries.enquiry_values(session, draft, reader=SERVICE), "product_code")

    def saving(who: Actor, code: str) -> Awaitable[object]:
        form = actions.Form(typed={"product_code": [code]}, seen=opened)
        block = block_of("product_code")
        return as_somebody(
            parallel, who, lambda session: actions.save_block(session, draft, block, form, by=who, now=NOW)
        )

    results = await asyncio.gather(saving(first, "NEW-A"), saving(second, "NEW-B"), return_exceptions=True)
    told = [one for one in results if isinstance(one, ChangedMeanwhile)]
    assert len(told) == 1
    async with parallel() as session:
        await stand_as(session, SERVICE)
        stored = (await queries.enquiry_values(session, draft, reader=SERVICE))["product_code"].value
    assert stored in {"NEW-A", "NEW-B"}
    assert told[0].stored["product_code"].value == stored
