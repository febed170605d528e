"""One way in for every table: what the bytes are decides how they are read, never the name of the file."""

from collections.abc import Collection

from app.ground.sheets import errors
from app.ground.sheets.csv_files import csv_rows
from app.ground.sheets.errors import UnreadableFile
from app.ground.sheets.tables import Limits, Table, tabulated
from app.ground.sheets.workbook import workbook_rows

ZIP = b"PK\x03\x04"
# The container of old Excel, and of a workbook with a password ([MS-CFB]); the latter holds a stream of this name.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD = "EncryptedPackage".encode("utf-16-le")


def read_tables(data: bytes, *, names: Collection[str] | None = None, limits: Limits | None = None) -> list[Table]:
    """Return the tables of an uploaded file, XLSX or CSV, reading no more than `limits`.

    Of a workbook: the sheets called `names` (those of them that there are), else its first visible one. A CSV file is
    one table without a name: UTF-8 with or without a mark, UTF-16 with one, or Shift_JIS (CP932); parted by commas,
    semicolons or tabs. Nothing in a file is ever run or fetched. Raises UnreadableFile with one sentence. Time and
    memory are bounded by `limits` and by the constants beside the readers, whatever the file says of itself.
    """
    limits = limits or Limits()
    if not data.strip():
        raise UnreadableFile(errors.EMPTY)
    if data.startswith(COMPOUND):
        raise UnreadableFile(errors.ENCRYPTED if PASSWORD in data else errors.OLD_EXCEL)
    if data.startswith((ZIP, b"PK\x05\x06")):
        return [tabulated(name, rows, limits) for name, rows in workbook_rows(data, names=names, limits=limits)]
    return [tabulated("", csv_rows(data, limits), limits)]
