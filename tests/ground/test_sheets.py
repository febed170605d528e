"""Tables go out to Excel and come back unchanged; what cannot be read is refused with one sentence."""

import csv
import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.ground.i18n import LOCALES, _
from app.ground.sheets import (
    Column,
    Limits,
    Sheet,
    Table,
    UnreadableFile,
    letters,
    matched,
    read_tables,
    write_csv,
    write_xlsx,
)
from app.ground.sheets.csv_files import guarded, unguarded
from tests.ground.workbooks import packed, parts, text_row, workbook

CODE = Column("code", _("Code"), role="key", needed=True)
STATE = Column("state", _("Date"), holds="date")
NOTE = Column("note", _("Item"))
READ_ONLY = Column("source", _("Source"), role="shown")
COLUMNS = (CODE, STATE, NOTE, READ_ONLY)


def one(data: bytes, **given: object) -> Table:
    [table] = read_tables(data, **given)  # type: ignore[arg-type]
    return table


def refusal(data: bytes, **given: object) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read_tables(data, **given)  # type: ignore[arg-type]
    said = refused.value.by_field("en")
    assert list(said) == ["file"]
    assert refused.value.by_field("ja")["file"] != said["file"]
    return said["file"]


def by_excel(*rows: tuple[object, ...], **sheet: object) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_file_is_read_whatever_office_wrote_it(encoding: str, separator: str) -> None:
    text = f'コード{separator}"状態；\n""今"""\r\n\r\nfih.unit{separator}"可, ①"\r\n'
    table = one(text.encode(encoding))
    assert table.columns == ("コード", '状態； "今"')
    assert [(line.number, dict(line.texts)) for line in table.lines] == [
        (3, {"コード": "fih.unit", '状態； "今"': "可, ①"})
    ]


def test_numbers_days_and_truth_come_as_a_person_reads_them_in_excel() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["whole", "part", "day", "moment", "truth", "share", "era", "text", "old", "sum"])
    day, moment = date(2026, 11, 20), datetime(2026, 11, 20, 9, 30)
    sheet.append([2.0, 0.1, day, moment, True, 0.25, 46_346, "007", date(1900, 1, 5), 0.1 + 0.2])
    for cell, code in (("F2", "0%"), ("G2", '[$-411]ggge"年"m"月"d"日"'), ("C2", "yyyy/m/d")):
        sheet[cell].number_format = code
    file = io.BytesIO()
    book.save(file)
    table = one(file.getvalue())
    assert list(table.lines[0].texts.values()) == [
        "2", "0.1", "2026-11-20", "2026-11-20 09:30", "TRUE", "25%", "2026-11-20", "007", "1900-01-05", "0.3",
    ]  # fmt: skip


def test_a_formula_is_refused_in_its_cell_and_its_last_result_is_never_used() -> None:
    row = b'<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
    [line] = one(workbook(row)).lines
    assert (line.number, dict(line.texts)) == (2, {"Code": "x"})
    assert "formula" in line.refused["State"].in_("en")


def test_an_excel_error_and_text_under_no_column_are_refused_in_their_cells() -> None:
    [line] = one(workbook(b'<row r="7"><c r="B7" t="e"><v>#N/A</v></c><c r="D7"><v>1</v></c></row>')).lines
    assert "#N/A" in line.refused["State"].in_("ja")
    assert "no name" in line.refused["D"].in_("en")
    assert line.number == 7


def test_readings_beside_japanese_words_are_not_part_of_them() -> None:
    rows = text_row(1, "Code") + b'<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    members = parts(rows)
    members["xl/sharedStrings.xml"] = (
        "<sst><si><r><t>見本</t></r><r><t>大学</t></r><rPh sb='0' eb='2'><t>ミホン</t></rPh></si></sst>".encode()
    )
    assert one(packed(members)).lines[0].texts == {"Code": "見本大学"}


def test_only_the_sheets_that_are_asked_for_are_read() -> None:
    book = openpyxl.Workbook()
    book.active.title = "memo"
    book.active.merge_cells("A1:C4")
    book.create_sheet("施設情報").append(["コード"])
    file = io.BytesIO()
    book.save(file)
    [table] = read_tables(file.getvalue(), names=["施設情報", "Facts"])
    assert (table.name, table.columns) == ("施設情報", ("コード",))
    assert "Contacts" in refusal(file.getvalue(), names=["Contacts"])
    assert "A1:C4" in refusal(file.getvalue())


def test_the_first_row_names_the_columns_once_each() -> None:
    assert "first row" in refusal(b"\n\nCode,State\n")
    assert "stands twice" in refusal(b"Code,State,Code \n")
    assert "column B" in refusal(packed(parts(b'<row r="1"><c><v>1</v></c><c><f>1</f></c></row>')))
    assert "empty" in refusal(b" \r\n")


def test_columns_are_found_in_either_language_and_what_is_for_reading_only_is_ignored() -> None:
    table = one(f"ＣＯＤＥ ,{NOTE.title.in_('ja')},Memo,出典\nx,=1,m,s\n".encode())
    found = matched(table, COLUMNS)
    assert found.unknown == ("Memo",)
    assert found.present == {"code", "note"}
    assert [dict(line.texts) for line in found.lines] == [{"code": "x", "note": "=1"}]
    with pytest.raises(UnreadableFile, match="unreadable"):
        matched(one(b"Item\nx\n"), COLUMNS)
    with pytest.raises(UnreadableFile, match="unreadable"):
        matched(one("Code,コード\nx,y\n".encode()), COLUMNS)


HOSTILE = [
    "=1+1", "+81-3-0000-0000", "-1+2", "@SUM(A1)", "\t=1", "'=1", "''-x", " =1", "＝1+1", "-5", "plain", "line\nbreak",
    '"quoted", comma', "_x0041_", "=HYPERLINK(\"http://x.example\")", "https://hospital.example/", "0012",
]  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
def test_a_round_trip_changes_nothing_and_excel_runs_nothing(locale: str) -> None:
    rows = [{"code": f"c{n}", "state": date(2026, 1, 31), "note": text} for n, text in enumerate(HOSTILE)]
    csv_file = write_csv(COLUMNS, rows, locale=locale)  # type: ignore[arg-type]
    book = write_xlsx([Sheet("One", COLUMNS, rows, {"note": ["a", "b"], "code": ["長" * 300]})], locale=locale)  # type: ignore[arg-type]
    for data in (csv_file, book):
        lines = matched(one(data), COLUMNS).lines
        assert [line.texts["note"] for line in lines] == HOSTILE
        assert {line.texts["state"] for line in lines} == {"2026-01-31"}
    assert csv_file.startswith(b"\xef\xbb\xbf")
    raw = csv.reader(io.StringIO(csv_file.decode("utf-8-sig"), newline=""))
    assert not [row[2] for row in raw if row[2].lstrip()[:1] in set("=+@＝") or row[2].startswith("-1")]
    opened = openpyxl.load_workbook(io.BytesIO(book))["One"]
    assert {cell.data_type for row in opened.iter_rows(min_row=2, max_col=1) for cell in row} == {"s"}
    assert opened["C2"].quotePrefix
    assert opened.freeze_panes == "A2"
    assert {str(rule.sqref) for rule in opened.data_validations.dataValidation} == {"A2:A218", "C2:C218"}


@given(some.text(alphabet="'=-+@ \t5a＝\u3000\n.", max_size=6))
def test_the_guard_against_formulas_can_always_be_taken_back(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_the_limits_name_themselves() -> None:
    few = Limits(most_rows=2, most_columns=2, longest_text=3)
    for data in (b"a,b\n" + b"1,2\n" * 3, by_excel(("a", "b"), *[(1, 2)] * 3)):
        assert "more than 2 rows" in refusal(data, limits=few)
    for data in (b"a,b,c\n", by_excel(("a", "b", "c"))):
        assert "more than 2 columns" in refusal(data, limits=few)
    for data in (b"a,b\n1,2\nlong,3\n", by_excel(("a", "b"), (1, 2), ("long", 3))):
        assert "more than 3 characters" in one(data, limits=few).lines[1].refused["a"].in_("en")


def test_columns_are_lettered_as_in_excel() -> None:
    assert [letters(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    members = parts(text_row(1, "Code") + b'<row r="2"><c r="A2" s="1"><v>44884</v></c></row>')
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(b"<sheets>", b"<workbookPr date1904='1'/><sheets>")
    members["xl/styles.xml"] = b"<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='27'/></cellXfs></styleSheet>"
    members["xl/_rels/workbook.xml.rels"] = members["xl/_rels/workbook.xml.rels"].replace(
        b"<Relationship Id='t'", b"<Relationship Id='y' Type='x/styles' Target='/xl/styles.xml'/><Relationship Id='t'"
    )
    assert one(packed(members)).lines[0].texts == {"Code": "2026-11-20"}
    assert datetime(1904, 1, 1, tzinfo=UTC).toordinal() + 44884 == date(2026, 11, 20).toordinal()
