"""Everybody reads trial records: in both languages, by any number, with what changed and on whose terms."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from app.identity.rules import SERVICE
from app.seeding import DEMO_DATA
from app.trials.actions import incoming, load
from app.trials.items import changes_between
from app.trials.record import Coded, Record, Site, Text
from app.trials.seeding import load_demonstration
from tests.conftest import NOW
from tests.trials.make import a_number, a_record

Sessions = async_sessionmaker[AsyncSession]
HOSTILE = "<script>alert(1)</script><b>x</b>"


async def stored(sessions: Sessions, *records: Record, days: int = 0) -> None:
    await load(sessions, [incoming(one) for one in records], by=SERVICE, now=NOW + timedelta(days=days))


async def text_of(client: httpx.AsyncClient, path: str, language: str = "en") -> str:
    answer = await client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


async def test_an_empty_window_says_so_in_both_languages(client: httpx.AsyncClient) -> None:
    assert "No trial records yet" in await text_of(client, "/trials")
    assert "試験情報はまだありません" in await text_of(client, "/trials", "ja")
    assert 'href="/trials"' in await text_of(client, "/")


async def test_the_demonstration_is_fictional_and_loads_once(session: AsyncSession, client: httpx.AsyncClient) -> None:
    for _turn in range(2):
        await load_demonstration(session, DEMO_DATA, now=NOW)
    await session.commit()
    page = await text_of(client, "/trials", "ja")
    assert page.count('class="tag tag-fiction"') == 9  # 12 records of 9 trials
    whole = await text_of(client, "/trials/NCT99990001", "ja")
    assert "見本大学病院" in whole
    assert "Sample University Hospital" in whole
    assert "非開示" in whole
    changed = await text_of(client, "/trials/jRCT2999990001/changes", "ja")
    assert "架空記念病院" in changed
    assert "第2版" in changed


@pytest.mark.parametrize(
    "number", ["jRCT9999000001", "jprn-jrct9999000001", "JPRN-jRCT9999000001", "nct99900001", "ＮＣＴ99900001"]
)
async def test_a_trial_is_found_by_any_number_in_any_spelling(
    sessions: Sessions, client: httpx.AsyncClient, number: str
) -> None:
    await stored(
        sessions, a_record("jRCT9999000001", "jrct", numbers=(a_number("NCT99900001"),)), a_record("NCT99900002")
    )
    assert "見本大学病院" in await text_of(client, f"/trials/{number}")
    answer = await client.get(f"/api/v1/trials/{number}")
    assert answer.json()["number"] == "jRCT9999000001"


@pytest.mark.parametrize(
    "path",
    [
        "/trials/NCT00000000",
        "/trials/%00",
        "/trials/x",
        "/trials/NCT99900001/changes?older=9&newer=1",
        "/trials/NCT99900001/changes?registry=jrct",
        "/api/v1/trials/NCT00000000",
    ],
)
async def test_what_is_unknown_is_not_there(sessions: Sessions, client: httpx.AsyncClient, path: str) -> None:
    await stored(sessions, a_record())
    assert (await client.get(path)).status_code == 404


async def test_each_registry_speaks_for_itself_under_its_own_terms(
    sessions: Sessions, client: httpx.AsyncClient
) -> None:
    jrct = a_record("jRCT9999000001", "jrct", numbers=(a_number("NCT99900001"),))
    ctgov = a_record("NCT99900001", public_title=Text(None, "Another title over there"))
    ictrp = a_record("jRCT9999000001", "ictrp")
    await stored(sessions, jrct, ctgov, ictrp)
    english = await text_of(client, "/trials/NCT99900001")
    for words in (
        "Another title over there",
        "A phase 1 trial of sample drug",
        "Public Data License 1.0",
        "World Health",
    ):
        assert words in english
    japanese = await text_of(client, "/trials/NCT99900001", "ja")
    for words in ("見本薬の第Ⅰ相試験", "公共データ利用規約（PDL1.0）", "世界保健機関", "に読み取りました"):
        assert words in japanese


async def test_the_page_of_changes_shows_both_versions_and_nothing_else(
    sessions: Sessions, client: httpx.AsyncClient
) -> None:
    await stored(sessions, a_record(), a_record("NCT99900002", kind=Text("ほか", None)))
    assert "One version so far" in await text_of(client, "/trials/NCT99900001/changes")
    later = a_record(status=Coded(Text(None, "Completed"), "completed"), sites=(Site(1, Text("例示病院", None)),))
    await stored(sessions, later, days=3)
    page = await text_of(client, "/trials/NCT99900001/changes?registry=ctgov&older=1&newer=2")
    for words in ("Recruiting", "Completed", "例示病院", "Sample University Hospital"):
        assert words in page
    assert "A phase 1 trial of sample drug" not in page.split("<table")[1]
    assert "What changed" in await text_of(client, "/trials/NCT99900001")
    assert "Nothing that is shown differs" in await text_of(client, "/trials/NCT99900001/changes?older=2&newer=2")


def test_values_that_only_change_places_are_a_change() -> None:
    one, two = Site(1, Text("甲病院")), Site(2, Text("乙病院"))
    (change,) = changes_between(a_record(sites=(one, two)), a_record(sites=(two, one)))
    assert [len(change.before), len(change.after)] == [2, 2]


async def test_markup_in_a_record_is_shown_and_never_obeyed(sessions: Sessions, client: httpx.AsyncClient) -> None:
    record = a_record(
        public_title=Text(HOSTILE, HOSTILE),
        summary=Text(None, HOSTILE),
        sites=(Site(1, Text(HOSTILE, HOSTILE), city=HOSTILE),),
        address="javascript:alert(1)",
    )
    await stored(sessions, record)
    await stored(sessions, a_record(public_title=Text(None, HOSTILE + "2"), address="javascript:alert(1)"), days=1)
    for path in ("/trials/NCT99900001", "/trials/NCT99900001/changes"):
        page = await text_of(client, path)
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page
        assert "javascript:" not in page


async def test_a_page_asks_the_database_as_often_for_many_as_for_few(
    sessions: Sessions, client: httpx.AsyncClient, connection: AsyncConnection
) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    async def queries(path: str) -> int:
        asked.clear()
        await text_of(client, path)
        return len([one for one in asked if one.startswith(("SELECT", "WITH"))])

    await stored(sessions, a_record())
    event.listen(connection.sync_connection, "before_cursor_execute", note)
    few = await queries("/trials/NCT99900001")
    sites = tuple(Site(n, Text("甲病院")) for n in range(1, 301))
    await stored(sessions, a_record("jRCT9999000001", "jrct", numbers=(a_number("NCT99900001"),), sites=sites))
    assert await queries("/trials/NCT99900001") == few
