"""Every case says in one whole sentence why it is counted or why it is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.ground.i18n import Message, Said, _, say
from app.kpi.rules.case import Case


class Status(StrEnum):
    """Where a case stands. Unknown is not "no": it waits for an answer."""

    COUNTED = "counted"
    NOT_COUNTED = "not_counted"
    NOT_YET_KNOWN = "not_yet_known"


class Reason(StrEnum):
    """Why a case stands where it stands."""

    MEETS_THE_RULE = "meets_the_rule"
    INCLUDED_BY_HAND = "included_by_hand"
    EXCLUDED_BY_HAND = "excluded_by_hand"
    MERGED = "merged"
    IN_TRIAGE = "in_triage"
    REFERRED = "referred"
    OUT_OF_SCOPE = "out_of_scope"
    WITHDRAWN = "withdrawn"
    NOT_MET = "not_met"
    OTHER_YEAR = "other_year"
    NO_RULE = "no_rule"
    DOMESTIC = "domestic"
    OTHER_KIND = "other_kind"
    BASE_IN_JAPAN = "base_in_japan"
    NOT_MRCT = "not_mrct"
    SAME_MATTER = "same_matter"
    COMPANY_UNKNOWN = "company_unknown"
    COUNTRY_UNKNOWN = "country_unknown"
    KIND_UNKNOWN = "kind_unknown"
    BASE_UNKNOWN = "base_unknown"
    MRCT_UNKNOWN = "mrct_unknown"
    MATTER_UNKNOWN = "matter_unknown"


SENTENCES: Final[Mapping[Reason, Message]] = {
    Reason.MEETS_THE_RULE: _(
        "Counted: a multi-regional clinical trial of an overseas start-up or pharmaceutical company."
    ),
    Reason.INCLUDED_BY_HAND: _("Counted: included by a decision of staff, with the reason on record."),
    Reason.EXCLUDED_BY_HAND: _("Not counted: excluded by a decision of staff, with the reason on record."),
    Reason.MERGED: _("Not counted: merged into %(number)s, and a merged case counts once."),
    Reason.IN_TRIAGE: _("Not counted: not accepted so far, triage is still open."),
    Reason.REFERRED: _("Not counted: not accepted, referred to another service."),
    Reason.OUT_OF_SCOPE: _("Not counted: not accepted, out of scope."),
    Reason.WITHDRAWN: _("Not counted: withdrawn by the sponsor before it was accepted."),
    Reason.NOT_MET: _("Not counted: no intake meeting has been held so far."),
    Reason.OTHER_YEAR: _("Not counted in this fiscal year: the counted event belongs to another one."),
    Reason.NO_RULE: _("Not counted: no version of the counting rule was in force on that day."),
    Reason.DOMESTIC: _("Not counted: the company is not an overseas company."),
    Reason.OTHER_KIND: _("Not counted: neither a start-up nor a pharmaceutical company."),
    Reason.BASE_IN_JAPAN: _("Not counted: the company has a base in Japan."),
    Reason.NOT_MRCT: _("Not counted: not a multi-regional clinical trial (Japan only, or other research)."),
    Reason.SAME_MATTER: _(
        "Not counted: the same sponsor, product and indication is already counted in this fiscal year as %(number)s."
    ),
    Reason.COMPANY_UNKNOWN: _("Not counted: the company behind the CRO is not yet known."),
    Reason.COUNTRY_UNKNOWN: _("Not counted: the country of the company is not yet known."),
    Reason.KIND_UNKNOWN: _("Not counted: the kind of company is not yet known."),
    Reason.BASE_UNKNOWN: _("Not counted: whether the company has a base in Japan is not yet known."),
    Reason.MRCT_UNKNOWN: _("Not counted: whether it is a multi-regional clinical trial is not yet known."),
    Reason.MATTER_UNKNOWN: _(
        "Not counted: the product or the indication is not yet known, so the case cannot be told from others."
    ),
}

COUNTING: Final = frozenset({Reason.MEETS_THE_RULE, Reason.INCLUDED_BY_HAND})
WAITING: Final = frozenset(
    {
        Reason.COMPANY_UNKNOWN,
        Reason.COUNTRY_UNKNOWN,
        Reason.KIND_UNKNOWN,
        Reason.BASE_UNKNOWN,
        Reason.MRCT_UNKNOWN,
        Reason.MATTER_UNKNOWN,
    }
)


@dataclass(frozen=True)
class Standing:
    """One case in the count of one fiscal year.

    `dated` is the day in Japan of the counted event (None while it has not happened),
    `other` the number of the case that is counted in its place, `version` the rule's version.
    """

    case: Case
    reason: Reason
    dated: date | None = None
    other: str | None = None
    version: int | None = None

    @property
    def status(self) -> Status:
        """Counted, not counted, or not counted because an answer is missing."""
        if self.reason in COUNTING:
            return Status.COUNTED
        return Status.NOT_YET_KNOWN if self.reason in WAITING else Status.NOT_COUNTED

    @property
    def counted(self) -> bool:
        """Whether the case is one of the cases (実件数) of the year."""
        return self.reason in COUNTING

    @property
    def sentence(self) -> Said:
        """Why, as one whole sentence, naming the other case where there is one."""
        message = SENTENCES[self.reason]
        return say(message, number=self.other) if self.other else say(message)

    @property
    def by_hand(self) -> str | None:
        """The reason that staff gave, where the case stands by their decision."""
        decided = self.reason in {Reason.INCLUDED_BY_HAND, Reason.EXCLUDED_BY_HAND}
        return self.case.decision.reason if decided and self.case.decision else None
