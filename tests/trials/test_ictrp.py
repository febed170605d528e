"""Exports of ICTRP, CSV and XML, become records row by row; a broken row is named and hides no other."""

import io
from collections import Counter
from pathlib import Path

import pytest

from app.trials.reading import ictrp_files
from app.trials.reading.found import Found, Unreadable
from app.trials.reading.ictrp import key, read_trial
from app.trials.reading.ictrp_files import read_csv, read_xml
from app.trials.record import Record
from app.trials.written import as_json, digest
from tests.trials.pages import TRIAL, a_csv, an_xml


def csv_of(text: str | bytes) -> list[Found]:
    return list(read_csv(io.BytesIO(text if isinstance(text, bytes) else text.encode())))


def xml_of(text: str | bytes) -> list[Found]:
    return list(read_xml(io.BytesIO(text if isinstance(text, bytes) else text.encode())))


def numbers(found: list[Found]) -> list[str]:
    return [one.record.number for one in found if one.record]


def problems(found: list[Found]) -> list[tuple[str | None, str]]:
    return [(one.place.in_("en") if one.place else None, one.problem.in_("en")) for one in found if one.problem]


@pytest.fixture(scope="module")
def content(shared: Path) -> bytes:
    return (shared / "data/ictrp/jprn.csv").read_bytes()


@pytest.fixture(scope="module")
def real(content: bytes) -> list[Record]:
    return [one.record for one in csv_of(content) if one.record]


def test_all_real_trials_are_read(content: bytes, real: list[Record]) -> None:
    assert problems(csv_of(content)) == [] and len(real) == 25
    assert Counter(record.registry for record in real) == {"umin": 19, "jrct": 5, "japiccti": 1}
    assert all(record.registered and record.registered.value and record.updated and record.started for record in real)
    assert Counter(record.status.code for record in real) == {"recruiting": 14, "not_recruiting": 11}
    assert Counter(record.design.kind.code for record in real) == {"observational": 14, "interventional": 9, "other": 2}
    assert Counter(record.design.phase.codes for record in real) == {
        (): 16, ("phase.na",): 4, ("phase.3",): 3, ("phase.2",): 2,
    }  # fmt: skip
    assert sum(record.size is not None for record in real) == 23
    assert sum(record.completed is not None for record in real) == 19
    assert Counter(record.international for record in real) == {False: 22, True: 3}
    assert all(record.eligibility.sex.code == "all" for record in real)
    ages = [record.eligibility.minimum_age for record in real]
    assert Counter((age.value, age.unlimited) for age in ages if age) == {
        (20, False): 14, (None, True): 6, (18, False): 2, (1, False): 1, (5, False): 1, (16, False): 1,
    }  # fmt: skip
    assert {(f.item, f.reason) for record in real for f in record.findings} == {("sponsor", "name_withheld")}


def test_the_investigator_who_stands_as_sponsor_in_jrct_is_left_out(content: bytes, real: list[Record]) -> None:
    of_jrct = [record for record in real if record.registry == "jrct"]
    assert [record.sponsor.person for record in of_jrct if record.sponsor] == [True] * 5
    assert all(record.sponsor and record.sponsor.affiliation.en for record in of_jrct)
    written = "".join(as_json(record).decode() for record in real)
    for name in ("Watanabe", "Ohmagari", "Tokue", "Moriya", "Doi Yohei"):
        assert name.encode() in content and name not in written


def test_csv_and_xml_give_the_same_record() -> None:
    (row,), (element,) = csv_of(a_csv({})), xml_of(an_xml({}))
    assert row.record and element.record and digest(row.record) == digest(element.record)
    record = row.record
    assert record.number == "jRCT9999999901" and record.design.phase.codes == ("phase.2_3",)
    assert [number.value for number in record.numbers] == ["NCT99999901", "jRCTs099999901"]
    assert record.eligibility.inclusion.en == "one\ntwo 'three' <b>"
    assert [condition.name.en for condition in record.conditions] == ["Lung cancer", "NSCLC"]
    assert record.sponsor and record.sponsor.name.en == "Sample Pharma Inc." and record.international is True
    assert "Hanako" not in as_json(record).decode() and "@" not in as_json(record).decode()


def test_the_larger_export_is_read_by_the_same_names() -> None:
    more = {
        "Acronym": "FIC", "Secondary outcome": "two", "Secondary ID": "NCT99999902", "Source Name": "A Fund; B Fund",
        "Secondary Sponsor": "Sample University", "Ethics Status": "Approved", "Ethics Approval Date": "2026-01-02",
        "Ethics Contact Name": "Kakuu Hanako", "Ethics Contact Email": "h@kakuu.example", "results yes no": "Yes",
        "results url link": "https://results.example/1<br>", "results ipd plan": "No", "results ipd description": "none",
        "results date posted": "2026-02-30",
    }  # fmt: skip
    record = read_trial({key(name): text for name, text in {**TRIAL, **more}.items()})
    assert [party.name.en for party in record.funding] == ["A Fund", "B Fund"]
    assert record.secondary_sponsors[0].name.en == "Sample University" and record.acronym.en == "FIC"
    assert (
        record.ethics[0].outcome.code == "approved"
        and record.ethics[0].day
        and record.ethics[0].day.value == "2026-01-02"
    )
    assert record.results.available and record.results.links[0].address == "https://results.example/1"
    assert record.sharing.plan.code == "no" and "h@kakuu" not in as_json(record).decode()
    assert [(finding.item, finding.reason) for finding in record.findings] == [("results", "no_such_day")]


def test_a_column_that_is_gone_is_named_on_each_record() -> None:
    record = read_trial({"trialid": "JPRN-UMIN999999901", "publictitle": "Fiction"})
    missing = {finding.item for finding in record.findings if finding.reason == "missing_required"}
    assert missing == {"registered", "status", "scientific_title", "countries", "conditions", "design"}


def test_a_csv_that_is_cut_keeps_what_came_before_and_names_the_line() -> None:
    whole = a_csv({"TrialID": "JPRN-UMIN999999901"}, {"TrialID": "JPRN-UMIN999999902"})
    found = csv_of(whole[:-80])
    assert numbers(found) == ["UMIN999999901"]
    assert problems(found) == [("line 3", "This row is not whole CSV: unexpected end of data.")]
    short = csv_of(whole + "only,three,cells\r\n")
    assert numbers(short) == ["UMIN999999901", "UMIN999999902"] and "3 columns" in problems(short)[0][1]


def test_a_row_in_another_encoding_is_refused_and_hides_no_other() -> None:
    whole = a_csv({"Public title": "架空"}, {"TrialID": "JPRN-UMIN999999902"}).replace("架空", "\udc93\udc94")
    found = csv_of(whole.encode("utf-8", "surrogateescape"))
    assert numbers(found) == ["UMIN999999902"] and problems(found) == [("line 2", "This row is not in UTF-8.")]
    assert numbers(csv_of(a_csv({}).encode("utf-16"))) == ["jRCT9999999901"]
    assert numbers(csv_of(a_csv({}).encode("utf-8-sig"))) == ["jRCT9999999901"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\r\n1,2\r\n", "no column TrialID"),
        (b"\x89PNG\r\n\x1a\n", "no column TrialID"),
        (b'"TrialID', "no column TrialID"),
        (a_csv().encode(), "holds no trial"),
        (a_csv({"TrialID": " "}).encode(), "no TrialID"),
    ],
)
def test_a_csv_without_trials_says_so(content: bytes, words: str) -> None:
    ((_place, said),) = problems(csv_of(content))
    assert words in said


def test_a_line_without_end_is_not_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ictrp_files, "_LONGEST", 4096)
    found = csv_of(a_csv({}) + "x" * 10_000)
    assert numbers(found) == ["jRCT9999999901"] and "not whole CSV" in problems(found)[0][1]
    assert "refused" in problems(xml_of(an_xml({"Public title": "x" * 10_000})))[0][1]


def test_an_xml_that_is_cut_keeps_what_came_before_and_names_the_place() -> None:
    whole = an_xml(*({"TrialID": f"JPRN-UMIN99999{n:04}"} for n in range(100)))
    found = xml_of(whole[: len(whole) // 2])
    assert 40 < len(numbers(found)) < 60
    ((place, said),) = problems(found)
    assert place is None and "reading stopped at line 1, column" in said
    assert len(numbers(xml_of(whole.replace("</Trials_downloaded_from_ICTRP>", "")))) == 100


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]><Trials_downloaded_from_ICTRP><Trial>&x;</Trial></Trials_downloaded_from_ICTRP>',
        "<a>" * 5_000,
        "<Trials_downloaded_from_ICTRP/>",
        "<Trials_downloaded_from_ICTRP><Trial><TrialID/></Trial></Trials_downloaded_from_ICTRP>",
        '<?xml version="1.0" encoding="nonsense"?><a/>',
    ],
)
def test_a_hostile_or_empty_xml_is_one_problem(content: str) -> None:
    assert len(problems(xml_of(content))) == 1 and numbers(xml_of(content)) == []


def test_a_trial_needs_a_number() -> None:
    with pytest.raises(Unreadable):
        read_trial({"trialid": "  "})
    assert read_trial({"trialid": "XYZ-1", "sourceregister": "Kakuu Register"}).registry == "kakuu register"
