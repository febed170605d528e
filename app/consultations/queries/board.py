"""The officers' board: every open case with its clock, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import AskedSite, CaseState, Consultation, ConsultationEvent
from app.consultations.queries.cases import entry_of, visible_to
from app.consultations.rules.clock import Clock, LogEntry, Tone, clock_of
from app.consultations.rules.stages import Lane, Stage, lane_of
from app.enquiries.models import EnquiryValueN
from app.ground import calendar
from app.ground.paging import Paged, Paging
from app.identity.models import Organisation, Person
from app.identity.rules import Actor
from app.terms.models import Concept

TITLE_FIELDS = ("condition", "phase", "first_in_human")


class Show(StrEnum):
    """Which cases the board shows."""

    OPEN = "open"
    ATTENTION = "attention"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True)
class Wanted:
    """What the filters of the board ask for."""

    show: Show = Show.OPEN
    mine: bool = False
    text: str = ""


@dataclass(frozen=True)
class CaseLine:
    """One case as a list shows it; `values` are those of its title, `concepts` their names."""

    case: Consultation
    company: Organisation
    owner: Person | None
    values: Mapping[str, Any]
    concepts: Mapping[str, Concept]
    clock: Clock
    asked: int
    answered: int

    @property
    def condition(self) -> Concept | None:
        """What the trial is about."""
        return self.concepts.get(str(self.values.get("condition")))

    @property
    def phase(self) -> Concept | None:
        """The trial's phase."""
        return self.concepts.get(str(self.values.get("phase")))

    @property
    def first_in_human(self) -> bool:
        """Whether nobody has had the product before."""
        return self.values.get("first_in_human") == "yes"

    @property
    def stage(self) -> Stage:
        """Where the case stands."""
        return Stage(self.case.stage)


@dataclass(frozen=True)
class Backlog:
    """One stage: how many cases stand there, how many are late or wait, and the one that is there longest."""

    stage: Stage
    lines: Sequence[CaseLine] = field(default_factory=tuple)

    def count(self, tone: Tone) -> int:
        """How many clocks show this."""
        return sum(line.clock.tone is tone for line in self.lines)

    @property
    def longest(self) -> CaseLine:
        """The case that has used the most business days."""
        return max(self.lines, key=lambda line: line.clock.used)


def lanes(lines: Iterable[CaseLine]) -> dict[Lane, list[CaseLine]]:
    """Put cases into the columns of the board, most urgent first."""
    columns: dict[Lane, list[CaseLine]] = {lane: [] for lane in Lane}
    for line in sorted(lines, key=lambda line: (line.clock.urgency, line.case.number)):
        columns[lane_of(line.stage)].append(line)
    return columns


def backlog(lines: Iterable[CaseLine]) -> list[Backlog]:
    """Return the stages at which cases stand."""
    by_stage: dict[Stage, list[CaseLine]] = defaultdict(list)
    for line in lines:
        by_stage[line.stage].append(line)
    return [Backlog(stage, by_stage[stage]) for stage in sorted(by_stage)]


def due_within(lines: Iterable[CaseLine], first: int, last: int) -> int:
    """Count the cases whose clock has from `first` to `last` business days left."""
    left = [line.clock.left for line in lines]
    return sum(days is not None and first <= days <= last for days in left)


async def open_cases(
    session: AsyncSession,
    wanted: Wanted,
    *,
    reader: Actor,
    now: datetime,
    closing_days: Container[date] = calendar.NO_CLOSING_DAYS,
) -> list[CaseLine]:
    """Return the open cases that the filters ask for."""
    chosen = _filtered(wanted, reader).where(Consultation.state == CaseState.OPEN)
    lines = await lines_of(session, chosen.order_by(Consultation.number), now, closing_days)
    tones = {Show.ATTENTION: (Tone.LATE, Tone.SOON), Show.PAUSED: (Tone.PAUSED,)}.get(wanted.show)
    return lines if tones is None else [line for line in lines if line.clock.tone in tones]


async def ended_cases(
    session: AsyncSession, wanted: Wanted, paging: Paging, *, reader: Actor, now: datetime
) -> Paged[CaseLine]:
    """Return a page of the cases that go no further, the latest first."""
    chosen = _filtered(wanted, reader).where(Consultation.state != CaseState.OPEN)
    total = await session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    page = chosen.order_by(Consultation.closed_at.desc(), Consultation.number.desc())
    page = page.offset(paging.offset).limit(paging.size)
    return Paged(await lines_of(session, page, now, calendar.NO_CLOSING_DAYS), total, paging)


def _filtered(wanted: Wanted, reader: Actor) -> Select[Any]:
    chosen = visible_to(reader)
    if wanted.mine:
        chosen = chosen.where(Consultation.owner_id == reader.person_id)
    return chosen.where(_named(wanted.text)) if wanted.text else chosen


def _named(text: str) -> ColumnElement[bool]:
    """What is typed may be part of a number, of the company's name or of the condition's."""
    company = exists().where(
        Organisation.id == Consultation.organisation_id,
        or_(
            Organisation.name_en.icontains(text, autoescape=True), Organisation.name_ja.icontains(text, autoescape=True)
        ),
    )
    condition = exists().where(
        EnquiryValueN.enquiry_id == Consultation.enquiry_id,
        EnquiryValueN.field == "condition",
        EnquiryValueN.value == func.to_jsonb(Concept.code),
        or_(Concept.name_en.icontains(text, autoescape=True), Concept.name_ja.icontains(text, autoescape=True)),
    )
    return or_(Consultation.number.contains(text, autoescape=True), company, condition)


async def lines_of(
    session: AsyncSession, chosen: Select[Any], now: datetime, closing_days: Container[date]
) -> list[CaseLine]:
    """Return chosen cases as lists show them; `chosen` selects cases that the reader may see."""
    cases = list(await session.scalars(chosen))
    ids = [case.id for case in cases]
    values = await _titles(session, [case.enquiry_id for case in cases])
    concepts = await _concepts(session, values.values())
    logs = await _logs(session, ids)
    asked = await _asked(session, ids)
    companies = await _by_id(session, Organisation, {case.organisation_id for case in cases})
    owners = await _by_id(session, Person, {case.owner_id for case in cases if case.owner_id})
    return [
        CaseLine(
            case=case,
            company=companies[case.organisation_id],
            owner=owners.get(case.owner_id),
            values=values[case.enquiry_id],
            concepts=concepts,
            clock=clock_of(logs[case.id], now=now, closing_days=closing_days),
            asked=asked[case.id][0],
            answered=asked[case.id][1],
        )
        for case in cases
    ]


async def _titles(session: AsyncSession, enquiry_ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    columns = select(EnquiryValueN.enquiry_id, EnquiryValueN.field, EnquiryValueN.value)
    wanted = columns.where(EnquiryValueN.enquiry_id.in_(enquiry_ids), EnquiryValueN.field.in_(TITLE_FIELDS))
    titles: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for enquiry_id, name, value in await session.execute(wanted):
        titles[enquiry_id][name] = value
    return titles


async def _concepts(session: AsyncSession, values: Iterable[Mapping[str, Any]]) -> dict[str, Concept]:
    codes = {value for title in values for value in title.values() if isinstance(value, str)}
    return {concept.code: concept for concept in await session.scalars(select(Concept).where(Concept.code.in_(codes)))}


async def _logs(session: AsyncSession, ids: list[UUID]) -> dict[UUID, list[LogEntry]]:
    events = select(ConsultationEvent).where(ConsultationEvent.consultation_id.in_(ids))
    logs: dict[UUID, list[LogEntry]] = defaultdict(list)
    for event in await session.scalars(events.order_by(ConsultationEvent.at, ConsultationEvent.id)):
        logs[event.consultation_id].append(entry_of(event))
    return logs


async def _asked(session: AsyncSession, ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    counts = select(AskedSite.consultation_id, func.count(), func.count(AskedSite.answer))
    rows = await session.execute(counts.where(AskedSite.consultation_id.in_(ids)).group_by(AskedSite.consultation_id))
    known: dict[UUID, tuple[int, int]] = defaultdict(lambda: (0, 0))
    known.update({case_id: (asked, answered) for case_id, asked, answered in rows})
    return known


async def _by_id(session: AsyncSession, kind: Any, ids: Iterable[UUID | None]) -> dict[UUID | None, Any]:
    return {row.id: row for row in await session.scalars(select(kind).where(kind.id.in_(list(ids))))}
