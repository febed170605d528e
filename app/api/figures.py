"""The figures as JSON, for those who may read them: every field is always there, absence is an explicit null."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from app.asking.transaction import InSettings, Now, Transaction
from app.asking.who import FiguresReader
from app.ground.calendar import end_of, in_japan
from app.kpi import queries, rules

router = APIRouter(prefix="/figures", tags=["figures"])


class CaseOut(BaseModel):
    """One case of the year's counted event. No company, product or indication is in it."""

    number: str
    received: date
    accepted: date | None
    met: date | None
    country: str | None
    kind: rules.CompanyKind | None
    base_in_japan: bool | None
    status: rules.Status
    reason: rules.Reason
    counted_as: str | None


class MonthOut(BaseModel):
    """One month; the numbers are null while it is still to come."""

    year: int
    month: int
    counted: int | None
    total: int | None
    contacts: int | None


class OutlookOut(BaseModel):
    """The count at the end of the year if the pace holds, with an 80 % interval."""

    expected: int
    low: int
    high: int


class FiguresOut(BaseModel):
    """A fiscal year in Japan time under one counting rule."""

    fiscal_year: int
    as_of: datetime
    rule: str
    rule_version: int
    event: rules.Event
    includes_demonstration: bool
    received: int
    accepted: int
    met: int
    contacts: int
    counted: int
    not_yet_known: int
    target: int | None
    target_fiscal_year: int | None
    outlook: OutlookOut | None
    months: list[MonthOut]
    cases: list[CaseOut]


@router.get("", response_model=FiguresOut)
async def figures(
    session: Transaction,
    reader: FiguresReader,
    settings: InSettings,
    now: Now,
    year: Annotated[int | None, Query(ge=2015, le=2100)] = None,
    as_of: date | None = None,
    rule: Annotated[str | None, Query(max_length=40)] = None,
) -> FiguresOut:
    """Return a fiscal year's figures (default: the current one, as known now, under the chosen rule).

    `as_of` is a day in Japan, that day included; a day to come is now.
    """
    at = now if as_of is None else min(end_of(as_of), now)
    wanted = queries.Wanted(at, year, rule, settings.demonstration)
    return _out(await queries.figures(session, wanted, reader=reader), with_demo=settings.demonstration)


def _out(found: queries.Figures, *, with_demo: bool) -> FiguresOut:
    count, ahead = found.count, rules.outlook(found.count)
    return FiguresOut(
        fiscal_year=count.year,
        as_of=count.at,
        rule=count.rule.code,
        rule_version=found.version.version,
        event=count.rule.event,
        includes_demonstration=with_demo,
        received=len(count.received),
        accepted=len(count.accepted),
        met=len(count.met),
        contacts=len(count.contacts),
        counted=found.total,
        not_yet_known=len(count.waiting),
        target=found.target.value if found.target else None,
        target_fiscal_year=found.target.fiscal_year if found.target else None,
        outlook=OutlookOut(expected=ahead.expected, low=ahead.low, high=ahead.high) if ahead else None,
        months=[
            MonthOut(year=m.year, month=m.month, counted=m.counted, total=m.total, contacts=m.contacts)
            for m in rules.by_month(count)
        ],
        cases=[_case(standing) for standing in count.events],
    )


def _case(standing: rules.Standing) -> CaseOut:
    case = standing.case
    return CaseOut(
        number=case.number,
        received=in_japan(case.received_at),
        accepted=_day(case.accepted_at),
        met=_day(case.met_at),
        country=case.company.country,
        kind=case.company.kind,
        base_in_japan=case.base_in_japan,
        status=standing.status,
        reason=standing.reason,
        counted_as=standing.other,
    )


def _day(moment: datetime | None) -> date | None:
    return in_japan(moment) if moment else None
