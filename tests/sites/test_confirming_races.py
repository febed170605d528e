"""Workers who ask, and coordinators who answer, at the same moment, on connections of their own."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.ground.db import SERVICE_ROLE, asyncpg_url, sessions_for
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.jobs.confirmations import ask_and_remind
from app.jobs.registry import Work
from app.settings import Settings
from app.sites import actions
from app.sites.errors import LinkNotGood
from app.sites.models import ConfirmationRound, Institution
from tests import make as people
from tests.databases import Server
from tests.sites import make
from tests.sites.confirmations import in_december
from tests.sites.test_confirming import events, seen, tokens

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def parallel(server: Server, database: str) -> AsyncIterator[Sessions]:
    """Sessions that really commit, each on a connection of its own."""
    name = f"{database}_confirmations"
    await asyncio.to_thread(server.copy, name)
    role = {"server_settings": {"role": SERVICE_ROLE}}
    engine = create_async_engine(asyncpg_url(server.url(name, "service")), connect_args=role)
    yield sessions_for(engine)
    await engine.dispose()
    await asyncio.to_thread(server.drop, name)


@pytest.fixture
async def places(parallel: Sessions) -> list[Institution]:
    """Three institutions, each with a row of capacity and two coordinators."""
    async with parallel.begin() as session:
        await stand_as(session, SERVICE)
        made = [await make.an_institution(session) for _n in range(3)]
        for place in made:
            await make.some_room(session, place)
            for _n in range(2):
                await people.a_coordinator(session, place)
        return made


async def count(sessions: Sessions, table: str) -> int:
    async with sessions() as session:
        return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


async def test_three_workers_ask_and_remind_once(
    parallel: Sessions, places: list[Institution], settings: Settings
) -> None:
    work = Work(parallel, settings)
    for day, sent in ((1, 6), (8, 12)):
        looks = [ask_and_remind(work, now=in_december(day)) for _worker in range(3)]
        assert await asyncio.gather(*looks) == [True] * 3
        assert await count(parallel, "outgoing_mail") == sent
    tables = ("confirmation_round", "confirmation_link", "confirmation_reminder")
    assert [await count(parallel, table) for table in tables] == [3, 6, 3]


async def test_of_two_coordinators_who_answer_at_once_one_does(
    parallel: Sessions, places: list[Institution], settings: Settings
) -> None:
    await ask_and_remind(Work(parallel, settings), now=in_december(1))
    async with parallel() as session:
        await stand_as(session, SERVICE)
        links, shown = await tokens(session, places[0]), await seen(session, places[0])

    async def answering(token: str) -> object:
        async with parallel.begin() as session:
            return await actions.confirm_by_link(session, token, shown, now=in_december(9))

    answers = await asyncio.gather(*map(answering, links), return_exceptions=True)
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [LinkNotGood]
    async with parallel() as session:
        assert len(await seen(session, places[0])) == 1
        assert [what for what, _details in await events(session, places[0])].count("capacity.confirmed") == 1


async def test_who_asks_and_who_answers_take_turns(
    parallel: Sessions, places: list[Institution], settings: Settings
) -> None:
    async with parallel.begin() as session:
        await stand_as(session, SERVICE)
        person = await people.a_coordinator(session, places[1])
        by, shown = await people.acting(session, person), await seen(session, places[1])

    async def at_the_desk() -> None:
        async with parallel.begin() as session:
            await stand_as(session, by)
            await actions.confirm_at_desk(session, places[1].code, shown, by=by, now=in_december(1))

    asking = ask_and_remind(Work(parallel, settings), now=in_december(1))
    assert await asyncio.gather(asking, at_the_desk()) == [True, None]
    async with parallel() as session:
        mine = select(ConfirmationRound).where(ConfirmationRound.institution_id == places[1].id)
        assert [found.answered_by_id for found in await session.scalars(mine)] == [person.id]
