"""What the counting rule reads of one consultation, and nothing else."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

JAPAN: Final = "JP"


class Event(StrEnum):
    """What can happen to a consultation and be counted, in the order in which it happens."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    MET = "met"


class CompanyKind(StrEnum):
    """Who enquires. A CRO enquires for another company, which is the one that counts."""

    START_UP = "start_up"
    BIOTECH = "biotech"
    PHARMA = "pharma"
    CRO = "cro"
    ACADEMIA = "academia"


class TurnedAway(StrEnum):
    """How a consultation left the window without being accepted."""

    REFERRED = "referred"
    OUT_OF_SCOPE = "out_of_scope"
    WITHDRAWN = "withdrawn"


class Choice(StrEnum):
    """What staff decided about one case by hand."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


@dataclass(frozen=True)
class Company:
    """A company as the enquiry states it. None is "not yet known", never "no"."""

    name: str | None
    country: str | None
    kind: CompanyKind | None


@dataclass(frozen=True)
class Ending:
    """A consultation left without being accepted, and when that was recorded."""

    how: TurnedAway
    at: datetime


@dataclass(frozen=True)
class Meeting:
    """A meeting held with the sponsor, and when the window knew that it was held."""

    held_at: datetime
    recorded_at: datetime


@dataclass(frozen=True)
class Decision:
    """Staff count or leave out one case by hand, with their reason; None leaves it to the rule again."""

    choice: Choice | None
    reason: str
    at: datetime


@dataclass(frozen=True)
class Merge:
    """A case was merged into another (its number), or taken out again (None)."""

    into: str | None
    at: datetime


@dataclass(frozen=True, order=True)
class Contact:
    """One contact (延べ件数) on a case: the receipt of the enquiry, or a meeting held."""

    at: datetime
    number: str
    event: Event


@dataclass(frozen=True)
class Case:
    """One consultation as the counting rule sees it.

    Instants carry a time zone. `number` is the consultation's own and unique. None in an
    answer means that it is not yet known.
    """

    number: str
    received_at: datetime
    requester: Company
    behind_the_cro: Company | None = None
    base_in_japan: bool | None = None
    is_mrct: bool | None = None
    product: str | None = None
    indication: str | None = None
    accepted_at: datetime | None = None
    ending: Ending | None = None
    meetings: tuple[Meeting, ...] = ()
    decisions: tuple[Decision, ...] = ()
    merges: tuple[Merge, ...] = ()
    demo: bool = False

    @property
    def company(self) -> Company:
        """The company that counts: the requester, or the company behind it when it is a CRO."""
        if self.requester.kind is not CompanyKind.CRO:
            return self.requester
        return self.behind_the_cro or Company(None, None, None)

    @property
    def merged_into(self) -> str | None:
        """The number of the case that carries this one on, by the latest merge on record."""
        return max(self.merges, key=lambda merge: merge.at).into if self.merges else None

    @property
    def decision(self) -> Decision | None:
        """The decision by hand that stands: the latest, unless it left the case to the rule again."""
        latest = max(self.decisions, key=lambda decision: decision.at, default=None)
        return latest if latest and latest.choice else None

    @property
    def met_at(self) -> datetime | None:
        """When the first meeting was held: later ones are contacts and move no date."""
        return min((meeting.held_at for meeting in self.meetings), default=None)

    @property
    def matter(self) -> tuple[str, str, str] | None:
        """Sponsor, product and indication folded for comparison; None while one is unknown."""
        parts = [fold(part) for part in (self.company.name, self.product, self.indication)]
        return (parts[0], parts[1], parts[2]) if all(parts) else None

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Every contact on the matter: its receipt and each meeting held."""
        receipt = Contact(self.received_at, self.number, Event.RECEIVED)
        return receipt, *(Contact(meeting.held_at, self.number, Event.MET) for meeting in self.meetings)

    def dated_by(self, event: Event) -> datetime | None:
        """Return the instant that dates an event, or None while it has not happened.

        Acceptance is dated by the receipt of the enquiry, a meeting by the day it was held
        (product.md, Counting).
        """
        if event is Event.MET:
            return self.met_at
        happened = event is Event.RECEIVED or self.accepted_at is not None
        return self.received_at if happened else None


@lru_cache(maxsize=8192)
def fold(text: str | None) -> str:
    """Reduce a name or code to what tells it apart: "ABC-101 " and "ａｂｃ 101" are one."""
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    return "".join(character for character in plain if character.isalnum()) or plain.strip()


def names_in(text: str, case: Case) -> list[str]:
    """Return the company and product names of a case that stand in a text that others will read."""
    names = (case.requester.name, case.company.name, case.product)
    return sorted({name for name in names if name and len(fold(name)) > 3 and fold(name) in fold(text)})


def as_known_at(case: Case, moment: datetime) -> Case | None:
    """Return the case as the record stood at a moment, or None where it was not yet received."""
    if case.received_at > moment:
        return None
    accepted = case.accepted_at is not None and case.accepted_at <= moment
    ended = case.ending is not None and case.ending.at <= moment
    return replace(
        case,
        accepted_at=case.accepted_at if accepted else None,
        ending=case.ending if ended else None,
        meetings=tuple(m for m in case.meetings if max(m.recorded_at, m.held_at) <= moment),
        decisions=tuple(d for d in case.decisions if d.at <= moment),
        merges=tuple(m for m in case.merges if m.at <= moment),
    )


def record_at(cases: Iterable[Case], moment: datetime, *, with_demo: bool) -> list[Case]:
    """Return the cases as known at a moment, oldest first; demonstration ones only on request."""
    wanted = (case for case in cases if with_demo or not case.demo)
    known = (as_known_at(case, moment) for case in wanted)
    return sorted(
        (case for case in known if case),
        key=lambda case: (case.received_at, case.number),
    )
