"""Trials as a table that spreadsheet programs open rightly, in Japanese too, and run nothing of: a line a trial."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from typing import Final
from uuid import UUID

from app.ground.calendar import in_japan
from app.ground.i18n import Locale, Message, _
from app.ground.sheets.csv_files import guarded
from app.trials.models import TrialRecord
from app.trials.queries import Listed
from app.trials.record import Text
from app.trials.words import STATUSES, STUDY_TYPES

# Excel takes a CSV for the machine's own code page unless it begins with this mark.
BYTE_ORDER_MARK: Final = "\ufeff"
BETWEEN: Final = "; "
YES: Final = _("Yes")
HEADINGS: Final[Sequence[Message]] = (
    _("Registry number"),
    _("All numbers"),
    _("Registries"),
    _("Title in English"),
    _("Title in Japanese"),
    _("Status"),
    _("Phase"),
    _("Study type"),
    _("Conditions"),
    _("Sponsor in English"),
    _("Sponsor in Japanese"),
    _("Prefectures"),
    _("Institutions, as this service links them"),
    _("Registered on"),
    _("First enrolment"),
    _("Updated at the source on"),
    _("First-in-human"),
    _("Decentralised elements"),
    _("Fictional"),
    _("Addresses at the registries"),
    _("Day of reading"),
    _("Sources and terms of use"),
)


@dataclass(frozen=True)
class Names:
    """What the words of a line are taken from: names of phases and prefectures by code, conditions by record,
    names of linked institutions by trial.
    """

    locale: Locale
    terms: Mapping[str, str]
    conditions: Mapping[UUID, list[Text]] = field(default_factory=dict)
    institutions: Mapping[UUID, list[str]] = field(default_factory=dict)


def heading(locale: Locale) -> str:
    """Return the first line, with the mark by which Excel knows the encoding."""
    return BYTE_ORDER_MARK + _written([[label.in_(locale) for label in HEADINGS]])


def lines(rows: Iterable[Listed], names: Names) -> str:
    """Return a line for each trial, every cell as text that is never a formula."""
    return _written([guarded(cell) for cell in _cells(row, names)] for row in rows)


def _written(rows: Iterable[list[str]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _cells(row: Listed, names: Names) -> list[str]:
    lead, locale = row.lead, names.locale
    status, kind = STATUSES.get(lead.status or ""), STUDY_TYPES.get(lead.study_type or "")
    return [
        lead.number,
        BETWEEN.join(dict.fromkeys(record.number for record in row.records)),
        _each(record.source.terms.name.in_(locale) for record in row.records),
        lead.title_en or "",
        lead.title_ja or "",
        status.in_(locale) if status else "",
        _each(names.terms.get(code, code) for code in lead.phases),
        kind.in_(locale) if kind else "",
        _each(_said(one, locale) for one in names.conditions.get(lead.id, ())),
        lead.sponsor_en or "",
        lead.sponsor_ja or "",
        _each(names.terms.get(code, code) for code in row.prefectures),
        _each(names.institutions.get(lead.trial_id, ())),
        _day(lead.registered_on),
        _day(lead.started_on),
        _day(lead.updated_on),
        YES.in_(locale) if any(record.first_in_human for record in row.records) else "",
        YES.in_(locale) if any(record.decentralised for record in row.records) else "",
        YES.in_(locale) if lead.demo else "",
        _each(record.address or "" for record in row.records),
        _each(_read_on(record, locale) for record in row.records),
        _terms(row.records, locale),
    ]


def _read_on(record: TrialRecord, locale: Locale) -> str:
    return f"{record.source.terms.name.in_(locale)} {record.number} {in_japan(record.last_seen_at).isoformat()}"


def _terms(records: Iterable[TrialRecord], locale: Locale) -> str:
    sources = dict.fromkeys(record.source for record in records)
    return " ".join(f"{source.terms.line.in_(locale)} {source.terms.address}" for source in sources)


def _each(words: Iterable[str]) -> str:
    return BETWEEN.join(dict.fromkeys(word for word in words if word))


def _said(text: Text, locale: Locale) -> str:
    first, other = (text.ja, text.en) if locale == "ja" else (text.en, text.ja)
    return first or other or ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
