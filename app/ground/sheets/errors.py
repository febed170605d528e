"""The one way in which a file of tables is refused, and the sentences that say why."""

from app.ground.errors import Unacceptable
from app.ground.i18n import Message, _, say

EMPTY = _("The file is empty. Choose the file that you saved.")
NOT_TEXT = _("This is neither an Excel workbook (.xlsx) nor a CSV file. Save the table as .xlsx and choose that file.")
ENCODING = _("The characters of this CSV file cannot be read. Save it in Excel as “CSV UTF-8” or as .xlsx.")
OLD_EXCEL = _("This is a workbook of an old Excel (.xls). Save it in Excel as .xlsx and choose that file.")
ENCRYPTED = _("This workbook is protected by a password. Save it without a password and choose that file.")
OTHER_ARCHIVE = _("This is an archive or another kind of document, not an Excel workbook (.xlsx).")
MACROS = _("This workbook contains macros, which are never run here. Save it as .xlsx without macros.")
BOMB = _("Unpacked, this workbook would be larger than %(most)s MB. Remove what is not needed and save it again.")
BROKEN = _("This workbook is damaged and cannot be read to its end. Open it in Excel, save it again as .xlsx.")
DECLARATIONS = _(
    "This workbook contains XML declarations (DOCTYPE) that no spreadsheet needs. Open it in Excel, save it again."
)
BROKEN_QUOTES = _(
    "The quotation marks in row %(row)s of this CSV file do not match. Open it in Excel and save it again."
)
NO_SHEET = _("The workbook has no sheet named “%(names)s”. Keep the names of the sheets as they were.")
NO_TABLE = _("The workbook has no sheet with a table.")
NO_HEADER = _("The first row must hold the names of the columns. Sheet “%(sheet)s” has none there.")
NO_HEADER_CSV = _("The first row must hold the names of the columns. This file has none there.")
HEADER_NOT_TEXT = _("The name of column %(column)s in the first row cannot be read. Enter it as text.")
TWICE = _("The column “%(column)s” stands twice in the first row. Keep one of the two.")
MISSING = _("The column “%(column)s” is missing. Keep the names of the columns in the first row as they were.")
TOO_MANY_ROWS = _("The table has more than %(most)s rows. Split it and send the parts one after the other.")
TOO_MANY_COLUMNS = _("The table has more than %(most)s columns. Remove those that are not needed.")
MERGED = _("The cells %(range)s of sheet “%(sheet)s” are merged. Undo the merging, so that each row stands by itself.")

# Of single cells: the rest of the file can still be read.
FORMULA = _("This cell holds a formula. Paste its value in its place.")
EXCEL_ERROR = _("This cell holds an Excel error (%(error)s). Enter the value.")
NO_NAME = _("This column has no name in the first row.")
NOT_A_NUMBER = _("This cell holds a number or a date that cannot be read. Enter it again.")
TOO_LONG = _("This cell holds more than %(most)s characters. Shorten it.")
CONTROL = _("This cell holds a control character. Type its text again.")


class UnreadableFile(Unacceptable):
    """The upload cannot be read as tables; the sentence stands beside the field `file`."""

    code = "unreadable_file"

    def __init__(self, sentence: Message, **details: object) -> None:
        super().__init__({"file": say(sentence, **details) if details else sentence})


class NoSuchSheet(UnreadableFile):
    """The workbook has sheets, but none of the names that were asked for."""
