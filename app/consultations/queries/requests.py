"""Requests to institutions: what was asked, answered and decided, and what a hospital may read of the case."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.errors import NoSuchRequest
from app.consultations.models import AskedSite, CaseState, Consultation
from app.consultations.queries.board import CaseLine, lines_of
from app.consultations.queries.cases import visible_to
from app.consultations.rules.clock import Countdown, countdown
from app.consultations.rules.next_steps import next_for_coordinator
from app.consultations.rules.outcomes import is_final
from app.consultations.rules.stages import PATH, Stage
from app.enquiries.models import EnquiryValueN
from app.enquiries.rules import Source, Value
from app.ground import calendar
from app.ground.i18n import Message
from app.identity.models import Organisation
from app.identity.rules import Actor

# A hospital's desk shows its latest requests; older ones stay at their own addresses.
MOST = 200


@dataclass(frozen=True)
class Request:
    """One request as the asked hospital sees it; `due` counts down to the day by which it answers, while it is asked."""

    line: CaseLine
    site: AskedSite
    institution: Organisation
    due: Countdown | None

    @property
    def number(self) -> str:
        """The consultation's number, the only name that the hospital has for it."""
        return self.line.case.number

    @property
    def next(self) -> Message:
        """What happens next, to the hospital."""
        return next_for_coordinator(self.site.answer, self.site.outcome)


async def requests_of(session: AsyncSession, case: Consultation) -> list[AskedSite]:
    """Return every request of a case, in the order in which they were made."""
    asked = select(AskedSite).where(AskedSite.consultation_id == case.id)
    return list(await session.scalars(asked.order_by(AskedSite.asked_at, AskedSite.institution_id)))


async def get_asked_site(
    session: AsyncSession, case: Consultation, institution_id: UUID, *, reader: Actor
) -> AskedSite:
    """Return the request to one institution: for staff, and for that institution's own coordinators.

    Raises NoSuchRequest, in the same words whether it is absent or hidden.
    """
    asked = select(AskedSite).where(AskedSite.consultation_id == case.id, AskedSite.institution_id == institution_id)
    site: AskedSite | None = None
    if reader.is_staff or reader.is_service or institution_id in reader.institution_ids:
        site = await session.scalar(asked.execution_options(populate_existing=True))
    if site is None:
        raise NoSuchRequest
    return site


async def asked_of(
    session: AsyncSession,
    *,
    reader: Actor,
    now: datetime,
    closing_days: Container[date] = calendar.NO_CLOSING_DAYS,
    number: str | None = None,
) -> list[Request]:
    """Return the requests to the reader's institutions (those of one case where `number` is given).

    What waits for an answer comes first, the soonest due first; then the others, the latest first.
    """
    asked = select(AskedSite, Organisation).join(Organisation, Organisation.id == AskedSite.institution_id)
    asked = asked.where(AskedSite.institution_id.in_(reader.institution_ids)).order_by(AskedSite.asked_at.desc())
    rows = list(await session.execute(asked.limit(MOST)))
    mine = visible_to(reader).where(Consultation.id.in_([site.consultation_id for site, _institution in rows]))
    cases = mine.where(Consultation.number == number) if number else mine
    lines = {line.case.id: line for line in await lines_of(session, cases, now, closing_days)}
    requests = [
        Request(
            lines[site.consultation_id], site, institution, _due(lines[site.consultation_id], site, now, closing_days)
        )
        for site, institution in rows
        if site.consultation_id in lines
    ]
    return sorted(requests, key=_soonest_first)


def _soonest_first(request: Request) -> tuple[int, float]:
    if request.due is not None:
        return (0, request.due.left)
    return (1, -request.site.asked_at.timestamp())


def _due(line: CaseLine, site: AskedSite, now: datetime, closing_days: Container[date]) -> Countdown | None:
    if site.answer is not None or is_final(site.outcome) or line.case.state is not CaseState.OPEN:
        return None
    return countdown(site.asked_at, PATH[Stage.INTEREST].days or 0, now=now, closing_days=closing_days)


async def open_values(session: AsyncSession, case: Consultation) -> dict[str, Value]:
    """Return what an asked hospital may read of a case: the values of the non-confidential tier, and no others.

    Only what the sponsor typed or confirmed. The caller has made sure that the reader may see the case;
    row-level security lets nothing else through either.
    """
    rows = await session.scalars(select(EnquiryValueN).where(EnquiryValueN.enquiry_id == case.enquiry_id))
    values = {row.field: _value(row) for row in rows}
    return {field: value for field, value in values.items() if value.counts}


def _value(row: EnquiryValueN) -> Value:
    return Value(row.field, row.value, Source(row.source), confirmed_at=row.confirmed_at)


async def name_of_institution(session: AsyncSession, institution_id: UUID) -> Organisation:
    """Return an institution with its names. Raises NoSuchRequest where there is none."""
    institution = await session.get(Organisation, institution_id)
    if institution is None:
        raise NoSuchRequest
    return institution
