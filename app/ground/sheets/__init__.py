"""Tables that people edit in Excel: read safely, whoever made them, and written so that Excel runs nothing.

`read_tables` takes the bytes of an upload and returns tables or raises UnreadableFile with one sentence;
`matched` finds the columns of a table by their names in either language. `write_xlsx` and `write_csv` are the way out.
Reading is work for a processor: call it through `asyncio.to_thread`.
"""

from app.ground.sheets.columns import Column, Matched, matched
from app.ground.sheets.errors import NoSuchSheet, UnreadableFile
from app.ground.sheets.reading import read_tables
from app.ground.sheets.tables import Limits, Line, Table, letters
from app.ground.sheets.writing import Sheet, Value, write_csv, write_xlsx

__all__ = [
    "Column",
    "Limits",
    "Line",
    "Matched",
    "NoSuchSheet",
    "Sheet",
    "Table",
    "UnreadableFile",
    "Value",
    "letters",
    "matched",
    "read_tables",
    "write_csv",
    "write_xlsx",
]
