"""Any file of public records is recognised by what it holds and read in little memory."""

import io
import tracemalloc
from pathlib import Path

import orjson
import pytest

from app.trials.reading import files, json_files
from app.trials.reading.files import Repeated, records_in
from app.trials.reading.found import Found
from app.trials.record import Record
from tests.trials.pages import a_csv, a_page, a_study, an_xml


def found_in(content: bytes | str) -> list[Found]:
    return list(records_in(io.BytesIO(content if isinstance(content, bytes) else content.encode())))


def numbers(found: list[Found]) -> list[str]:
    return [one.record.number for one in found if one.record]


ONE, TWO = (orjson.dumps(a_study(number)) for number in ("NCT99999901", "NCT99999902"))


@pytest.mark.parametrize(
    ("content", "sources"),
    [
        (a_page().encode(), ["jrct"]),
        (ONE, ["ctgov"]),
        (b"[" + ONE + b"," + TWO + b"]", ["ctgov"] * 2),
        (b'{"totalCount": 2, "studies": [' + ONE + b"," + TWO + b'], "nextPageToken": "a"}', ["ctgov"] * 2),
        (ONE + b"\n\n" + TWO + b"\n", ["ctgov"] * 2),
        (a_csv({}).encode(), ["ictrp"]),
        (an_xml({}).encode("utf-8-sig"), ["ictrp"]),
        (an_xml({}).replace("UTF-8", "UTF-16").encode("utf-16"), ["ictrp"]),
    ],
    ids=["page", "study", "list", "api page", "lines", "csv", "xml", "utf-16 xml"],
)
def test_every_kind_is_recognised_by_its_content(content: bytes, sources: list[str]) -> None:
    found = found_in(content)
    assert [one.record.source for one in found if one.record] == sources and len(found) == len(sources)


@pytest.mark.parametrize(
    "content", ["", " \n", "<html></html>", "{}", "[]", "a,b", "<a/>", "\0", "[1, NaN]", '{"a": 1']
)
def test_a_file_without_records_is_a_problem_and_never_an_end(content: str) -> None:
    found = found_in(content)
    assert found and all(one.problem for one in found)


def test_the_real_files_are_read_whole(shared: Path) -> None:
    for name, count in (("jrct/jRCTs051180190.html", 1), ("ctgov/studies.jsonl", 145), ("ictrp/jprn.csv", 25)):
        with (shared / "data" / name).open("rb") as file:
            found = list(records_in(file))
        assert len(numbers(found)) == len(found) == count


def test_a_list_that_is_cut_keeps_what_came_before_and_names_the_place() -> None:
    whole = b"[" + b",\n".join(orjson.dumps(a_study(f"NCT9999{n:04}")) for n in range(100)) + b"]"
    found = found_in(whole[: len(whole) // 2])
    assert 45 < len(numbers(found)) < 51 and found[-1].problem
    assert "reading stopped at character" in found[-1].problem.in_("en")
    lines = found_in(ONE + b"\n" + TWO[:-10] + b"\n" + b"\xff\xfe\n")
    assert numbers(lines) == ["NCT99999901"]
    assert [one.place.in_("en") for one in lines if one.place and one.problem] == ["line 2", "line 3"]
    broken = found_in(b"[" + ONE + b', {"protocolSection": "\xff"}]')
    assert numbers(broken) == ["NCT99999901"] and len(broken) == 2


def test_what_is_refused_is_kept_raw_without_contacts() -> None:
    (one,) = found_in(b'{"protocolSection": {"x": "ask hanako@kakuu.example"}}')
    assert one.problem and "protocolSection" in one.raw and "@" not in one.raw


def test_a_trial_that_stands_twice_is_named_and_in_other_words_read_anew_where_the_source_dates_the_two() -> None:
    same = found_in(ONE + b"\n" + ONE)
    assert numbers(same) == ["NCT99999901"] and isinstance(same[1].problem, Repeated)

    def dated(day: str, condition: str) -> bytes:
        status = {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": day}}
        return orjson.dumps(
            a_study("NCT99999901", conditionsModule={"conditions": [condition]}, statusModule=status)
        )  # fmt: skip

    days = [
        ("2026-02-02", "Asthma"),
        ("2026-02-01", "Gout"),
        ("2026-02-02", "Gout"),
        ("2026-02", "x"),
        ("2026-03-01", "y"),
    ]
    found = found_in(b"\n".join(dated(*one) for one in days))
    assert [one.place.in_("en") for one in found if one.record and one.place] == [
        "line 1",
        "line 2",
        "line 4",
        "line 5",
    ]
    (twice,) = [one for one in found if one.problem]
    assert twice.problem and "NCT99999901 stands twice with different content" in twice.problem.in_("en")
    assert '"Gout"' in twice.raw


def test_a_page_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_PAGE", 1024)
    (one,) = found_in(a_page())
    assert one.problem and "larger than" in one.problem.in_("en")


def test_an_object_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_files, "LONGEST_OBJECT", 2048)
    monkeypatch.setattr(json_files, "_CHUNK", 512)
    found = found_in(b"[" + ONE + b', {"a": "' + b"x" * 10_000 + b'"}]')
    assert numbers(found) == ["NCT99999901"] and len(found) == 2


def test_a_large_file_takes_the_memory_of_a_few_trials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def light(study: dict[str, dict[str, dict[str, str]]]) -> Record:
        return Record("ctgov", "nct", study["protocolSection"]["identificationModule"]["nctId"])

    monkeypatch.setattr(files.ctgov, "read_study", light)
    study = b'{"protocolSection": {"identificationModule": {"nctId": "NCT9%07d"}}, "filler": "' + b"x" * 50_000 + b'"}'
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.write(b'{"studies": [')
        file.writelines(study % number + b"," for number in range(999))
        file.write(study % 999 + b"]}")
    tracemalloc.start()
    with large.open("rb") as file:
        count = sum(1 for one in records_in(file) if one.record)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1_000 and peak < 16 * 1024**2, f"{peak / 1024**2:.0f} MB for a file of 50 MB"
