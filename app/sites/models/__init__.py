"""Institutions and what is known of them: facts, capacity and partnerships are added and superseded, never overwritten."""

from app.sites.models.capacity import Capacity, EligiblePatients
from app.sites.models.committees import Committee, CommitteeMeeting
from app.sites.models.confirmations import ConfirmationLink, ConfirmationReminder, ConfirmationRound
from app.sites.models.contacts import Contact
from app.sites.models.facts import CuratorNote, Fact, FactCheck, FreshnessPeriod, SiteQuestion
from app.sites.models.institutions import Institution
from app.sites.models.partners import NetworkMembership, PartnerImport, Partnership
from app.sites.models.sheets import SheetImport

__all__ = [
    "Capacity",
    "Committee",
    "CommitteeMeeting",
    "ConfirmationLink",
    "ConfirmationReminder",
    "ConfirmationRound",
    "Contact",
    "CuratorNote",
    "EligiblePatients",
    "Fact",
    "FactCheck",
    "FreshnessPeriod",
    "Institution",
    "NetworkMembership",
    "PartnerImport",
    "Partnership",
    "SheetImport",
    "SiteQuestion",
]
