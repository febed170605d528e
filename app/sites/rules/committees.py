"""The committees that review trials: what they are and what they take, as their institution states it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.ground.i18n import Message, _
from app.sites.rules.facts import FactState
from app.sites.rules.texts import Errors, read_as_of, read_name, read_note


class CommitteeKind(StrEnum):
    """Under which law a committee reviews: IRB for 治験 (GCP省令), CRB for 特定臨床研究 (臨床研究法), or another."""

    IRB = "irb"
    CRB = "crb"
    OTHER = "other"

    @property
    def label(self) -> Message:
        """The kind in the reader's words."""
        return _KINDS[self]


_KINDS = {
    CommitteeKind.IRB: _("Institutional review board (IRB)"),
    CommitteeKind.CRB: _("Certified review board (CRB)"),
    CommitteeKind.OTHER: _("Another committee"),
}


@dataclass(frozen=True)
class CommitteeStatement:
    """What an institution says of one of its committees, on one day."""

    kind: CommitteeKind
    name_en: str | None
    name_ja: str | None
    english_documents: FactState
    entrusted_review: FactState
    note: str | None
    as_of: date


def read_committee(typed: Mapping[str, str], *, today: date) -> tuple[CommitteeStatement | None, Errors]:
    """Read the form of a committee.

    `typed` holds kind, name_ja, name_en, english_documents, entrusted_review, note and as_of as they were typed;
    `today` is the day in Japan. Returns the statement, or None with a sentence for each field that cannot be taken.
    """
    errors: Errors = {}
    kind = typed.get("kind", "")
    if kind not in set(CommitteeKind):
        errors["kind"] = _("Choose what kind of committee it is.")
    name_ja = read_name(typed.get("name_ja", ""), "name_ja", errors)
    name_en = read_name(typed.get("name_en", ""), "name_en", errors)
    if not (name_ja or name_en):
        errors["name_ja"] = _("Enter the name of the committee in at least one language.")
    states = {field: _state(typed.get(field, ""), field, errors) for field in ("english_documents", "entrusted_review")}
    note = read_note(typed.get("note", ""), errors)
    as_of = read_as_of(typed.get("as_of", ""), today, errors)
    if errors:
        return None, errors
    return CommitteeStatement(CommitteeKind(kind), name_en, name_ja, **states, note=note, as_of=as_of), {}


def _state(text: str, field: str, errors: Errors) -> FactState:
    if text in set(FactState):
        return FactState(text)
    errors[field] = _("Choose one of the four. Where you do not know, choose “No information”.")
    return FactState.UNKNOWN
