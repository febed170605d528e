"""Files that mean harm are refused with one sentence, in little time and memory, and nothing in them is run."""

import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from app.ground.sheets import Limits, UnreadableFile, read_tables
from app.ground.sheets.values import said_by, shape_of
from tests.ground.workbooks import packed, parts, text_row, workbook

MB = 1024 * 1024
LAUGHS = b"<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;'>]>"
OUTSIDE = b"<!DOCTYPE a [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


def zip_bomb() -> bytes:
    return packed({**parts(text_row(1, "a")), "xl/sharedStrings.xml": b"0" * (200 * MB)})


def many_rows_xlsx() -> bytes:
    return workbook(*[text_row(number, "x", "yes") for number in range(2, 100_002)])


def encrypted_archive() -> bytes:
    data = bytearray(workbook())
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = data.find(mark)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


def twin_members() -> bytes:
    return packed({**parts(text_row(1, "a")), "XL/workbook.xml": b"<workbook/>"})


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a zip bomb": (zip_bomb, "larger than 160 MB"),
    "very many members": (lambda: packed({f"m{n}": b"" for n in range(3_000)}), "larger than"),
    "a workbook of 100,000 rows": (many_rows_xlsx, "more than 5,000 rows"),
    "a CSV file of 100,000 rows": (lambda: b"a,b\n" + b"1,2\n" * 100_000, "more than 5,000 rows"),
    "billion laughs": (lambda: workbook(prologue=LAUGHS), "DOCTYPE"),
    "an outside entity": (lambda: workbook(prologue=OUTSIDE), "DOCTYPE"),
    "macros": (lambda: packed({**parts(text_row(1, "a")), "xl/vbaProject.bin": b"Sub Auto_Open()"}), "macros"),
    "an old macro sheet": (lambda: packed({**parts(b""), "xl/macrosheets/sheet1.xml": b"<x/>"}), "macros"),
    "merged cells": (lambda: workbook(after=b'<mergeCells><mergeCell ref="A2:A9"/></mergeCells>'), "A2:A9"),
    "old Excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + b"Workbook", "old Excel"),
    "a password": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    "an encrypted archive": (encrypted_archive, "protected by a password"),
    "a text document": (lambda: packed({"word/document.xml": b"<x/>"}), "not an Excel workbook"),
    "a binary workbook": (lambda: packed(parts(b"") | {"_rels/.rels": b"<a/>"}), "not an Excel workbook"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "neither an Excel workbook"),
    "NUL in a CSV file": (lambda: b"Code,State\nx,\0yes\n", "neither an Excel workbook"),
    "an unknown encoding": (lambda: "Code,État\nx,\xff\xfd\n".encode("latin-1"), "characters of this CSV"),
    "open quotes": (lambda: b'Code,State\nx,"yes\n', "row 2"),
    "one huge cell of CSV": (lambda: b"Code\n" + b"x" * 200_000, "row 2"),
    "one endless row of CSV": (lambda: b"ab," * 3_000_000, "more than 60 columns"),
    "half a file": (lambda: workbook()[:-40], "damaged"),
    "another compression": (lambda: packed(parts(text_row(1, "a")), how=zipfile.ZIP_LZMA), "damaged"),
    "two members of one name": (twin_members, "damaged"),
    "XML cut off": (lambda: packed(parts(b"<row>")), "damaged"),
    "a row after the last": (lambda: workbook(text_row(1_048_577, "x")), "damaged"),
    "a row twice": (lambda: workbook(text_row(2, "x"), text_row(2, "y")), "damaged"),
    "a cell in another row": (lambda: workbook(b'<row r="2"><c r="A3"><v>1</v></c></row>'), "damaged"),
    "a cell twice": (lambda: workbook(b'<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>'), "damaged"),
    "a text that is not there": (lambda: workbook(b'<row r="2"><c r="A2" t="s"><v>99</v></c></row>'), "damaged"),
    "cells without end": (lambda: workbook(b'<row r="2">' + b"<c/>" * 4_100_000 + b"</row>"), "larger than|damaged"),
    "one endless tag": (
        lambda: workbook(b"<row " + b"".join(b'a%d="" ' % n for n in range(500_000)) + b"/>"),
        "damaged",
    ),
    "columns without end": (lambda: workbook(b'<row r="2"><c r="XFD2"><v>1</v></c></row>'), "more than 60 columns"),
    "no sheet": (lambda: packed(parts(b"") | {"xl/workbook.xml": b"<workbook/>"}), "no sheet with a table"),
    "a sheet that is absent": (
        lambda: packed({n: c for n, c in parts(b"").items() if "sheet1" not in n}),
        "damaged",
    ),
    "nothing in the sheet": (lambda: packed(parts(b"")), "first row"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_refused_with_one_sentence(name: str) -> None:
    make, words = FILES[name]
    data = make()
    before = time.process_time()
    with pytest.raises(UnreadableFile) as refused:
        read_tables(data)
    assert time.process_time() - before < 15
    said = refused.value.by_field("en")["file"]
    assert any(part in said for part in words.split("|")), said
    assert refused.value.by_field("ja")["file"] != said


@pytest.mark.parametrize(
    "make", [many_rows_xlsx, zip_bomb, lambda: b"ab," * 3_000_000, lambda: workbook(text_row(2, "x" * 5 * MB))]
)
def test_memory_stays_within_bounds(make: Callable[[], bytes]) -> None:
    data = make()
    tracemalloc.start()
    try:
        read_tables(data)
    except UnreadableFile:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 60 * MB


def test_rows_that_are_only_coloured_do_not_count() -> None:
    rows = b"".join(b'<row r="%d" s="1"><c r="A%d" s="1"/></row>' % (n, n) for n in range(2, 50_000))
    [table] = read_tables(workbook(rows, text_row(50_000, "x")), limits=Limits(most_rows=1))
    assert [line.number for line in table.lines] == [50_000]


def test_a_control_character_is_refused_in_its_cell() -> None:
    for bad in ("a_x0000_b", "a_xD800_b"):
        [line] = read_tables(workbook(text_row(2, bad, "ok_x005F_x0041_")))[0].lines
        assert "control character" in line.refused["Code"].in_("en")
        assert line.texts == {"State": "ok_x0041_"}
    with pytest.raises(UnreadableFile):
        read_tables(packed(parts(text_row(1, "Code_x0000_"))))


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "x", "-1", "60", "9999999999"])
def test_a_number_that_is_no_day_is_refused(text: str) -> None:
    assert not isinstance(said_by("n", text, "date", from_1904=False), str)


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("General", "general"),
        ("0.00E+00", "general"),
        ('0"days"', "general"),
        ("[Red]0%", "percent"),
        ("[$-411]ge.m.d", "date"),
        ("[h]:mm", "date"),
        ("#,##0_);[Red]\\(#,##0\\)", "general"),
    ],
)
def test_a_number_format_tells_days_from_numbers(code: str, shape: str) -> None:
    assert shape_of(170, code) == shape
    assert shape_of(57, "") == "date"
