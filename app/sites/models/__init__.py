"""Institutions and what is known of them: facts and capacity are added and superseded, never overwritten."""

from app.sites.models.capacity import Capacity
from app.sites.models.facts import CuratorNote, Fact, SiteQuestion
from app.sites.models.institutions import Institution, NetworkMembership

__all__ = ["Capacity", "CuratorNote", "Fact", "Institution", "NetworkMembership", "SiteQuestion"]
