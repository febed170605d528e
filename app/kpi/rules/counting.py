"""Which consultations count toward the target, in which fiscal year, and why (計上基準).

Pure: the same cases, rule, year and moment give the same answer in any order.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from app.ground.calendar import fiscal_year, in_japan
from app.kpi.rules.case import JAPAN, Case, Choice, Contact, Event, TurnedAway, fold, record_at
from app.kpi.rules.rule import Rule, Version
from app.kpi.rules.standing import Reason, Standing, Status

_LEFT = {
    TurnedAway.REFERRED: Reason.REFERRED,
    TurnedAway.OUT_OF_SCOPE: Reason.OUT_OF_SCOPE,
    TurnedAway.WITHDRAWN: Reason.WITHDRAWN,
}


@dataclass(frozen=True)
class Count:
    """One fiscal year under one rule, as known at a moment.

    `received`, `accepted` and `met` hold the standing of every case whose event falls in the
    year, oldest first; a merged case stays in `received` only, so that nothing is counted
    twice. `contacts` are every receipt and meeting in the year (延べ件数).
    """

    year: int
    rule: Rule
    at: datetime
    received: tuple[Standing, ...]
    accepted: tuple[Standing, ...]
    met: tuple[Standing, ...]
    contacts: tuple[Contact, ...]

    @property
    def events(self) -> tuple[Standing, ...]:
        """The cases whose counted event falls in the year: counted or not, each with its reason."""
        return self.of(self.rule.event)

    def of(self, event: Event) -> tuple[Standing, ...]:
        """The cases behind one of the three figures that stand side by side."""
        sides = {
            Event.RECEIVED: self.received,
            Event.ACCEPTED: self.accepted,
            Event.MET: self.met,
        }
        return sides[event]

    @property
    def counted(self) -> tuple[Standing, ...]:
        """The cases (実件数) that count toward the target."""
        return tuple(standing for standing in self.events if standing.counted)

    @property
    def left_out(self) -> tuple[Standing, ...]:
        """The cases whose counted event falls in the year and that do not count."""
        return tuple(standing for standing in self.events if not standing.counted)

    @property
    def waiting(self) -> tuple[Standing, ...]:
        """The cases left out only because an answer is not yet known."""
        return tuple(s for s in self.events if s.status is Status.NOT_YET_KNOWN)


def count(
    cases: Iterable[Case],
    rule: Rule,
    *,
    year: int,
    at: datetime,
    with_demo: bool = False,
) -> Count:
    """Count a fiscal year (Japan time) under a rule, as the record stood at a moment."""
    record = record_at(cases, at, with_demo=with_demo)
    standings = {standing.case.number: standing for standing in _stand(record, rule, year)}

    def of(event: Event) -> tuple[Standing, ...]:
        return tuple(standings[case.number] for case in record if _falls_in(case, event, year))

    contacts = sorted(c for case in record for c in case.contacts if fiscal_year(c.at) == year)
    sides = of(Event.RECEIVED), of(Event.ACCEPTED), of(Event.MET)
    return Count(year, rule, at, *sides, tuple(contacts))


def standing_of(
    cases: Iterable[Case], rule: Rule, number: str, *, at: datetime, with_demo: bool = False
) -> Standing | None:
    """Return how one case stands in the fiscal year of its counted event, or else of its receipt.

    None where no case of this number was known at that moment.
    """
    record = record_at(cases, at, with_demo=with_demo)
    moments = (case.dated_by(rule.event) or case.received_at for case in record if case.number == number)
    years = [fiscal_year(moment) for moment in moments]
    return next((s for year in years for s in _stand(record, rule, year) if s.case.number == number), None)


def _falls_in(case: Case, event: Event, year: int) -> bool:
    moment = case.dated_by(event)
    once = event is Event.RECEIVED or case.merged_into is None
    return once and moment is not None and fiscal_year(moment) == year


def _stand(record: Sequence[Case], rule: Rule, year: int) -> Iterator[Standing]:
    """Judge the cases in the order of the counted event: the first of a matter is the one."""
    first: dict[tuple[str, str, str], str] = {}

    def order(case: Case) -> tuple[datetime, str]:
        return case.dated_by(rule.event) or case.received_at, case.number

    for case in sorted(record, key=order):
        standing, matter = _judge(case, rule, year), case.matter
        if standing.reason is Reason.MEETS_THE_RULE and matter in first:
            standing = replace(standing, reason=Reason.SAME_MATTER, other=first[matter])
        elif standing.counted and matter is not None:
            first.setdefault(matter, case.number)
        yield standing


def _judge(case: Case, rule: Rule, year: int) -> Standing:
    moment = case.dated_by(rule.event)
    dated = None if moment is None else in_japan(moment)
    if case.merged_into is not None:
        return Standing(case, Reason.MERGED, dated, case.merged_into)
    if dated is None:
        return Standing(case, _not_there_yet(case))
    if fiscal_year(dated) != year:
        return Standing(case, Reason.OTHER_YEAR, dated)
    version = rule.in_force(dated)
    if version is None:
        return Standing(case, Reason.NO_RULE, dated)
    return Standing(case, _judge_by(version, case), dated, None, version.number)


def _not_there_yet(case: Case) -> Reason:
    if case.accepted_at is not None:
        return Reason.NOT_MET
    return _LEFT[case.ending.how] if case.ending else Reason.IN_TRIAGE


def _judge_by(version: Version, case: Case) -> Reason:
    """Staff decide before the rule does; a plain "no" weighs more than a missing answer."""
    if case.decision is not None:
        included = case.decision.choice is Choice.INCLUDE
        return Reason.INCLUDED_BY_HAND if included else Reason.EXCLUDED_BY_HAND
    return next(chain(_refusals(version, case), _gaps(version, case)), Reason.MEETS_THE_RULE)


def _refusals(version: Version, case: Case) -> Iterator[Reason]:
    company = case.company
    if company.country == JAPAN:
        yield Reason.DOMESTIC
    if company.kind is not None and company.kind not in version.kinds:
        yield Reason.OTHER_KIND
    if version.refuses_base_in_japan and case.base_in_japan:
        yield Reason.BASE_IN_JAPAN
    if case.is_mrct is False:
        yield Reason.NOT_MRCT


def _gaps(version: Version, case: Case) -> Iterator[Reason]:
    company = case.company
    if not fold(company.name):
        yield Reason.COMPANY_UNKNOWN
    if company.country is None:
        yield Reason.COUNTRY_UNKNOWN
    if company.kind is None:
        yield Reason.KIND_UNKNOWN
    if version.refuses_base_in_japan and case.base_in_japan is None:
        yield Reason.BASE_UNKNOWN
    if case.is_mrct is None:
        yield Reason.MRCT_UNKNOWN
    if case.matter is None:
        yield Reason.MATTER_UNKNOWN
