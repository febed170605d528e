"""The search page: words and filters in a shared address, figures that come after, and nothing typed is an error."""

import re
from collections.abc import Iterable
from html import unescape

import httpx
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from app.trials.record import Coded, Condition, Design, Hint, Phases, Record, Site, Text
from tests.trials.make import a_number, a_record, stored_and_followed
from tests.trials.test_trial_pages import text_of

Sessions = async_sessionmaker[AsyncSession]
DONE = Coded(Text(None, "Completed"), "completed")
HOSTILE = "<script>alert(1)</script> sample"
LUNG = (Condition(Text("肺癌", "Lung cancer")),)


async def three_trials(sessions: Sessions) -> None:
    """Store a joined trial of lung cancer, an ended one of it, and one of something else as noise."""
    await stored_and_followed(
        sessions,
        a_record("jRCT9999000001", "jrct", numbers=(a_number("NCT99900001"),), conditions=LUNG),
        a_record("NCT99900001", conditions=LUNG),
        a_record(
            "NCT99900002",
            status=DONE,
            conditions=LUNG,
            public_title=Text(None, "Second 100% trial"),
            sites=(Site(1, Text("例示病院"), prefecture="pref.13"),),
            design=Design(phase=Phases(Text(None, "Phase 2"), ("phase.2",))),
            first_in_human=Hint("first_in_human", "first-in-human", "public_title"),
        ),
        a_record(
            "NCT99900003",
            conditions=(Condition(Text("気管支喘息", "Asthma")),),
            public_title=Text(None, HOSTILE),
            sites=(),
        ),
    )


def shown(page: str) -> list[str]:
    """Return the numbers of the hits of a page, in their order."""
    hits = page.partition('<ol class="hits"')[2].partition("</ol>")[0]
    return re.findall(r'<h3><a href="/trials/([^"]+)"', hits)


def links_of(page: str, part: str = "") -> dict[str, str]:
    """Return where the choices beside the hits lead, by their id."""
    return {name: unescape(to) for name, to in re.findall(rf'<a id="({part}[^"]*)" href="([^"]+)"', page)}


def figures_of(page: str) -> dict[str, int]:
    """Return the figures beside the choices, by their id."""
    found = re.findall(r'<a id="([^"]+)"(?:(?!</a>).)*class="number">([\d,]+)<', page, re.DOTALL)
    return {name: int(number.replace(",", "")) for name, number in found}


async def test_a_word_in_either_language_finds_the_same_and_says_how_it_was_taken(
    sessions: Sessions, client: httpx.AsyncClient
) -> None:
    await three_trials(sessions)
    for q in ("肺癌", "肺がん", "lung cancer"):
        page = await text_of(client, f"/trials?q={q}")
        assert sorted(shown(page)) == ["NCT99900002", "jRCT9999000001"]
        assert 'href="/terms/cond.lung_cancer"' in page
        assert "2 trials found" in page
    japanese = await text_of(client, "/trials?q=肺癌", "ja")
    for words in ("見本薬の第Ⅰ相試験", "入力した語の解釈", "該当する試験：2件", "神奈川県", "ClinicalTrials.gov"):
        assert words in japanese
    assert "Second 100% trial" in japanese  # the other language, where there is no Japanese title
    assert shown(await text_of(client, "/trials?q=nct99900001")) == ["jRCT9999000001"]
    every = await text_of(client, "/trials")
    assert "<script>alert" not in every
    assert "&lt;script&gt;alert" in every


async def test_no_choice_is_lost_when_another_is_made(sessions: Sessions, client: httpx.AsyncClient) -> None:
    await three_trials(sessions)
    address = "/trials?q=lung+cancer&status=completed&prefecture=pref.13&within=head&sort=newest"
    page = await text_of(client, address)
    assert shown(page) == ["NCT99900002"]
    links = links_of(page)
    assert links["phase-phase.2"] == "/trials?q=lung+cancer&status=completed&phase=phase.2&prefecture=pref.13&within=head&sort=newest"  # fmt: skip
    assert links["status-completed"] == address.replace("status=completed&", "")
    assert 'id="status-completed" href' in page
    assert 'aria-current="true"' in page.partition('id="status-completed"')[2][:120]
    form = page.partition('<form class="find"')[2].partition("</form>")[0]
    for hidden in (
        'name="status" value="completed"',
        'name="prefecture" value="pref.13"',
        'name="sort" value="newest"',
    ):
        assert hidden in form
    chosen = page.partition('class="chosen"')[2].partition("</section>")[0]
    assert unescape(chosen).count("/trials?") == 3
    assert "/trials?q=lung+cancer&within=head&sort=newest" in unescape(chosen)
    counted = await text_of(client, f"{address}&counts=1")
    for to in links_of(counted).values():
        assert (await client.get(to)).status_code == 200


async def test_figures_beside_the_filters_are_what_one_finds_there(
    sessions: Sessions, client: httpx.AsyncClient
) -> None:
    await three_trials(sessions)
    bare = await text_of(client, "/trials?q=lung+cancer")
    assert figures_of(bare) == {}
    assert "counts=1" in bare
    page = await text_of(client, "/trials?q=lung+cancer&status=completed&counts=1")
    figures, links = figures_of(page), links_of(page)
    assert figures["status-completed"] == 1
    assert figures["status-recruiting"] == 1  # what another choice of the same filter would leave
    assert figures["first_in_human-yes"] == 1
    assert figures["year-2026"] == 1
    assert figures["registry-ctgov"] == 1
    assert "phase-phase.1" not in figures
    assert "1 trial found" in page
    for name, number in figures.items():
        if name != "status-completed":
            assert len(shown(await text_of(client, links[name]))) == number, name
    assert figures_of(await text_of(client, "/trials?counts=1"))["status-running"] == 2


async def test_htmx_fetches_the_figures_alone(sessions: Sessions, client: httpx.AsyncClient) -> None:
    await three_trials(sessions)
    page = await text_of(client, "/trials?q=lung+cancer&year=2026")
    (address,) = re.findall(r'hx-get="([^"]+)" hx-trigger="load"', page)
    answer = await client.get(unescape(address), headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert 'id="total"' in answer.text
    assert "hx-get" not in answer.text
    assert figures_of(answer.text) == figures_of(await text_of(client, unescape(address)))
    assert "htmx" not in await text_of(client, unescape(address))


async def test_nothing_found_says_what_to_try(sessions: Sessions, client: httpx.AsyncClient) -> None:
    await three_trials(sessions)
    page = unescape(await text_of(client, "/trials?q=asthma&status=completed&within=head"))
    assert "No trial matches" in page
    for way in ("/trials?q=asthma&within=head", "/trials?q=asthma&status=completed", 'href="/trials"'):
        assert way in page
    assert "There is no such page" in await text_of(client, "/trials?page=9")
    assert "該当する試験はありません" in await text_of(client, "/trials?q=zzzz", "ja")
    unknown = await text_of(client, "/trials?q=nct01234567")
    assert "No stored record bears or names the number" in unknown
    assert "/registries" in unknown


STRANGE = (
    "page=abc", "page=-1", "page=99999999", "status=nonsense", "phase=%00", "q=%00", "q=" + "癌" * 3_400, "area='--",
    "year=x&year=2026", "registry=&sort=up&within=x", "first_in_human=maybe", "institution=nowhere", "%00=1", "q=%22",
)  # fmt: skip


async def test_nothing_that_stands_in_an_address_is_an_error(sessions: Sessions, client: httpx.AsyncClient) -> None:
    await stored_and_followed(sessions, a_record())
    for query in STRANGE:
        for address in (f"/trials?{query}", f"/trials?{query}&counts=1", f"/trials.csv?{query}"):
            assert (await client.get(address)).status_code == 200, address


async def test_walking_the_pages_reaches_every_trial_once(sessions: Sessions, client: httpx.AsyncClient) -> None:
    await stored_and_followed(sessions, *_many(41))
    for query in ("phase=phase.1", "q=sample"):
        address, found, pages = f"/trials?{query}", [], 0
        while address:
            page = await text_of(client, address)
            found += shown(page)
            pages += 1
            nearer = re.findall(r'rel="next" href="([^"]+)"', page)
            address = unescape(nearer[0]) if nearer else ""
        assert (pages, len(found), len(set(found))) == (3, 41, 41), query


def _many(number: int) -> Iterable[Record]:
    return (a_record(f"NCT999001{n:02}", conditions=LUNG) for n in range(number))


async def test_the_page_asks_the_database_as_often_for_many_as_for_few(
    sessions: Sessions, client: httpx.AsyncClient, connection: AsyncConnection
) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    async def queries(path: str) -> int:
        asked.clear()
        await text_of(client, path)
        return len([one for one in asked if one.lstrip().startswith(("SELECT", "WITH"))])

    paths = ("/trials", "/trials?q=sample", "/trials?q=sample&counts=1", "/api/v1/trials?q=sample&facets=yes")
    await three_trials(sessions)
    event.listen(connection.sync_connection, "before_cursor_execute", note)
    few = []
    for path in paths:
        if path.startswith("/api"):
            asked.clear()
            await client.get(path)
            few.append(len(asked))
        else:
            few.append(await queries(path))
    event.remove(connection.sync_connection, "before_cursor_execute", note)
    await stored_and_followed(sessions, *_many(21))
    event.listen(connection.sync_connection, "before_cursor_execute", note)
    many = [await queries(path) for path in paths[:-1]]
    asked.clear()
    await client.get(paths[-1])
    assert [*many, len(asked)] == few
    assert max(few) <= 16


async def test_the_api_takes_the_same_search_and_counts_on_request(
    sessions: Sessions, client: httpx.AsyncClient
) -> None:
    await three_trials(sessions)

    async def numbers(query: str) -> list[str]:
        answer = (await client.get(f"/api/v1/trials?{query}")).json()
        return sorted(one["number"] for one in answer["trials"])

    first, second, third = "jRCT9999000001", "NCT99900002", "NCT99900003"
    assert await numbers("") == [second, third, first]
    assert await numbers("status=recruiting") == [third, first]
    assert await numbers("registry=jrct&phase=phase.1&prefecture=pref.14") == [first]
    assert await numbers("phase=phase.9") == []
    assert await numbers("q=100%25+second") == [second]
    assert await numbers("q=nct99900001") == [first]
    assert await numbers("q=%00&status=nonsense") == [second, third, first]
    assert await numbers("first_in_human=yes&area=area.oncology&year=2026") == [second]
    assert await numbers("modality=modality.vaccine") == []
    whole = (await client.get("/api/v1/trials?q=肺癌&rows=1&count=yes&facets=yes")).json()
    assert (whole["total"], whole["pages"], whole["more"], whole["page"]) == (2, 2, True, 1)
    assert whole["understood"] == ["cond.lung_cancer"]
    assert whole["facets"]["status"] == {"running": 1, "recruiting": 1, "completed": 1}
    plain = (await client.get("/api/v1/trials?rows=1")).json()
    assert (plain["total"], plain["pages"], plain["more"], plain["facets"]) == (None, None, True, None)
    refused = await client.get("/api/v1/trials?page=abc&rows=1000")
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert {one["field"] for one in refused.json()["errors"]} == {"page", "rows"}
