"""The result list of jRCT gives numbers and the way on; two pages of one trial become one record."""

import pytest

from app.trials.reading.found import Unreadable
from app.trials.reading.joined import joined
from app.trials.reading.jrct import layout_changed, read_page
from app.trials.reading.jrct_list import read_list
from app.trials.written import as_json, digest, record_from
from tests.trials.pages import NUMBER, a_page, an_english_page
from tools.practice_registry import pages
from tools.practice_registry.records import all_records

RECORDS = list(all_records().values())
OLDER = (
    '<div role="alert">1,961件検索完了しました。</div><table class="table"><tbody>'
    "<tr><th>番号</th><th>名称</th></tr>"
    "<tr><td>jRCTs099999901</td><td>架空の試験…</td><td>肺がん</td><td>募集中</td><td>令和8年9月3日</td><td></td></tr>"
    "<tr><td>?</td><td>x</td></tr></tbody></table>"
)


def test_a_page_of_the_list_gives_numbers_days_count_and_the_next_address() -> None:
    page = read_list(pages.results(RECORDS, "ja", {}, page=1, rows=10))
    assert len(page.rows) == 10 and page.count == len(RECORDS) and page.following == "/search?page=2"
    assert [row.number for row in page.rows] == [record["number"] for record in RECORDS[:10]]
    assert all(row.condition.ja and row.status.code and row.published for row in page.rows)
    last = read_list(pages.results(RECORDS, "en", {"language": "en"}, page=4, rows=10))
    assert last.following is None and last.rows[0].condition.en and len(last.rows) == len(RECORDS) - 30


def test_the_older_layout_is_read_and_a_row_without_a_number_is_named() -> None:
    page = read_list(OLDER.encode())
    assert page.count == 1961 and page.refused == ("? | x",) and page.following is None
    (row,) = page.rows
    assert (row.number, row.status.code, row.published and row.published.value) == (NUMBER, "recruiting", "2026-09-03")


def test_a_page_that_is_no_list_is_refused() -> None:
    with pytest.raises(Unreadable, match="no result list"):
        read_list(pages.error())


@pytest.mark.parametrize("said", RECORDS, ids=lambda said: said["number"])
def test_the_two_pages_of_each_fictional_record_become_one(said: dict[str, object]) -> None:
    japanese, english = (read_page(pages.detail(said, language)) for language in ("ja", "en"))
    record = joined(japanese, english)
    assert layout_changed(record) == () and record.sites == japanese.sites
    assert record.scientific_title.en == english.scientific_title.en and record.design == japanese.design
    assert record.sponsor is None or record.sponsor.name == (
        english.sponsor.name if english.sponsor else record.sponsor.name
    )
    assert "@" not in as_json(record).decode() and digest(record_from(as_json(record))) == digest(record)


def test_a_company_is_no_physician_and_remarks_tell_of_visits() -> None:
    company = read_page(a_page(研究の種別="企業治験", その他１="オンライン診療を用います。"))
    assert company.sponsor is None and [hint.code for hint in company.decentralised] == ["dct.telemedicine"]
    record = joined(company, read_page(an_english_page(**{"Primary Sponsor": "Sample Pharma Inc."})))
    assert record.sponsor and record.sponsor.name.en == "Sample Pharma Inc." and record.international is True
    assert record.size and record.size.value == 66 and record.public_title.en == "Fiction"


def test_a_title_on_one_page_is_a_title_and_two_trials_are_not_joined() -> None:
    silent = {"Scientific Title（Acronym）": "", "Public Title（Acronym）": ""}
    assert joined(read_page(a_page()), read_page(an_english_page(**silent))).findings == ()
    with pytest.raises(ValueError):
        joined(read_page(a_page()), read_page(an_english_page(**{"Trial ID": "jRCTs099999902"})))


def test_under_an_age_in_the_english_of_jrct() -> None:
    age = read_page(an_english_page(**{"Age Maximum": "75age old not"})).eligibility.maximum_age
    assert age and (age.value, age.inclusive) == (75, False)
