"""How many eligible patients a year an institution states for a condition: dated, sourced, never inferred."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.ground.i18n import Message, Said, _, say
from app.sites.rules.days import read_day
from app.sites.rules.statements import OLDEST, read_note, read_page

MOST_A_YEAR = 1_000_000
LONGEST_SOURCE = 200
# Fewer than ten patients could be known one by one (product.md, guard rails).
SHOWN_FROM = 10

Errors = dict[str, Message | Said]


class SourceOfPatients(StrEnum):
    """Who counted: the institution itself, or a disease registry such as one of the CIN."""

    SITE = "site"
    DISEASE_REGISTRY = "disease_registry"

    @property
    def label(self) -> Message:
        """The source in the reader's words."""
        return _("Stated by the site") if self is SourceOfPatients.SITE else _("Disease registry")


@dataclass(frozen=True)
class PatientStatement:
    """So many eligible patients a year; None withdraws what was said before."""

    a_year: int | None
    source_kind: SourceOfPatients
    source_words: str | None
    page: str | None
    note: str | None
    as_of: date


def read_patients(typed: Mapping[str, str], *, today: date) -> tuple[PatientStatement | None, Errors]:
    """Read the form on eligible patients: a_year, source_kind, source_words, page, note and as_of as they were typed.

    An empty number withdraws the statement. Returns the statement, or None with a sentence for each field that cannot
    be taken.
    """
    errors: Errors = {}
    a_year = _a_year(typed.get("a_year", ""), errors)
    kind = typed.get("source_kind", "")
    if kind not in set(SourceOfPatients):
        errors["source_kind"] = _("Choose who counted.")
    words = read_note(typed.get("source_words", ""), "source_words", errors, longest=LONGEST_SOURCE)
    if kind == SourceOfPatients.DISEASE_REGISTRY and not words:
        errors["source_words"] = _("Name the disease registry.")
    page = read_page(typed.get("page", ""), errors)
    note = read_note(typed.get("note", ""), "note", errors)
    as_of = read_day(typed.get("as_of", ""))
    if as_of is None or not OLDEST <= as_of <= today:
        errors["as_of"] = say(
            _("“%(typed)s” cannot be the date of this statement. Enter a day from 2000 on, not after today."),
            typed=typed.get("as_of", ""),
        )
    if errors or as_of is None:
        return None, errors
    return PatientStatement(a_year, SourceOfPatients(kind), words, page, note, as_of), {}


def _a_year(text: str, errors: Errors) -> int | None:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10 and int(plain) <= MOST_A_YEAR):
        errors["a_year"] = say(
            _("“%(typed)s” is not a number of patients. Enter a whole number, or leave it empty to withdraw it."),
            typed=text,
        )
        return None
    return int(plain)


def small(a_year: int) -> bool:
    """Say whether a count of patients is shown only as fewer than ten; none at all is no count of anybody."""
    return 0 < a_year < SHOWN_FROM
