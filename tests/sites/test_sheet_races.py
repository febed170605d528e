"""Two browsers apply one file at the same moment, and one applies while a colleague saves, on connections of their own."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.ground.db import SERVICE_ROLE, asyncpg_url, sessions_for
from app.identity.rules import SERVICE, Actor
from app.identity.standing import stand_as
from app.sites import actions, queries
from app.sites.errors import FactsMovedOn, SheetAlreadyApplied, SheetMovedOn
from app.sites.models import Fact, Institution
from app.sites.queries.sheets import standing_of
from app.sites.rules.sheets import fingerprint
from tests import make as people
from tests.conftest import NOW
from tests.databases import Server
from tests.sites import make

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def parallel(server: Server, own_database: str) -> AsyncIterator[Sessions]:
    """Sessions that really commit, each on a connection of its own."""
    role = {"server_settings": {"role": SERVICE_ROLE}}
    engine = create_async_engine(asyncpg_url(server.url(own_database, "service")), connect_args=role)
    yield sessions_for(engine)
    await engine.dispose()


@pytest.fixture
async def sent(parallel: Sessions) -> tuple[Institution, list[Actor], UUID, str]:
    """An institution, its two coordinators, a file that one of them sent in and the fingerprint of what it changes."""
    async with parallel.begin() as session:
        await stand_as(session, SERVICE)
        place = await make.an_institution(session)
        both = [await people.acting(session, await people.a_coordinator(session, place)) for _n in range(2)]
    async with parallel.begin() as session:
        data = b"code,state,seen\nct.cpc,yes,\nri.handling,no,\n"
        file = await actions.send_sheet(session, place.code, data, "a.csv", by=both[0], now=NOW)
        institution = await queries.own_institution(session, place.code, reader=both[0])
        standing = await standing_of(session, institution, reader=both[0], now=NOW)
        plans = await actions.plans_of(session, institution, file.content or {}, standing)
        return place, both, file.id, fingerprint(list(plans.values()))


async def facts_of(sessions: Sessions, place: Institution) -> int:
    async with sessions() as session:
        rows = select(func.count()).select_from(Fact).where(Fact.institution_id == place.id)
        return int(await session.scalar(rows) or 0)


async def test_of_two_who_apply_one_file_at_once_one_does(
    parallel: Sessions, sent: tuple[Institution, list[Actor], UUID, str]
) -> None:
    place, both, file, shown = sent

    async def apply(by: Actor) -> object:
        async with parallel.begin() as session:
            return await actions.apply_sheet(session, place.code, file, shown=shown, good_part=False, by=by, now=NOW)

    done = await asyncio.gather(*(apply(by) for by in both), return_exceptions=True)
    assert sorted(isinstance(one, SheetAlreadyApplied) for one in done) == [False, True]
    assert await facts_of(parallel, place) == 2


async def test_a_file_and_a_colleague_never_overwrite_each_other(
    parallel: Sessions, sent: tuple[Institution, list[Actor], UUID, str]
) -> None:
    place, both, file, shown = sent

    async def apply() -> object:
        async with parallel.begin() as session:
            return await actions.apply_sheet(
                session, place.code, file, shown=shown, good_part=False, by=both[0], now=NOW
            )

    async def state() -> object:
        async with parallel.begin() as session:
            rows = {"ct.cpc": {"state": "partly", "seen": ""}}
            return await actions.state_facts(session, place.code, rows, by=both[1], now=NOW)

    done = await asyncio.gather(apply(), state(), return_exceptions=True)
    assert sum(isinstance(one, SheetMovedOn | FactsMovedOn) for one in done) == 1, done
    assert await facts_of(parallel, place) in {1, 2}
