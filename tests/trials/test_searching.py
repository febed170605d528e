"""A trial is found by any part of what its records say, in either language, however it is written."""

from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.identity.rules import SERVICE
from app.trials.actions import follow, incoming, load
from app.trials.queries.searching import Search, count, facets, find
from app.trials.record import Condition, Record, Text
from tests.conftest import NOW
from tests.trials.make import a_record

Sessions = async_sessionmaker[AsyncSession]


async def stored(sessions: Sessions, session: AsyncSession, records: Sequence[Record]) -> None:
    await load(sessions, [incoming(record) for record in records], by=SERVICE, now=NOW)
    while await follow(session):
        continue


async def numbers(session: AsyncSession, q: str, **choices: str) -> list[str]:
    page = await find(session, Search.asked(q=q, **choices), page=1)
    return [row.lead.number for row in page.rows]


def about(number: str, *titles: str, **changes: object) -> Record:
    ja, en = (*titles, None, None)[:2]
    return a_record(number, public_title=Text(ja, en), **changes)


async def test_every_writing_of_a_disease_finds_the_same_trials(sessions: Sessions, session: AsyncSession) -> None:
    await stored(sessions, session, [
        about("NCT00000001", "進行肺癌の試験"),
        about("NCT00000002", "肺がん患者を対象とした試験"),
        about("NCT00000003", "肺ガンの試験"),
        about("NCT00000004", "試験", "A trial in lung cancers"),
        about("NCT00000005", "切除不能な非小細胞肺癌"),
        about("NCT00000006", "胃癌の試験", "Gastric cancer"),
        a_record("NCT00000007", conditions=(Condition(Text("膵癌", "Pancreatic cancer")),)),
    ])  # fmt: skip
    found = await numbers(session, "肺癌")
    assert sorted(found) == [f"NCT0000000{n}" for n in range(1, 6)]
    for writing in ("肺がん", "肺ガン", "肺ｶﾞﾝ", "lung cancer", "Lung Cancers"):
        assert await numbers(session, writing) == found
        assert await count(session, Search.asked(q=writing)) == 5
    assert (await facets(session, Search.asked(q="肺癌")))["area"]["area.respiratory"] == 5


@pytest.mark.parametrize(
    "q", ["'", "a'&|!():*<->\\", '"', '"lung', "\x00", "！？", "", "癌" * 10_000, ":*", "%", "c:cond.x", "\\"]
)
async def test_no_query_is_an_error(sessions: Sessions, session: AsyncSession, q: str) -> None:
    await stored(sessions, session, [about("NCT00000001", "肺癌")])
    search = Search.asked(q=q)
    await find(session, search, page=1)
    assert await count(session, search) <= 1
