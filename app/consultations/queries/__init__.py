"""Reads of the case desk; every one starts from what the reader may see."""

from app.consultations.queries.board import CaseLine, Show, Wanted, backlog, due_within, ended_cases, lanes, open_cases
from app.consultations.queries.cases import get_case_of_enquiry, get_consultation, log_of, number_of_enquiry, visible_to
from app.consultations.queries.lists import latest_list, released_sites
from app.consultations.queries.requests import (
    Request,
    asked_of,
    get_asked_site,
    name_of_institution,
    open_values,
    requests_of,
)
from app.consultations.queries.services import referral_services
from app.consultations.queries.view import CaseView, view_of

__all__ = [
    "CaseLine",
    "CaseView",
    "Request",
    "Show",
    "Wanted",
    "asked_of",
    "backlog",
    "due_within",
    "ended_cases",
    "get_asked_site",
    "get_case_of_enquiry",
    "get_consultation",
    "lanes",
    "latest_list",
    "log_of",
    "name_of_institution",
    "number_of_enquiry",
    "open_cases",
    "open_values",
    "referral_services",
    "released_sites",
    "requests_of",
    "view_of",
    "visible_to",
]
