"""Reads of the case desk; every one starts from what the reader may see."""

from app.consultations.queries.cases import get_case_of_enquiry, get_consultation, log_of, visible_to
from app.consultations.queries.lists import latest_list, released_sites
from app.consultations.queries.requests import get_asked_site, requests_of

__all__ = [
    "get_asked_site",
    "get_case_of_enquiry",
    "get_consultation",
    "latest_list",
    "log_of",
    "released_sites",
    "requests_of",
    "visible_to",
]
