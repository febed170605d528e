"""A database at the size that the product is designed for: 2,000 institutions, hundreds of consultations.

All of it is invented, written in bulk, and thrown away after the run.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import Consultation, ConsultationEvent, IntakeMeeting
from app.consultations.rules.stages import CaseState, Stage
from app.enquiries.models import Enquiry, EnquiryStage, EnquiryValueA, EnquiryValueN, EnquiryValueW, ValueSource
from app.ground.db import Base
from app.identity.models import Membership, Organisation, OrganisationKind, Person
from app.identity.rules import Role
from app.sites.models import Fact, Institution
from app.sites.rules import FactState, InstitutionKind, SourceKind
from app.terms.models import Concept

FACTS_EACH = 20
NAMES_AREAS = "site.therapeutic_areas"
AREAS = ("area.oncology|area.neurology", "area.cardiology", "area.oncology")
ENQUIRIES_OF_A_COMPANY = 3
COUNTRIES = ("US", "GB", "DE", "FR", "CH", "KR", "DK")
KINDS = ("start_up", "biotech", "pharma")
Rows = Sequence[dict[str, Any]]


async def codes_of(session: AsyncSession, vocabulary: str) -> list[str]:
    """Return the codes of a vocabulary, in their order."""
    wanted = select(Concept.code).where(Concept.vocabulary == vocabulary).order_by(Concept.position, Concept.code)
    return list(await session.scalars(wanted))


async def add_institutions(
    session: AsyncSession,
    number: int,
    *,
    now: datetime,
    kind: InstitutionKind = InstitutionKind.PARTNER,
    facts_each: int = FACTS_EACH,
) -> list[UUID]:
    """Add institutions of a kind all over Japan, each with facts of mixed state, source and age; return their ids."""
    prefectures, capabilities = await codes_of(session, "prefecture"), await codes_of(session, "capability")
    ids = [uuid4() for _ in range(number)]
    await put(session, Organisation, [_clinic(key, n, now) for n, key in enumerate(ids)])
    institutions = [
        {
            "id": key,
            "code": f"BENCH-{key}",
            "kind": kind,
            "prefecture_code": prefectures[n % len(prefectures)],
            "as_of": now.date(),
            "demo": False,
        }
        for n, key in enumerate(ids)
    ]
    await put(session, Institution, institutions)
    await put(
        session, Fact, [fact for n, key in enumerate(ids) for fact in _facts(key, n, capabilities, now, facts_each)]
    )
    return ids


def _clinic(key: UUID, n: int, now: datetime) -> dict[str, Any]:
    names = {"name_en": f"Bench Clinic {n:05}", "name_ja": f"計測用診療所{n:05}"}
    return {"id": key, "kind": OrganisationKind.INSTITUTION, "created_at": now, "demo": False, **names}


async def fill_up_facts(session: AsyncSession, facts_each: int, *, now: datetime) -> None:
    """Give every institution of the seed so many facts, so that small and large profiles are equally long."""
    capabilities = await codes_of(session, "capability")
    told: dict[UUID, set[str]] = {}
    for key, code in await session.execute(select(Fact.institution_id, Fact.capability_code)):
        told.setdefault(key, set()).add(code)
    for n, key in enumerate(sorted(await session.scalars(select(Institution.id)))):
        more = [code for code in capabilities if code not in told.get(key, set())]
        await put(session, Fact, list(_facts(key, n, more, now, facts_each - len(told.get(key, ())))))


def _facts(key: UUID, n: int, capabilities: list[str], now: datetime, facts_each: int) -> Iterator[dict[str, Any]]:
    for turn in range(n, n + min(facts_each, len(capabilities))):
        yield {
            "id": uuid4(),
            "institution_id": key,
            "capability_code": capabilities[turn % len(capabilities)],
            "state": tuple(FactState)[turn % len(FactState)],
            "value": AREAS[turn % len(AREAS)] if capabilities[turn % len(capabilities)] == NAMES_AREAS else None,
            "source_kind": SourceKind.PUBLIC_PAGE,
            "source_url": "https://clinic.example/",
            "further_sources": [],
            "as_of": (now - timedelta(days=30 * (turn % 24))).date(),
            "confidence": "seen",
            "recorded_at": now,
        }


async def add_consultations(session: AsyncSession, number: int, *, now: datetime) -> None:
    """Add accepted consultations over the last two years, three from each company, most of them met.

    The newest quarter is open, the rest is closed.
    """
    conditions, phases = await codes_of(session, "condition"), await codes_of(session, "phase")
    person = await _a_person(session, now)
    companies = [uuid4() for _ in range(-(-number // ENQUIRIES_OF_A_COMPANY))]
    await put(session, Organisation, [_company(key, n, now) for n, key in enumerate(companies)])
    made = [_Made(n, companies[n // ENQUIRIES_OF_A_COMPANY], person, number, now) for n in range(number)]
    await put(session, Enquiry, [one.enquiry() for one in made])
    for tier, answers in (
        (EnquiryValueN, lambda one: one.open_answers(conditions, phases)),
        (EnquiryValueA, _Made.confidential_answers),
        (EnquiryValueW, _Made.window_answers),
    ):
        await put(session, tier, [row for one in made for row in one.values(answers(one))])
    await put(session, Consultation, [one.consultation() for one in made])
    await put(session, ConsultationEvent, [event for one in made for event in one.events()])
    await put(session, IntakeMeeting, [one.meeting() for one in made if one.n % 4])


async def an_officer(session: AsyncSession, *, now: datetime) -> Person:
    """Add an officer of the window, who reads every page that is measured."""
    operator = (await session.scalars(select(Organisation).where(Organisation.kind == OrganisationKind.OPERATOR))).one()
    person = Person(id=uuid4(), email="officer@bench.example", name="Bench Officer", language="ja", created_at=now)
    session.add(person)
    await session.flush()
    session.add(Membership(person_id=person.id, organisation_id=operator.id, role=Role.STAFF, created_at=now))
    await session.flush()
    return person


async def _a_person(session: AsyncSession, now: datetime) -> UUID:
    key = uuid4()
    await put(
        session,
        Person,
        [{"id": key, "email": f"{key}@bench.example", "name": "Bench", "language": "en", "created_at": now}],
    )
    return key


def _company(key: UUID, n: int, now: datetime) -> dict[str, Any]:
    return {
        "id": key,
        "kind": OrganisationKind.SPONSOR,
        "name_en": f"Bench Bio {n:05}",
        "created_at": now,
        "demo": False,
    }


class _Made:
    """One invented consultation with everything that hangs on it."""

    def __init__(self, n: int, company: UUID, person: UUID, of: int, now: datetime) -> None:
        self.n, self.company, self.person = n, company, person
        self.received_at = now - timedelta(days=1) - timedelta(days=730) * n / of
        self.enquiry_id, self.id = uuid4(), uuid4()
        self.closed_at = None if n < of / 4 else self.received_at + timedelta(days=60)

    def enquiry(self) -> dict[str, Any]:
        moments = dict.fromkeys(("created_at", "updated_at", "submitted_at"), self.received_at)
        people = dict.fromkeys(("created_by_id", "submitted_by_id"), self.person)
        fixed = {"stage": EnquiryStage.SUBMITTED, "version": 1, "demo": False}
        return {"id": self.enquiry_id, "organisation_id": self.company, **moments, **people, **fixed}

    def open_answers(self, conditions: list[str], phases: list[str]) -> dict[str, Any]:
        return {
            "is_mrct": ("yes", "yes", "no", "not_decided")[self.n % 4],
            "base_in_japan": "no",
            "condition": conditions[self.n % len(conditions)],
            "phase": phases[self.n % len(phases)],
            "first_in_human": "no",
        }

    def confidential_answers(self) -> dict[str, Any]:
        return {"product_code": f"BB-{self.n}", "study_title": f"A study of BB-{self.n}"}

    def window_answers(self) -> dict[str, Any]:
        return {
            "company_country": COUNTRIES[self.n % len(COUNTRIES)],
            "company_kind": KINDS[self.n % len(KINDS)],
            "authority_to_act": "own_company",
        }

    def values(self, answers: dict[str, Any]) -> Iterable[dict[str, Any]]:
        whose = {"enquiry_id": self.enquiry_id, "organisation_id": self.company, "updated_by_id": self.person}
        typed = {"source": ValueSource.TYPED, "updated_at": self.received_at}
        return ({"field": field, "value": value, **whose, **typed} for field, value in answers.items())

    def consultation(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "number": f"{self.received_at.year}-{self.id.hex[:8]}",
            "enquiry_id": self.enquiry_id,
            "organisation_id": self.company,
            "stage": Stage.INTAKE,
            "state": CaseState.CLOSED if self.closed_at else CaseState.OPEN,
            "closed_at": self.closed_at,
            "closed_by_id": self.person if self.closed_at else None,
            "received_at": self.received_at,
            "accepted_at": self.received_at + timedelta(hours=6),
            "accepted_by_id": self.person,
            "owner_id": self.person,
            "demo": False,
        }

    def events(self) -> Iterable[dict[str, Any]]:
        path = (("received", Stage.RECEIVED), ("acknowledged", Stage.TRIAGE), ("accepted", Stage.INTAKE))
        for hours, (kind, stage) in enumerate(path):
            at = self.received_at + timedelta(hours=3 * hours)
            yield {"consultation_id": self.id, "kind": kind, "at": at, "details": {"entered": stage}}

    def meeting(self) -> dict[str, Any]:
        held = self.received_at + timedelta(days=6)
        texts = {"participants": "Both sides", "minutes_en": "Minutes.", "minutes_ja": "議事録"}
        whose = {"recorded_by_id": self.person, "consultation_id": self.id}
        return {"id": uuid4(), "held_at": held, "recorded_at": held, "mode": "online", **texts, **whose}


async def put(session: AsyncSession, table: type[Base], rows: Rows) -> None:
    """Write rows in bulk."""
    for first in range(0, len(rows), 5_000):
        await session.execute(insert(table), list(rows[first : first + 5_000]))
