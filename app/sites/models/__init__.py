"""Institutions and what is known of them: facts and capacity are added and superseded, never overwritten."""

from app.sites.models.capacity import Capacity, EligiblePatients
from app.sites.models.facts import CuratorNote, Fact, FactCheck, FreshnessPeriod, SiteQuestion
from app.sites.models.institutions import Institution, NetworkMembership

__all__ = [
    "Capacity",
    "CuratorNote",
    "EligiblePatients",
    "Fact",
    "FactCheck",
    "FreshnessPeriod",
    "Institution",
    "NetworkMembership",
    "SiteQuestion",
]
