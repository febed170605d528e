"""The counting rule, pure: cases in, standings with their reasons out."""

from app.kpi.rules.case import (
    JAPAN,
    Case,
    Choice,
    Company,
    CompanyKind,
    Decision,
    Ending,
    Event,
    Meeting,
    Merge,
    TurnedAway,
    as_known_at,
    fold,
)
from app.kpi.rules.counting import Count, count
from app.kpi.rules.rule import Rule, Version
from app.kpi.rules.series import (
    MONTHS,
    Month,
    Outlook,
    by_month,
    outlook,
    poisson,
    running_total,
)
from app.kpi.rules.standing import (
    COUNTING,
    SENTENCES,
    WAITING,
    Reason,
    Standing,
    Status,
)

__all__ = [
    "COUNTING",
    "JAPAN",
    "MONTHS",
    "SENTENCES",
    "WAITING",
    "Case",
    "Choice",
    "Company",
    "CompanyKind",
    "Count",
    "Decision",
    "Ending",
    "Event",
    "Meeting",
    "Merge",
    "Month",
    "Outlook",
    "Reason",
    "Rule",
    "Standing",
    "Status",
    "TurnedAway",
    "Version",
    "as_known_at",
    "by_month",
    "count",
    "fold",
    "outlook",
    "poisson",
    "running_total",
]
