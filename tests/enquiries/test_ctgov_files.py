"""A file may hold one study, a list, a page of the API or JSON lines; what is wrong is told with its place."""

from pathlib import Path

import orjson
import pytest

from app.enquiries.ctgov import files
from app.enquiries.ctgov.files import Entry, studies_in
from tests.enquiries import fictional

ONE = orjson.dumps(fictional.a_study("NCT00000001"))
TWO = orjson.dumps(fictional.a_study("NCT00000002"))


def numbers(entries: list[Entry]) -> list[str]:
    return [entry.study.number for entry in entries if entry.study]


def problems(entries: list[Entry]) -> list[tuple[str | None, str]]:
    return [(e.place.in_("en") if e.place else None, e.problem.in_("en")) for e in entries if e.problem]


@pytest.mark.parametrize(
    "content",
    [
        b"[" + ONE + b"," + TWO + b"]",
        b'{"totalCount": 2, "studies": [' + ONE + b"," + TWO + b'], "nextPageToken": "abc"}',
        ONE + b"\n" + TWO,
        ONE + b"\r\n\r\n" + TWO + b"\r\n",
        b"\xef\xbb\xbf" + ONE + b"\n" + TWO,
    ],
    ids=["list", "page", "lines", "windows lines", "byte order mark"],
)
def test_two_studies_are_read_from_every_kind_of_file(content: bytes) -> None:
    assert numbers(list(studies_in(content))) == ["NCT00000001", "NCT00000002"]


def test_one_study_is_read_in_one_line_or_in_many() -> None:
    pretty = orjson.dumps(orjson.loads(ONE), option=orjson.OPT_INDENT_2)
    assert numbers(list(studies_in(ONE))) == numbers(list(studies_in(pretty))) == ["NCT00000001"]


def test_a_broken_line_does_not_hide_the_others() -> None:
    entries = list(studies_in(ONE + b'\n{"protocolSection":\n' + TWO + b"\n{}\n"))
    assert numbers(entries) == ["NCT00000001", "NCT00000002"]
    assert [place for place, _words in problems(entries)] == ["line 2", "line 4"]
    assert problems(entries)[0][1].startswith("This is not JSON")


def test_a_study_of_another_shape_is_told_by_its_number_in_the_list() -> None:
    entries = list(studies_in(b"[" + ONE + b', 7, {"protocolSection": {}}]'))
    assert [place for place, _words in problems(entries)] == ["study 2", "study 3"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b" \n\t", "The file is empty."),
        (b"[]", "The file holds no study."),
        (b'{"studies": []}', "The file holds no study."),
        (b"not json", "This is not JSON: reading stopped at character 1."),
        (b"\xff\xfe{\x00}\x00", "This is not JSON"),
        (b"\x89PNG\r\n\x1a\n", "This is not JSON"),
        (b"[" * 100_000, "This is not JSON"),
        (b'{"protocolSection": NaN}', "This is not JSON"),
        (b'{"study": {"name": "USDM"}, "usdmVersion": "4.0.0"}', "it has no protocolSection"),
        (b"null", "it has no protocolSection"),
        (ONE[: len(ONE) // 2], "This is not JSON"),
    ],
)
def test_a_file_without_a_study_says_what_is_wrong(content: bytes, words: str) -> None:
    ((place, said),) = problems(list(studies_in(content)))
    assert place is None and words in said


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE", len(ONE) - 1)
    ((_place, said),) = problems(list(studies_in(ONE)))
    assert "larger than" in said


def test_the_file_of_real_studies_is_read_whole(shared: Path) -> None:
    entries = list(studies_in((shared / "data/ctgov/studies.jsonl").read_bytes()))
    assert len(set(numbers(entries))) == 145 and not problems(entries)
