"""Which sites can run a trial, and why: pure rules, the same answer for the same input, in both languages."""

from app.matching.rules.criteria import BY_CODE, CRITERIA, RULE_VERSION, Criterion
from app.matching.rules.facts import Fact, Place, Request, Site, SourceKind, capacity_code, site_with
from app.matching.rules.picture import Picture, Relaxation, Seen, by_region, preliminary
from app.matching.rules.ranking import FULL, Band, Ranked, Run, rank
from app.matching.rules.record import (
    canonical,
    digest,
    replay,
    request_json,
    request_of,
    result_json,
    rows_of,
    run_of,
    site_of,
)
from app.matching.rules.triggers import TRIGGERS, Asked, Says, Trigger, asked
from app.matching.rules.verdicts import LADDER, Judged, Rung, Standing, Verdict, judge
from app.matching.rules.words import Offer, Reason, SpokenReason, offers, reasons_json, say_fact, speak
from app.sites.rules import FactState as State

__all__ = [
    "BY_CODE",
    "CRITERIA",
    "FULL",
    "LADDER",
    "RULE_VERSION",
    "TRIGGERS",
    "Asked",
    "Band",
    "Criterion",
    "Fact",
    "Judged",
    "Offer",
    "Picture",
    "Place",
    "Ranked",
    "Reason",
    "Relaxation",
    "Request",
    "Run",
    "Rung",
    "Says",
    "Seen",
    "Site",
    "SourceKind",
    "SpokenReason",
    "Standing",
    "State",
    "Trigger",
    "Verdict",
    "asked",
    "by_region",
    "canonical",
    "capacity_code",
    "digest",
    "judge",
    "offers",
    "preliminary",
    "rank",
    "reasons_json",
    "replay",
    "request_json",
    "request_of",
    "result_json",
    "rows_of",
    "run_of",
    "say_fact",
    "site_of",
    "site_with",
    "speak",
]
