"""What the counting rule reads, gathered in a fixed number of queries however many cases there are."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, text, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.consultations.models import CaseState, Consultation, IntakeMeeting
from app.enquiries.models import EnquiryValueA, EnquiryValueN, EnquiryValueW, TierValue, ValueSource
from app.ground.calendar import fiscal_year_span
from app.identity.models import Organisation
from app.identity.rules import Actor
from app.kpi import rules
from app.kpi.errors import NoSuchCase
from app.kpi.models import CountingDecision

# What the rule reads of an enquiry, by tier; row-level security opens these fields and no others to counting
# (migration 0007), so the two lists change together.
FIELDS: Final[Mapping[type[TierValue], tuple[str, ...]]] = {
    EnquiryValueN: ("is_mrct", "condition", "base_in_japan"),
    EnquiryValueA: ("product_code",),
    EnquiryValueW: (
        "company_country",
        "company_kind",
        "company_behind",
        "company_behind_country",
        "company_behind_kind",
    ),
}
_ENDINGS: Final = {
    CaseState.REFERRED: rules.TurnedAway.REFERRED,
    CaseState.OUT_OF_SCOPE: rules.TurnedAway.OUT_OF_SCOPE,
    CaseState.WITHDRAWN: rules.TurnedAway.WITHDRAWN,
}
_KINDS: Final[Mapping[object, rules.CompanyKind]] = {kind.value: kind for kind in rules.CompanyKind}
_YES_OR_NO: Final = {"yes": True, "no": False}
_STANDING: Final = text("SELECT current_setting('madoguchi.standing', true)")
_STAND: Final = text("SELECT set_config('madoguchi.standing', :standing, true)")


def visible_to(reader: Actor) -> Select[Consultation]:
    """The one place that decides whose figures can be read down to the case: staff, observers, administrators."""
    return select(Consultation).where(true() if reader.may_read_figures or reader.is_service else false())


async def consultation_of(session: AsyncSession, number: str, *, reader: Actor) -> Consultation:
    """Return a consultation by its number. Raises NoSuchCase where it is absent or hidden."""
    found = await session.scalar(visible_to(reader).where(Consultation.number == number))
    if found is None:
        raise NoSuchCase
    return found


@asynccontextmanager
async def counting(session: AsyncSession) -> AsyncIterator[None]:
    """Let the transaction read the few fields that the rule reads, and nothing else, for a moment.

    An observer may read no enquiry. The count does on their behalf, and only its verdicts leave this folder.
    """
    before = await session.scalar(_STANDING)
    await session.execute(_STAND, {"standing": "counting"})
    yield
    await session.execute(_STAND, {"standing": before or ""})


async def cases(
    session: AsyncSession, at: datetime, *, reader: Actor, only: UUID | None = None, year: int | None = None
) -> dict[UUID, rules.Case]:
    """Return the consultations that the reader's figures rest on, by id, as the rule sees them.

    All of them, or `only` one, or those of a fiscal `year`: received in it, or met in it. Answers are those
    given by the moment `at`; everything else carries its own moments, and the rule looks at them.
    """
    chosen = visible_to(reader)
    if only is not None:
        chosen = chosen.where(Consultation.id == only)
    if year is not None:
        chosen = chosen.where(_touches(year))
    rows = (await session.execute(_lines(chosen))).all()
    async with counting(session):
        answers = await _answers(session, chosen.with_only_columns(Consultation.enquiry_id), at)
    ids = chosen.with_only_columns(Consultation.id)
    meetings, decisions = await _meetings(session, ids), await _decisions(session, ids)
    return {row.id: _case(row, answers.get(row.enquiry_id, {}), meetings[row.id], decisions[row.id]) for row in rows}


def _touches(year: int) -> ColumnElement[bool]:
    start, end = fiscal_year_span(year)
    met = exists().where(IntakeMeeting.consultation_id == Consultation.id, _within(IntakeMeeting.held_at, start, end))
    return or_(_within(Consultation.received_at, start, end), met)


def _within(column: InstrumentedAttribute[datetime], start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(column >= start, column < end)


def _lines(chosen: Select[Any]) -> Select[*tuple[Any, ...]]:
    """What is read of each consultation itself, with its company's name and the number that carries it on."""
    carried_on_by = aliased(Consultation)
    read = (
        Consultation.id,
        Consultation.enquiry_id,
        Consultation.number,
        Consultation.state,
        Consultation.received_at,
        Consultation.accepted_at,
        Consultation.closed_at,
        Consultation.demo,
        Organisation.name_en.label("company"),
        carried_on_by.number.label("into"),
    )
    return (
        chosen.with_only_columns(*read)
        .join(Organisation, Organisation.id == Consultation.organisation_id)
        .outerjoin(carried_on_by, carried_on_by.id == Consultation.merged_into_id)
    )


async def _answers(session: AsyncSession, enquiries: Select[Any], at: datetime) -> Mapping[UUID, dict[str, Any]]:
    """The answers that stood: typed, or imported and confirmed. An unconfirmed one is not yet known.

    After an enquiry is submitted answers are added and never changed, so their moments are their history.
    """
    parts = [
        select(tier.enquiry_id, tier.field, tier.value).where(
            tier.enquiry_id.in_(enquiries),
            tier.field.in_(fields),
            or_(tier.source == ValueSource.TYPED, tier.confirmed_at.is_not(None)),
            func.coalesce(tier.confirmed_at, tier.updated_at) <= at,
        )
        for tier, fields in FIELDS.items()
    ]
    all_tiers = union_all(*parts).subquery()
    together = func.jsonb_object_agg(all_tiers.c.field, all_tiers.c.value)
    rows = await session.execute(select(all_tiers.c.enquiry_id, together).group_by(all_tiers.c.enquiry_id))
    return {row[0]: row[1] for row in rows}


async def _meetings(session: AsyncSession, ids: Select[Any]) -> Mapping[UUID, list[rules.Meeting]]:
    wanted = select(IntakeMeeting.consultation_id, IntakeMeeting.held_at, IntakeMeeting.recorded_at)
    found: dict[UUID, list[rules.Meeting]] = defaultdict(list)
    for key, held_at, recorded_at in await session.execute(wanted.where(IntakeMeeting.consultation_id.in_(ids))):
        found[key].append(rules.Meeting(held_at, recorded_at))
    return found


async def _decisions(session: AsyncSession, ids: Select[Any]) -> Mapping[UUID, list[rules.Decision]]:
    wanted = select(CountingDecision).where(CountingDecision.consultation_id.in_(ids)).order_by(CountingDecision.at)
    found: dict[UUID, list[rules.Decision]] = defaultdict(list)
    for row in await session.scalars(wanted):
        choice = rules.Choice(row.decision) if row.decision else None
        found[row.consultation_id].append(rules.Decision(choice, row.reason, row.at))
    return found


def _case(
    row: Any, answers: Mapping[str, Any], meetings: Iterable[rules.Meeting], decisions: Iterable[rules.Decision]
) -> rules.Case:
    left = _ENDINGS.get(row.state)
    ended_at = row.closed_at or row.received_at
    return rules.Case(
        number=row.number,
        received_at=row.received_at,
        requester=_company(row.company, answers, "company"),
        behind_the_cro=_company(_words(answers.get("company_behind")), answers, "company_behind"),
        base_in_japan=_yes_or_no(answers.get("base_in_japan")),
        is_mrct=_yes_or_no(answers.get("is_mrct")),
        product=_words(answers.get("product_code")),
        indication=_words(answers.get("condition")),
        accepted_at=row.accepted_at,
        ending=rules.Ending(left, ended_at) if left else None,
        meetings=tuple(sorted(meetings, key=lambda meeting: meeting.held_at)),
        decisions=tuple(decisions),
        merges=(rules.Merge(row.into, ended_at),) if row.into else (),
        demo=row.demo,
    )


def _company(name: str | None, answers: Mapping[str, Any], prefix: str) -> rules.Company:
    kind = _KINDS.get(answers.get(f"{prefix}_kind"))
    return rules.Company(name, _words(answers.get(f"{prefix}_country")), kind)


def _words(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _yes_or_no(value: object) -> bool | None:
    """Read an answer: "not_decided" and silence are both not yet known."""
    return _YES_OR_NO.get(value) if isinstance(value, str) else None
