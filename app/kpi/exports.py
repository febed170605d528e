"""The cases behind a figure as CSV that spreadsheet programs open rightly, in Japanese too, and run nothing of."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO
from typing import Final

from app.ground.calendar import in_japan
from app.ground.i18n import Locale, Message, _
from app.kpi import rules

# A cell that begins with one of these is a formula to a spreadsheet program (OWASP, CSV injection).
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Excel takes a CSV for the machine's own code page unless it begins with this mark.
BYTE_ORDER_MARK: Final = "\ufeff"

COMPANY_KINDS: Final[dict[rules.CompanyKind, Message]] = {
    rules.CompanyKind.START_UP: _("Start-up"),
    rules.CompanyKind.BIOTECH: _("Biotech company"),
    rules.CompanyKind.PHARMA: _("Pharmaceutical company"),
    rules.CompanyKind.CRO: _("CRO"),
    rules.CompanyKind.ACADEMIA: _("University or research institute"),
}
STATUSES: Final[dict[rules.Status, Message]] = {
    rules.Status.COUNTED: _("Counted"),
    rules.Status.NOT_COUNTED: _("Not counted"),
    rules.Status.NOT_YET_KNOWN: _("Not counted: not yet known"),
}
HEADINGS: Final[Sequence[Message]] = (
    _("Consultation number"),
    _("Fiscal year"),
    _("Received"),
    _("Accepted"),
    _("Intake meeting held"),
    _("Contacts"),
    _("Country"),
    _("Kind of company"),
    _("Base in Japan"),
    _("Standing"),
    _("Why"),
    _("Reason given by staff"),
    _("Version of the counting rule"),
)
BASES: Final[dict[bool | None, Message]] = {True: _("Has a base"), False: _("No base"), None: _("No information")}


def as_csv(standings: Iterable[rules.Standing], year: int, locale: Locale) -> str:
    """Return one line a case, headings first, in a language. No company, product or indication is in it."""
    text = StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([heading.in_(locale) for heading in HEADINGS])
    writer.writerows([harmless(cell) for cell in _cells(standing, year, locale)] for standing in standings)
    return text.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that a spreadsheet program shows as text and never computes."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _cells(standing: rules.Standing, year: int, locale: Locale) -> list[str]:
    case = standing.case
    kind = case.company.kind
    return [
        case.number,
        str(year),
        _day(case.received_at),
        _day(case.accepted_at),
        _day(case.met_at),
        str(len(case.contacts)),
        case.company.country or "",
        COMPANY_KINDS[kind].in_(locale) if kind else "",
        BASES[case.base_in_japan].in_(locale),
        STATUSES[standing.status].in_(locale),
        standing.sentence.in_(locale),
        standing.by_hand or "",
        "" if standing.version is None else str(standing.version),
    ]


def _day(moment: datetime | None) -> str:
    return in_japan(moment).isoformat() if moment else ""
