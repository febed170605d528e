"""Builders of institutions and of what is said of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.identity.models import OrganisationKind
from app.sites.models import (
    Capacity,
    Committee,
    CommitteeMeeting,
    Contact,
    CuratorNote,
    EligiblePatients,
    Fact,
    Institution,
    NetworkMembership,
    Partnership,
    SiteQuestion,
)
from app.sites.rules import CapacityState, FactState, InstitutionKind, SourceKind, SourceOfPatients
from app.sites.rules.committees import CommitteeKind
from app.sites.rules.contacts import ContactPurpose
from tests import make
from tests.conftest import NOW

number = count(1)
TODAY = date(2026, 11, 20)


async def an_institution(session: AsyncSession, **given: Any) -> Institution:
    """Return a fictional institution, unless told otherwise."""
    n = next(number)
    names = {"name_en": f"Hospital {n}", "name_ja": f"第{n}病院"} | {
        name: given.pop(name) for name in ("name_en", "name_ja") if name in given
    }
    kind = given.get("kind", InstitutionKind.FICTIONAL)
    demo = given.get("demo", kind is InstitutionKind.FICTIONAL)
    organisation = await make.an_organisation(session, kind=OrganisationKind.INSTITUTION, demo=demo, **names)
    given = {"code": f"TEST-{n:03}", "kind": kind, "prefecture_code": "pref.14", "as_of": TODAY, "demo": demo, **given}
    return await make.saved(session, Institution(id=organisation.id, **given))


async def a_fact(session: AsyncSession, institution: Institution, **given: Any) -> Fact:
    """Return a fact from a public page; `confirmed_by` makes it one that this person vouches for."""
    confirmed_by = given.pop("confirmed_by", None)
    if confirmed_by is not None:
        given = {"confirmed_by_id": confirmed_by.id, "confirmed_at": NOW, "source_kind": SourceKind.SITE, **given}
    given = {
        "capability_code": "fih.unit",
        "state": FactState.YES,
        "source_kind": SourceKind.PUBLIC_PAGE,
        "source_url": "https://hospital.example/page",
        "as_of": TODAY,
        "confidence": "seen",
        "recorded_at": NOW,
        **given,
    }
    return await make.saved(session, Fact(id=uuid4(), institution_id=institution.id, **given))


async def a_partner(session: AsyncSession, hub: Institution, **given: Any) -> Institution:
    """Return a fictional partner that a hub names; `since`, `ended_on` and `source_url` are of the partnership."""
    said = {name: given.pop(name) for name in ("since", "ended_on", "source_url", "superseded_at") if name in given}
    partner = await an_institution(session, **{"kind": InstitutionKind.PARTNER_CLINIC, "demo": True, **given})
    await a_partnership(session, hub, partner, **said)
    return partner


async def a_partnership(session: AsyncSession, hub: Institution, partner: Institution, **given: Any) -> Partnership:
    given = {"as_of": TODAY, "recorded_at": NOW, **given}
    return await make.saved(session, Partnership(id=uuid4(), hub_id=hub.id, partner_id=partner.id, **given))


async def a_word_of_the_hub(session: AsyncSession, hub: Institution, partner: Institution, **given: Any) -> Fact:
    """Return what a hub states of its partner."""
    said = {"source_kind": SourceKind.HUB, "source_url": None, "hub_id": hub.id, "capability_code": "dct.telemedicine"}
    return await a_fact(session, partner, **{**said, **given})


async def a_membership(session: AsyncSession, network: Institution, member: Institution, **given: Any) -> None:
    given = {"source_kind": SourceKind.DEMONSTRATION, "as_of": TODAY, "recorded_at": NOW, **given}
    await make.saved(session, NetworkMembership(id=uuid4(), network_id=network.id, institution_id=member.id, **given))


async def some_room(session: AsyncSession, institution: Institution, **given: Any) -> Capacity:
    given = {
        "area_code": "area.oncology",
        "phase_code": "phase.1",
        "state": CapacityState.OPEN,
        "trials_can_start": 2,
        "as_of": TODAY,
        "recorded_at": NOW,
        **given,
    }
    return await make.saved(session, Capacity(id=uuid4(), institution_id=institution.id, **given))


async def some_patients(session: AsyncSession, institution: Institution, **given: Any) -> EligiblePatients:
    given = {
        "condition_code": "cond.als",
        "a_year": 40,
        "source_kind": SourceOfPatients.SITE,
        "as_of": TODAY,
        "recorded_at": NOW,
        **given,
    }
    return await make.saved(session, EligiblePatients(id=uuid4(), institution_id=institution.id, **given))


async def a_question(session: AsyncSession, institution: Institution, **given: Any) -> SiteQuestion:
    n = next(number)
    given = {
        "topic": "beds",
        "text_en": f"How many beds, {n}?",
        "text_ja": f"病床数は（{n}）。",
        "asked_at": NOW,
        **given,
    }
    return await make.saved(session, SiteQuestion(id=uuid4(), institution_id=institution.id, **given))


async def a_note(session: AsyncSession, institution: Institution, **given: Any) -> CuratorNote:
    given = {"field": "status_note", "note": "to be checked", **given}
    return await make.saved(session, CuratorNote(id=uuid4(), institution_id=institution.id, **given))


async def a_committee(session: AsyncSession, institution: Institution, **given: Any) -> Committee:
    n, key = next(number), uuid4()
    given = {
        "kind": CommitteeKind.IRB,
        "name_en": "Sample committee",
        "name_ja": f"第{n}委員会",
        "english_documents": FactState.UNKNOWN,
        "entrusted_review": FactState.UNKNOWN,
        "as_of": TODAY,
        "recorded_at": NOW,
        **given,
    }
    return await make.saved(session, Committee(id=key, first_id=key, institution_id=institution.id, **given))


async def a_meeting(session: AsyncSession, committee: Committee, **given: Any) -> CommitteeMeeting:
    key = uuid4()
    given = {"day": date(2026, 12, 9), "as_of": TODAY, "recorded_at": NOW, **given}
    whose = {"institution_id": committee.institution_id, "committee_id": committee.first_id}
    return await make.saved(session, CommitteeMeeting(id=key, first_id=key, **whose, **given))


async def a_contact(session: AsyncSession, institution: Institution, **given: Any) -> Contact:
    key = uuid4()
    given = {
        "purpose": ContactPurpose.GENERAL,
        "name": "見本治験事務局",
        "mail": "office@hospital.example",
        "languages": ["ja"],
        "as_of": TODAY,
        "recorded_at": NOW,
        **given,
    }
    return await make.saved(session, Contact(id=key, first_id=key, institution_id=institution.id, **given))


@asynccontextmanager
async def counted_queries(connection: AsyncConnection) -> AsyncIterator[list[str]]:
    """Count the statements that reach the database; savepoints and settings are left out."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if (
            statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))
            and "set_config" not in statement
        ):
            seen.append(statement)

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection.sync_connection, "before_cursor_execute", note)
