"""Links on real public records, held against right answers made by hand; no text of a record stands in the project."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest

from app.trials.names import SEED, facility_of, known_names, linking_index
from app.trials.reading.ctgov import read_study
from app.trials.reading.jrct import read_page
from app.trials.record import Country, Site, Text
from app.trials.rules.linking import BEARS, Facility, Linked, link

ANSWERS = Path(__file__).with_name("right_answers.csv")
INSTITUTIONS = SEED / "sites" / "institutions.csv"
NAMES = SEED / "trials" / "institution_names.csv"
PATIENCE = 30  # seconds for 3,000; it takes a quarter of one on a free core
Key = tuple[str, int]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def answers() -> dict[Key, str]:
    """Right answers by record and position: an institution's code, `masked`, or `none` (another place or nobody)."""
    return {(row["record"], int(row["position"])): row["answer"] for row in rows(ANSWERS)}


def places(shared: Path) -> Iterator[tuple[Key, Facility]]:
    lines = (shared / "data/ctgov/studies.jsonl").read_text(encoding="utf-8").split("\n")
    records = [read_study(json.loads(line)) for line in lines if line]
    records.append(read_page((shared / "data/jrct/jRCTs051180190.html").read_bytes()))
    for record in records:
        for site in record.sites:
            if (facility := facility_of(site)) is not None:
                yield (record.number, site.position), facility


@pytest.fixture(scope="module")
def links(shared: Path) -> dict[Key, Linked]:
    index = linking_index()
    return {key: link(facility, index) for key, facility in places(shared)}


def test_every_japanese_place_of_the_real_records_has_a_right_answer(
    links: dict[Key, Linked], answers: dict[Key, str]
) -> None:
    assert set(links) == set(answers)
    assert {key[0] for key in answers if key[0].startswith("NCT")}
    assert set(answers.values()) - {"none", "masked"} <= {row["code"] for row in rows(INSTITUTIONS)}


def test_automatic_links_are_always_right(
    links: dict[Key, Linked], answers: dict[Key, str], capsys: pytest.CaptureFixture[str]
) -> None:
    automatic = {key: found.code for key, found in links.items() if found.certain}
    seeded = {key for key, answer in answers.items() if answer not in ("none", "masked")}
    named = {key for key, answer in answers.items() if answer != "masked"}
    right = {key for key, code in automatic.items() if answers[key] == code}
    with capsys.disabled():
        print(  # noqa: T201
            f"\nlinking: {len(automatic)} automatic links, {len(right)} right;"
            f" {len(seeded & right)} of {len(seeded)} places of seeded institutions linked;"
            f" {len(right) / len(named):.0%} of {len(named)} places with a name, {len(right) / len(answers):.0%} of {len(answers)}"
        )
    assert {key: (code, answers[key]) for key, code in automatic.items() if key not in right} == {}
    assert seeded <= right, "no real place of a seeded institution is lost either"


def test_every_masked_name_is_abstained_on(links: dict[Key, Linked], answers: dict[Key, str]) -> None:
    masked = [key for key, answer in answers.items() if answer == "masked"]
    assert len(masked) > 100
    assert {key: links[key] for key in masked if links[key].code or links[key].why != "masked"} == {}


def test_no_other_hospital_even_waits_for_a_decision(links: dict[Key, Linked], answers: dict[Key, str]) -> None:
    """The queue of the doubtful is for people: what is plainly another hospital does not belong there."""
    assert {key: links[key] for key, answer in answers.items() if answer == "none" and links[key].code} == {}


def test_a_thousand_facilities_are_read_at_once_even_while_coverage_looks_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    index = linking_index()
    english = (
        "Osaka University Hosital",
        "Nagoya City University Hospital",
        "Research Site",
        "Kamome General Hospital",
    )
    japanese = ("大阪大学医学部附属病院", "名古屋市立大学病院", "国立がん研究センター東病院", "架空総合病院")
    texts = [
        Facility(f"{english[at % 4]}, Kamome {at}", f"{japanese[at % 4]} 第{at}内科", "Suita", "Osaka", "565-0871")
        for at in range(3_000)
    ]
    started = perf_counter()
    for facility in texts:
        link(facility, index)
    spent = perf_counter() - started
    with capsys.disabled():
        print(  # noqa: T201
            f"\nlinking: {len(texts) / spent:,.0f} facilities a second, both languages, no text twice"
        )
    assert spent < PATIENCE


def test_every_name_is_of_a_seeded_institution_with_its_source_and_day() -> None:
    codes = {row["code"] for row in rows(INSTITUTIONS)}
    names = rows(NAMES)
    assert {row["code"] for row in names} == codes, "each of the 22 institutions has its names"
    for row in names:
        assert row["language"] in ("en", "ja")
        assert row["kind"] in ("official", "former", "abbreviation", "legal", "variant")
        assert row["bears"] in BEARS
        assert row["source"]
        assert date.fromisoformat(row["as_of"]) <= date(2026, 11, 20)
    assert len({(row["code"], row["name"], row["language"]) for row in names}) == len(names)


def test_a_name_alone_finds_nobody_but_its_owner() -> None:
    index = linking_index()
    for name in known_names():
        found = link(Facility(name.text) if name.language == "en" else Facility(ja=name.text), index)
        assert found.code in (name.code, None), (name, found)
        assert found.certain is (name.bears == "hospital"), (name, found)


def test_a_place_abroad_is_never_asked_about() -> None:
    seoul = Site(1, facility=Text(en="National Cancer Center"), country=Country(Text(en="Korea"), "country.KR"))
    assert facility_of(seoul) is None


def test_a_place_with_a_prefecture_code_and_an_address_is_known() -> None:
    site = Site(
        1, facility=Text(ja="国立がん研究センター"), address=Text(ja="千葉県 柏市柏の葉六丁目"), prefecture="pref.12"
    )
    facility = facility_of(site)
    assert facility is not None
    assert link(facility, linking_index()).code == "CCRH-04"
