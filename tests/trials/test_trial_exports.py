"""A whole result taken away: complete over batches, harmless in a spreadsheet, with its sources, fiction marked."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest
from fhir.resources.bundle import Bundle
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.asking import limits
from app.trials.exports.streams import Wanted, csv_file, fhir_file, json_file
from app.trials.queries.searching import Search
from app.trials.record import Condition, Text
from tests.trials.make import a_number, a_record, stored_and_followed

Sessions = async_sessionmaker[AsyncSession]
BASE = "https://window.example"
LUNG = (Condition(Text("肺癌", "Lung cancer")),)
WANTED = Wanted(Search.asked(q="肺癌"), BASE, datetime(2026, 11, 20, 3, tzinfo=UTC))


async def seven_of_nine(sessions: Sessions) -> list[str]:
    """Store seven trials of lung cancer, one of them joined, and two others; return the seven numbers."""
    lung = [a_record(f"NCT9990010{n}", conditions=LUNG) for n in range(1, 7)]
    both = [
        a_record("jRCT9999000001", "jrct", numbers=(a_number("NCT99900107"),), conditions=LUNG),
        a_record("NCT99900107", conditions=LUNG),
    ]
    noise = [a_record(f"NCT9990020{n}", conditions=(Condition(Text("喘息", "Asthma")),)) for n in range(2)]
    await stored_and_followed(sessions, *lung, *both, *noise)
    return sorted([*(one.number for one in lung), "jRCT9999000001"])


async def gathered(parts: Any) -> tuple[bytes, int]:
    """Return a file and in how many parts it came."""
    found = [part async for part in parts]
    return b"".join(found), len(found)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_every_hit_is_in_every_file_over_several_batches(sessions: Sessions) -> None:
    seven = await seven_of_nine(sessions)
    table, parts = await gathered(csv_file(sessions, WANTED, "en", at_once=2))
    assert parts == 1 + 4
    assert sorted(row["Registry number"] for row in rows_of(table)) == seven
    text, _parts = await gathered(json_file(sessions, WANTED, at_once=3))
    whole = orjson.loads(text)
    assert sorted(one["number"] for one in whole["trials"]) == seven
    assert whole["total"] == 7
    assert whole["address"] == f"{BASE}/trials?q=%E8%82%BA%E7%99%8C"
    assert {one["source"] for one in whole["sources"]} == {"jrct", "ctgov", "ictrp"}
    fhir, _parts = await gathered(fhir_file(sessions, WANTED, at_once=2))
    bundle = orjson.loads(fhir)
    Bundle.model_validate_json(fhir)
    assert sorted(one["resource"]["id"] for one in bundle["entry"]) == seven
    assert bundle["total"] == 7
    codes = [one["resource"]["condition"][0]["coding"][0]["code"] for one in bundle["entry"]]
    assert codes == ["C34"] * 7


async def test_nothing_found_is_a_file_all_the_same(sessions: Sessions) -> None:
    nothing = Wanted(Search.asked(q="zzzz"), BASE, WANTED.now)
    assert rows_of((await gathered(csv_file(sessions, nothing, "ja")))[0]) == []
    assert orjson.loads((await gathered(json_file(sessions, nothing)))[0])["trials"] == []
    bundle = orjson.loads((await gathered(fhir_file(sessions, nothing)))[0])
    assert (bundle["total"], "entry" in bundle) == (0, False)


async def test_the_table_opens_in_japanese_and_says_whose_words_it_holds(
    sessions: Sessions, client: httpx.AsyncClient
) -> None:
    await seven_of_nine(sessions)
    answer = await client.get("/trials.csv?registry=jrct", headers={"Accept-Language": "ja"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="trials-2026-11-20.csv"' in answer.headers["content-disposition"]
    (row,) = rows_of(answer.content)
    assert row["登録番号"] == "jRCT9999000001"
    assert row["すべての登録番号"] == "jRCT9999000001; NCT99900107"
    assert row["試験名（日本語）"] == "見本薬の第Ⅰ相試験"
    assert row["進捗状況"] == "募集中"
    assert row["疾患"] == "肺癌"
    assert row["都道府県"] == "神奈川県"
    assert row["架空"] == ""
    assert "PDL1.0" in row["出典と利用条件"]
    assert "https://clinicaltrials.gov/about-site/terms-conditions" in row["出典と利用条件"]
    assert row["読み取り日"] == "jRCT jRCT9999000001 2026-11-20; ClinicalTrials.gov NCT99900107 2026-11-20"


async def test_no_cell_is_a_formula(sessions: Sessions) -> None:
    hostile = ('=HYPERLINK("http://x")', "+1", "-1+1", "@SUM(A1)", "\t=1", "＝1", 'a"b,c\nd')
    await stored_and_followed(
        sessions,
        *(a_record(f"NCT9990030{n}", public_title=Text(words, words)) for n, words in enumerate(hostile)),
        a_record("NCT99900399", conditions=(Condition(Text(None, "=cmd|'/c calc'!A1")),)),
    )
    every = Wanted(Search(), BASE, WANTED.now)
    rows = rows_of((await gathered(csv_file(sessions, every, "en")))[0])
    assert len(rows) == len(hostile) + 1
    for row in rows:
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "＝"))]
    titles = {row["Registry number"]: row["Title in English"] for row in rows}
    assert titles["NCT99900300"] == "'" + hostile[0]
    assert titles["NCT99900306"] == hostile[6]


async def test_what_is_fictional_says_so_in_every_file(sessions: Sessions) -> None:
    await stored_and_followed(sessions, a_record(), demo=True)
    every = Wanted(Search(), BASE, WANTED.now)
    assert [row["Fictional"] for row in rows_of((await gathered(csv_file(sessions, every, "en")))[0])] == ["Yes"]
    listed = orjson.loads((await gathered(json_file(sessions, every)))[0])
    assert listed["trials"][0]["records"][0]["demo"] is True
    resource = orjson.loads((await gathered(fhir_file(sessions, every)))[0])["entry"][0]["resource"]
    assert resource["meta"]["security"][0]["code"] == "HTEST"


async def test_the_files_are_offered_with_the_search_and_hold_what_the_page_shows(
    sessions: Sessions, client: httpx.AsyncClient
) -> None:
    await seven_of_nine(sessions)
    page = (await client.get("/trials?q=asthma&status=recruiting")).text
    for kind in ("csv", "json", "fhir.json"):
        assert f'href="/trials.{kind}?q=asthma&amp;status=recruiting"' in page
    listed = (await client.get("/trials.json?q=asthma&status=recruiting")).json()
    assert {one["number"] for one in listed["trials"]} == {"NCT99900200", "NCT99900201"}
    api = (await client.get("/api/v1/trials?q=asthma&status=recruiting&sort=newest")).json()
    assert listed["trials"] == api["trials"]
    fhir = await client.get("/trials.fhir.json?q=asthma")
    assert fhir.headers["content-type"] == "application/fhir+json"
    assert (await client.get("/trials.csv?q=%00&page=abc&status=x")).status_code == 200


async def test_a_network_cannot_take_everything_away_without_end(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "EXPORTS_PER_NETWORK", 2)
    kinds = ("csv", "json", "fhir.json", "csv")
    assert [(await client.get(f"/trials.{kind}")).status_code for kind in kinds] == [200, 200, 429, 429]
