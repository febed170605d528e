"""The practice registry looks like the real one, row by row, and nobody can take it for the real one."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tools.practice_registry import Mood, PracticeRegistry
from tools.practice_registry.records import FILE, in_era

REAL = "data/jrct/jRCTs051180190.html"
LIKE_THE_REAL_ONE = "jRCTs999190001"  # 34 hospitals, as the real sample has
# What the real page of 2020 has not: registries.md, A.5, names the table of changes, which came later.
LATER = {"No", "公表日/Publicationdate"}


@pytest.fixture
def registry() -> Iterator[PracticeRegistry]:
    with PracticeRegistry(rows=10) as running:
        yield running


@pytest.fixture
def http(registry: PracticeRegistry) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=registry.url) as client:
        yield client


def tight(text: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", text))


def structure(page: str) -> tuple[set[str], list[tuple[str, str, int]]]:
    """Return the ids of the sections, and every labelled row: its section, its last heading and its number of cells."""
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    rows, section = [], "caption"
    for found in re.finditer(r'id="(area-toggle-[\d-]+)"|<tr\b.*?</tr>', page, re.DOTALL):
        if found[1]:
            section = found[1]
            continue
        heads = re.findall(r"<th\b.*?>(.*?)</th>", found[0], re.DOTALL)
        rows += [(section, tight(heads[-1]), len(re.findall(r"<td\b", found[0])))] if heads else []
    return set(re.findall(r'id="(area-toggle-[\d-]+)"', page)), rows


def test_its_page_has_the_sections_rows_and_cells_of_the_real_page(http: httpx.Client, shared: Path) -> None:
    real_ids, real_rows = structure((shared / REAL).read_text(encoding="utf-8"))
    our_ids, our_rows = structure(http.get(f"/latest-detail/{LIKE_THE_REAL_ONE}").text)
    assert len(real_ids) == 22
    assert our_ids == real_ids
    assert set(real_rows) == {row for row in our_rows if row[1] not in LATER}
    sites = ("area-toggle-01-04", "所属機関（実施医療機関）/Affiliation", 2)
    assert our_rows.count(sites) == real_rows.count(sites) == 33


def test_every_page_of_every_record_says_that_it_is_fictional(http: httpx.Client, registry: PracticeRegistry) -> None:
    assert len(registry.records) > 30
    for record in registry.records.values():
        assert re.fullmatch(r"jRCT[sb12]999\d{6}", record["number"]), "region 99 is no region"
        for path, words in (("latest-detail", "架空の登録簿"), ("en-latest-detail", "A fictional registry")):
            page = http.get(f"/{path}/{record['number']}")
            assert page.status_code == 200
            assert words in page.text
            assert "</html>" in page.text
    for path in ("/search", "/agreement", "/latest-detail/jRCTs051180190"):
        assert "架空の登録簿" in http.get(path).text


def test_nothing_of_the_real_page_is_in_its_records(shared: Path) -> None:
    ours = FILE.read_text(encoding="utf-8")
    real = (shared / REAL).read_text(encoding="utf-8")
    names = re.findall(r"所属機関（実施医療機関）</label>.*?<p>(.*?)</p>", real, re.DOTALL)
    assert len(names) > 30
    assert [name for name in names if name in ours] == []


def test_its_records_span_sizes_eras_ages_and_missing_english(http: httpx.Client, registry: PracticeRegistry) -> None:
    sites = {len(record["others"]) + 1 for record in registry.records.values()}
    assert {1, 2, 34, 300} <= sites
    pages = "".join(http.get(f"/latest-detail/{number}").text for number in registry.records)
    for words in (
        "平成31年3月26日",
        "令和元年5月1日",
        "令和8年2月30日",
        "20age old",
        "No limit",
        "Research Site",
        "Hosital",
        "ｾﾞﾝｿｸ",
    ):
        assert words in pages
    assert "&lt;br&gt;HTML" in pages
    assert "架空" not in http.get("/en-latest-detail/jRCT1999240019").text.split("jr-caption")[1].split("</table>")[0]


@pytest.mark.parametrize(
    ("day", "said"),
    [("2019-04-30", "平成31年4月30日"), ("2019-05-01", "令和元年5月1日"), ("2026-11-20", "令和8年11月20日"), ("いつか", "いつか")],
)  # fmt: skip
def test_days_are_written_in_the_era(day: str, said: str) -> None:
    assert in_era(day) == said


def test_an_unknown_number_and_an_unknown_address_are_a_general_error(http: httpx.Client) -> None:
    for path in ("/latest-detail/jRCTs999990000", "/nothing"):
        answer = http.get(path)
        assert answer.status_code == 500
        assert "<title>臨床研究実施計画・研究概要公開システム" in answer.text


def test_the_result_list_counts_all_shows_a_page_and_links_the_next(
    http: httpx.Client, registry: PracticeRegistry
) -> None:
    first = http.get("/search").text
    count = len(registry.records)
    assert f"{count}件検索完了しました。" in first
    assert first.count("<td>jRCT") == 10
    seen, page = [], "/search"
    while page:
        text = http.get(page).text
        seen += re.findall(r"<td>(jRCT\w+)</td>", text)
        following = re.search(r'class="page-link" href="([^"]+)">次へ', text)
        page = following[1].replace("&amp;", "&") if following else ""
    assert seen == [record["number"] for record in registry.records.values()]


def test_the_result_list_is_searched_in_either_language(http: httpx.Client) -> None:
    assert "0件検索完了" in http.get("/search", params={"free": "見つからない言葉"}).text
    english = http.get("/search", params={"free": "lung", "language": "en", "rec": "2"}).text
    assert "search results completed." in english
    assert "Recruiting" in english
    assert "Complete<" not in english


def test_it_misbehaves_as_it_is_told_and_notes_what_it_was_asked(
    http: httpx.Client, registry: PracticeRegistry
) -> None:
    path = f"/latest-detail/{LIKE_THE_REAL_ONE}"
    registry.next_moods(
        Mood(status=503, retry_after="7"), Mood(layout="ids"), Mood(encoding="cp932"), Mood(cut_off=True)
    )
    busy = http.get(path)
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "7")
    assert 'id="area-toggle-01-04"' not in http.get(path).text
    assert "見本大学病院".encode("cp932") in http.get(path).content
    with pytest.raises(httpx.RemoteProtocolError):
        http.get(path)
    whole = http.get(path)
    assert http.get(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    registry.mood = Mood(blocks_after=len(registry.asked))
    assert http.get(path).status_code == 403
    assert [asked.path for asked in registry.asked] == [path] * 7
    assert all(asked.went >= asked.came for asked in registry.asked)


def test_its_studies_are_fictional_and_paged_as_the_api_pages_them(
    http: httpx.Client, registry: PracticeRegistry
) -> None:
    assert set(http.get("/api/v2/version").json()) == {"apiVersion", "dataTimestamp"}
    registry.largest = 20
    first = http.get("/api/v2/studies", params={"pageSize": 5000, "countTotal": "true"}).json()
    assert (len(first["studies"]), first["totalCount"]) == (20, len(registry.studies))
    second = http.get("/api/v2/studies", params={"pageSize": 5000, "pageToken": first["nextPageToken"]}).json()
    found = first["studies"] + second["studies"]
    assert len(found) == len(registry.studies) and "nextPageToken" not in second
    for study in found:
        named = study["protocolSection"]["identificationModule"]
        assert re.fullmatch(r"NCT9999\d{4}", named["nctId"]) and "[Fictional]" in named["briefTitle"]
    newest = {"filter.advanced": "AREA[LocationCountry]Japan AND AREA[LastUpdatePostDate]RANGE[2026-01-01,MAX]"}
    assert 0 < len(http.get("/api/v2/studies", params=newest).json()["studies"]) < len(found)
    registry.generation += 1
    assert http.get("/api/v2/studies", params={"pageToken": first["nextPageToken"]}).status_code == 400
    assert http.get("/api/v2/studies", params={"pageSize": "many"}).status_code == 400


def test_the_number_of_a_real_study_is_sent_on_where_there_is_somewhere_to_go(
    http: httpx.Client, registry: PracticeRegistry
) -> None:
    assert http.get("/api/v2/studies/NCT00000000").status_code == 200
    assert http.get("/api/v2/studies/NCT04573309").status_code == 404
    registry.beyond = "https://registry.example/api/v2"
    sent = http.get("/api/v2/studies/NCT04573309?format=json")
    assert (sent.status_code, sent.headers["Location"]) == (
        302,
        "https://registry.example/api/v2/studies/NCT04573309?format=json",
    )
    assert http.get("/api/v2/studies/NCT99998888").status_code == 404
