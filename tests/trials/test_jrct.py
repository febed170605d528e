"""A page of jRCT becomes a record whole, or says what is missing; the people on it stay out."""

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.trials.reading.found import Unreadable
from app.trials.reading.jrct import layout_changed, read_page
from app.trials.record import Record, Site, Text
from app.trials.written import as_json, digest, record_from
from tests.trials.pages import NUMBER, a_page, a_site, an_english_page


@pytest.fixture(scope="module")
def page(shared: Path) -> bytes:
    return (shared / "data/jrct/jRCTs051180190.html").read_bytes()


@pytest.fixture(scope="module")
def real(page: bytes) -> Record:
    return read_page(page)


def test_the_real_page_has_all_its_hospitals_in_both_languages(real: Record) -> None:
    assert len(real.sites) == 34 and [site.position for site in real.sites] == list(range(1, 35))
    assert all(site.facility.ja and site.facility.en and site.disclosed for site in real.sites)
    assert all(site.prefecture and site.postcode and site.address.ja and site.department.ja for site in real.sites)
    assert [site.permitted for site in real.sites].count(True) == 30
    assert [site.permission for site in real.sites].count("なし") == 4
    assert {site.approved.value for site in real.sites if site.approved} == {"2019-03-04"}
    assert [site.lead for site in real.sites] == [True] + [False] * 33
    assert real.sites[2].facility.en == "Hirosaki University school of Medicine & Hosital"


def test_the_real_page_states_the_who_data_set(real: Record) -> None:
    assert (real.source, real.registry, real.number) == ("jrct", "jrct", "jRCTs051180190")
    assert real.registered and real.registered.value == "2019-03-26" and real.updated is None
    assert [(number.scheme, number.value) for number in real.numbers] == [("umin", "UMIN000027821")]
    assert real.sponsor and real.sponsor.person and not real.sponsor.name and real.sponsor.affiliation.ja
    assert real.public_contact and real.scientific_contact
    assert real.scientific_title.ja and real.scientific_title.en and real.public_title
    assert [country.code for country in real.countries] == ["country.JP"] and real.international is False
    assert real.conditions[0].name == Text("急性白血病", "acute myeloid leukemia (AML)")
    assert real.interventions[0].description.ja and len(real.products) == 5
    assert real.eligibility.inclusion.en and real.eligibility.exclusion.ja and real.eligibility.sex.code == "all"
    low, high = real.eligibility.minimum_age, real.eligibility.maximum_age
    assert low and low.unlimited and high and (high.value, high.unit, high.text.en) == (20, "years", "20age old")
    assert real.design.kind.code == "interventional" and real.design.phase.codes == ("phase.2",)
    assert real.started and (real.started.value, real.started.kind) == ("2017-09-15", "actual")
    assert real.size and real.size.value == 66 and real.status.code == "recruiting"
    assert real.primary_outcomes and real.secondary_outcomes
    assert real.ethics[0].number == "CRB5180002" and real.ethics[0].outcome.code == "approved"
    assert real.completed and real.completed.value == "2030-06-30"
    assert real.findings == () and len(real.further) == 53


def test_nobody_on_the_real_page_comes_out(page: bytes, real: Record) -> None:
    text = html.unescape(page.decode())
    written = "".join(as_json(real).decode().split())
    cells = r"(?:氏名|e-Rad番号|電話番号|FAX番号|電子メールアドレス).*?</th>(.*?)</tr>"
    personal = {
        "".join(re.sub(r"<[^>]+>", "", cell).split())
        for block in re.findall(cells, text, re.DOTALL)
        for cell in re.findall(r"<td[^>]*>(.*?)</td>", block, re.DOTALL)
    }
    personal.discard("")
    assert len(personal) > 70
    assert [one for one in personal if one in written] == []
    assert "@" not in written and not re.search(r"\d{2,4}-\d{3,4}-\d{4}", written)


def test_the_same_bytes_give_the_same_digest_and_come_back_from_json(page: bytes, real: Record) -> None:
    assert digest(read_page(page)) == digest(real) == digest(record_from(as_json(real)))
    assert record_from(as_json(real)) == real
    assert digest(replace(real, status=replace(real.status, code=None))) != digest(real)


def test_the_people_of_a_page_stay_out_of_every_text() -> None:
    told = "研究代表は架空　花子（KAKUU Hanako）、電話03-9999-0001、hanako@kakuu.example"
    record = read_page(a_page(その他１=told))
    written = as_json(record).decode()
    for personal in ("花子", "Hanako", "9999-0001", "@", "98765432", "見本 太郎", "院長", "見本2-2"):
        assert personal not in written
    assert "contact_removed" in {finding.reason for finding in record.findings}


def test_a_page_without_a_row_says_that_its_layout_has_changed() -> None:
    record = read_page(a_page(**{"進捗状況 / Recruitment status": "-", "試験の種類 / Study Type": "-"}))
    assert [finding.item for finding in layout_changed(record)] == ["status", "design"]
    assert layout_changed(read_page(a_page(**{"進捗状況 / Recruitment status": ""}))) == ()
    without_hospitals = a_page(sites=("<p>none</p>",))
    assert [finding.item for finding in layout_changed(read_page(without_hospitals))] == ["sites"]


def test_a_page_that_is_cut_keeps_what_came_before() -> None:
    whole = a_page(sites=tuple(a_site(f"架空第{n}病院", f"Kakuu Hospital {n}") for n in range(1, 301)))
    assert len(read_page(whole).sites) == 300
    cut = read_page(whole[: len(whole) // 2].encode())
    assert 100 < len(cut.sites) < 200
    assert "cut_off" in {finding.reason for finding in cut.findings}


@pytest.mark.parametrize(
    "content",
    [
        "<html><head><title>Error</title></head><body><h1>An Internal Error Has Occurred.</h1></body></html>",
        "",
        "no page",
        a_page(臨床研究実施計画番号="-"),
        a_page(number="未定"),
    ],
)
def test_a_page_without_a_trial_is_refused(content: str) -> None:
    with pytest.raises(Unreadable, match="jRCT"):
        read_page(content)


def test_text_is_never_markup_and_half_width_katakana_stay() -> None:
    record = read_page(
        a_page(**{"平易な研究名称 / Public Title（Acronym）": "ｶﾀｶﾅ &lt;script&gt;alert(1)&lt;/script&gt;<br>二"})
    )
    assert record.public_title.ja == "ｶﾀｶﾅ <script>alert(1)</script>\n二"


def test_impossible_values_stay_as_text_with_a_finding() -> None:
    said = {
        "初回公表日": "令和元年4月30日",
        "年齢下限 / Age Minimum": "成人",
        "実施予定被験者数": "多数",
        "試験のフェーズ / Phase": "七",
    }
    record = read_page(a_page(**said))
    assert record.registered and record.registered.text == "令和元年4月30日" and record.registered.value is None
    assert {(f.item, f.text, f.reason) for f in record.findings} == {
        ("registered", "令和元年4月30日", "no_such_day"),
        ("eligibility.minimum_age", "成人", "age_not_understood"),
        ("size", "多数", "count_not_understood"),
        ("phase", "七", "phase_not_known"),
    }


def test_a_record_without_titles_is_kept_and_says_so() -> None:
    titles = {"研究名称 / Scientific Title（Acronym）": "", "平易な研究名称 / Public Title（Acronym）": ""}
    assert "no_title" in {finding.reason for finding in read_page(a_page(**titles)).findings}


def test_an_english_page_is_read_by_its_own_labels() -> None:
    record = read_page(an_english_page())
    assert (record.number, record.scientific_title.en, record.sites) == (NUMBER, "Fictional trial", ())
    assert [day.value for day in (record.registered, record.updated) if day] == ["2019-08-06", "2026-06-23"]
    assert record.size and record.size.value == 1500 and record.status.code == "not_recruiting"
    assert record.eligibility.minimum_age and record.eligibility.minimum_age.value == 18
    assert [country.code for country in record.countries] == ["country.JP", "country.US", "country.CA", None]
    assert record.international is True and layout_changed(record) == ()


def test_a_company_is_named_and_a_site_may_refuse_or_hide_itself() -> None:
    hidden = a_site("施設名非公開", "", permission="なし")
    record = read_page(a_page(sites=(hidden,), 治験依頼者の名称="見本製薬株式会社", 研究の種別="企業治験"))
    assert record.sponsor and record.sponsor.name.ja == "見本製薬株式会社" and record.kind.ja == "企業治験"
    site: Site = record.sites[0]
    assert (site.permitted, site.disclosed, site.undisclosed_because) == (False, False, "masked")


def test_a_person_as_sponsor_is_left_out() -> None:
    record = read_page(a_page(治験依頼者の名称="架空 次郎"))
    assert record.sponsor and record.sponsor.person and "次郎" not in as_json(record).decode()


def test_a_page_in_another_encoding_is_read_by_what_it_names() -> None:
    page = a_page().replace("<body>", '<head><meta charset="Shift_JIS"></head><body>')
    assert read_page(page.encode("cp932")).public_title.ja == "見本の試験"
    broken = read_page(a_page().encode() + b"\xff\xfe")
    assert "wrong_encoding" in {finding.reason for finding in broken.findings}
