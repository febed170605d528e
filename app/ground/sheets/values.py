"""What a cell of a workbook says, as a person reads it in Excel: 2.0 is "2", a date is ISO 8601, 0.25 as 25% is "25%"."""

import re
from datetime import datetime, time
from decimal import Decimal
from typing import Literal

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from app.ground.i18n import say
from app.ground.sheets import errors
from app.ground.sheets.tables import Cell

Shape = Literal["general", "date", "percent"]

# Formats without a code of their own in the file (ECMA-376 part 1, 18.8.30); 27-36 and 50-58 are dates in Japanese Excel.
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PERCENT = frozenset((9, 10))
_LITERAL = re.compile(r'"[^"]*"|\\.')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NO_DAY = 60


def shape_of(number: int, code: str) -> Shape:
    """Return how a number format shows a number; `code` is empty where the file gives none."""
    if not code:
        return "date" if number in _DATES else "percent" if number in _PERCENT else "general"
    if is_date_format(code):
        return "date"
    return "percent" if "%" in _LITERAL.sub("", code) else "general"


def unescaped(text: str) -> str:
    """Return the text of a cell with _x000D_ and the like as the characters that they stand for (18.4.12, ST_Xstring)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def said_by(kind: str, text: str, shape: Shape, *, from_1904: bool) -> Cell:
    """Return what a cell says; `kind` is its type in the file (18.18.11), other than a shared string."""
    if kind == "b":
        return "TRUE" if text.strip() == "1" else "FALSE"
    if kind == "e":
        return say(errors.EXCEL_ERROR, error=text.strip()[:20])
    if kind == "d":
        return text.strip().removesuffix("Z").removesuffix("T00:00:00")
    if kind in {"str", "inlineStr"}:
        return unescaped(text)
    try:
        return _number(float(text), shape, from_1904=from_1904)
    except (ValueError, OverflowError):
        return errors.NOT_A_NUMBER


def _number(number: float, shape: Shape, *, from_1904: bool) -> str:
    if shape == "date":
        return _date(number, from_1904=from_1904)
    if shape == "percent":
        return f"{_plain(number * 100)}%"
    return _plain(number)


def _plain(number: float) -> str:
    """Return a number without an exponent, in the 15 digits that Excel keeps. Raises ValueError for NaN and the like."""
    if not -1e30 < number < 1e30:
        raise ValueError(number)
    plain = f"{Decimal(f'{number:.15g}'):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _date(serial: float, *, from_1904: bool) -> str:
    # Excel counts days from 1900 and believes that 1900 had a 29 February (day 60), which no calendar has.
    if serial < 0 or (int(serial) == _NO_DAY and not from_1904):
        raise ValueError(serial)
    moment = from_excel(serial, MAC_EPOCH if from_1904 else WINDOWS_EPOCH)
    if isinstance(moment, time):
        return f"{moment:%H:%M}"
    if not isinstance(moment, datetime):
        raise TypeError(moment)
    return f"{moment:%Y-%m-%d}" if moment.time() == time.min else f"{moment:%Y-%m-%d %H:%M}"
