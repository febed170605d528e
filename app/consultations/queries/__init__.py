"""Reads of the case desk; every one starts from what the reader may see."""

from app.consultations.queries.board import CaseLine, Show, Wanted, backlog, due_within, ended_cases, lanes, open_cases
from app.consultations.queries.cases import get_case_of_enquiry, get_consultation, log_of, visible_to
from app.consultations.queries.lists import latest_list, released_sites
from app.consultations.queries.requests import get_asked_site, requests_of

__all__ = [
    "CaseLine",
    "Show",
    "Wanted",
    "backlog",
    "due_within",
    "ended_cases",
    "get_asked_site",
    "get_case_of_enquiry",
    "get_consultation",
    "lanes",
    "latest_list",
    "log_of",
    "open_cases",
    "released_sites",
    "requests_of",
    "visible_to",
]
