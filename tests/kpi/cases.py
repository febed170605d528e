"""Builders of the counting rule's own values: what a test does not say is an ordinary counted case."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count as numbers

from app.kpi import rules
from app.kpi.rules import Case, Company, CompanyKind, Event, Meeting, Rule, Version

COUNTED_KINDS = frozenset({CompanyKind.START_UP, CompanyKind.BIOTECH, CompanyKind.PHARMA})
VERSION = Version(1, COUNTED_KINDS, date(2025, 4, 1))
ACCEPTED = Rule("accepted", Event.ACCEPTED, (VERSION,))
MET = Rule("met", Event.MET, (VERSION,))
LATER = datetime(2027, 3, 31, 14, 0, tzinfo=UTC)

_next = numbers(1)


def on(month: int, day: int, hour: int = 3, minute: int = 0, *, year: int = 2026) -> datetime:
    """An instant in UTC; at 3 o'clock it is noon in Japan."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def a_company(
    name: str = "Northwind Bio",
    country: str | None = "US",
    kind: str | None = "biotech",
) -> Company:
    return Company(name, country, CompanyKind(kind) if kind else None)


def a_case(**given: object) -> Case:
    """A counted case: received on 14 April 2026, accepted the next day, a matter of its own."""
    number = next(_next)
    case = Case(
        number=f"2026-{number:04}",
        received_at=on(4, 14),
        requester=a_company(),
        base_in_japan=False,
        is_mrct=True,
        product=f"NWB-{number}",
        indication="ulcerative_colitis",
        accepted_at=on(4, 15),
    )
    if "received_at" in given and "accepted_at" not in given:
        received = given["received_at"]
        assert isinstance(received, datetime)
        given["accepted_at"] = received + timedelta(days=1)
    return replace(case, **given)  # type: ignore[arg-type]


def a_meeting(held_at: datetime, recorded_at: datetime | None = None) -> Meeting:
    return Meeting(held_at, recorded_at or held_at)


def counted(*cases: Case, rule: Rule = ACCEPTED, year: int = 2026, at: datetime = LATER) -> rules.Count:
    return rules.count(cases, rule, year=year, at=at)


def the_reason(
    case: Case,
    *others: Case,
    rule: Rule = ACCEPTED,
    year: int = 2026,
    at: datetime = LATER,
) -> str:
    """Why a case of the year stands as it does; looked up in every figure of the year."""
    result = counted(case, *others, rule=rule, year=year, at=at)
    everywhere = (*result.received, *result.accepted, *result.met)
    return next(standing.reason.value for standing in everywhere if standing.case.number == case.number)
