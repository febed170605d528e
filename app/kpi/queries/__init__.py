"""Reads of counting: who may see figures, what the rule reads, a year with every case behind every number."""

from app.kpi.queries.figures import (
    CaseRecord,
    Decided,
    Figures,
    PublicFigures,
    Wanted,
    all_rules,
    all_targets,
    case_record,
    chosen_rule,
    decisions_of,
    figures,
    public_figures,
)
from app.kpi.queries.record import FIELDS, cases, consultation_of, counting, visible_to

__all__ = [
    "FIELDS",
    "CaseRecord",
    "Decided",
    "Figures",
    "PublicFigures",
    "Wanted",
    "all_rules",
    "all_targets",
    "case_record",
    "cases",
    "chosen_rule",
    "consultation_of",
    "counting",
    "decisions_of",
    "figures",
    "public_figures",
    "visible_to",
]
