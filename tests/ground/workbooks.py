"""Workbooks for tests: as Excel makes them, and as somebody makes them who means harm."""

import io
import zipfile
from collections.abc import Iterable

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATED = b'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
KIND = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
R = b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def parts(rows: bytes, *, after: bytes = b"", texts: Iterable[str] = (), prologue: bytes = b"") -> dict[str, bytes]:
    """Return the parts of a workbook with one sheet, the XML of its rows as given."""
    words = b"".join(f"<si><t>{text}</t></si>".encode() for text in texts)
    return {
        "_rels/.rels": HEAD
        + b"<Relationships %b><Relationship Id='a' Type='%bofficeDocument' Target='xl/workbook.xml'/></Relationships>"
        % (RELATED, KIND),
        "xl/workbook.xml": HEAD
        + b"<workbook %b %b><sheets><sheet name='One' sheetId='1' r:id='s'/></sheets></workbook>" % (MAIN, R),
        "xl/_rels/workbook.xml.rels": HEAD
        + b"<Relationships %b><Relationship Id='s' Type='%bworksheet' Target='worksheets/sheet1.xml'/>"
        b"<Relationship Id='t' Type='%bsharedStrings' Target='sharedStrings.xml'/></Relationships>"
        % (RELATED, KIND, KIND),
        "xl/sharedStrings.xml": HEAD + b"<sst %b>%b</sst>" % (MAIN, words),
        "xl/worksheets/sheet1.xml": HEAD
        + prologue
        + b"<worksheet %b><sheetData>%b</sheetData>%b</worksheet>" % (MAIN, rows, after),
    }


def packed(members: dict[str, bytes], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return the parts as one archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def text_row(number: int, *cells: str) -> bytes:
    """Return a row of texts."""
    written = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f'<row r="{number}">{written}</row>'.encode()


def workbook(*rows: bytes, **given: bytes) -> bytes:
    """Return a workbook of these rows under the columns Code and State."""
    return packed(parts(text_row(1, "Code", "State") + b"".join(rows), **given))
