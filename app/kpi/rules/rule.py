"""The counting rule (計上基準) is data: a code, its versions with their validity, what they ask."""

from dataclasses import dataclass
from datetime import date

from app.kpi.rules.case import CompanyKind, Event


@dataclass(frozen=True)
class Version:
    """One version of a rule. `valid_to` is the last day in Japan on which it holds, or None.

    `kinds` are the kinds of overseas company that count; `refuses_base_in_japan` says whether
    a company with a base in Japan is left out (by default it is recorded and excludes nobody).
    """

    number: int
    kinds: frozenset[CompanyKind]
    valid_from: date
    valid_to: date | None = None
    refuses_base_in_japan: bool = False

    def holds_on(self, day: date) -> bool:
        """Say whether this version may be applied to an event of that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Rule:
    """A counting rule: the event that it counts, and all its versions."""

    code: str
    event: Event
    versions: tuple[Version, ...]

    def in_force(self, day: date) -> Version | None:
        """Return the version that holds on a day: the newest where two do, None where none does."""
        holding = [version for version in self.versions if version.holds_on(day)]
        return max(holding, key=lambda version: version.number, default=None)
