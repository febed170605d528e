"""The site selection survey: ask institutions, take their answers, record what became of each."""

from collections.abc import Collection, Container
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.actions.event import happened, must_be_open, must_stand_at
from app.consultations.actions.mail import tell_sites, tell_staff
from app.consultations.actions.typed import optional_text
from app.consultations.errors import NotOnTheList, NotThisOutcome, OutcomeIsFinal
from app.consultations.models import AskedSite, Consultation, ReleasedList, ReleasedSite
from app.consultations.queries import get_asked_site, get_consultation, requests_of
from app.consultations.rules.outcomes import Answer, Outcome, is_final, outcomes_for, refused
from app.consultations.rules.stages import PATH, Stage
from app.consultations.rules.survey import Standing, stages_after
from app.ground import calendar
from app.ground.errors import Unacceptable
from app.ground.i18n import _
from app.identity.rules import Actor

ASKED_FROM = (*tuple(Stage)[Stage.INTEREST : Stage.HAND_OVER], Stage.FOLLOW_UP)
# Asking starts the survey's ten days, or starts them again for a further round.
RESTARTS = (Stage.INTEREST, Stage.OUTCOME, Stage.FOLLOW_UP)


@dataclass(frozen=True)
class Decided:
    """An outcome as an officer typed it in; the reasons are what the site reads."""

    outcome: Outcome
    reason_en: str = ""
    reason_ja: str = ""
    reply_by: date | None = None


async def ask_sites(
    session: AsyncSession,
    number: str,
    institution_ids: Collection[UUID],
    *,
    by: Actor,
    now: datetime,
    closing_days: Container[date] = calendar.NO_CLOSING_DAYS,
) -> list[AskedSite]:
    """Ask released institutions whether they are interested; who was asked already is not asked twice.

    Returns the requests that are new. Raises WrongStage, HasEnded, NotOnTheList, Unacceptable.
    """
    case = await get_consultation(session, number, reader=by, for_change=True)
    must_stand_at(case, *ASKED_FROM)
    if not institution_ids:
        raise Unacceptable({"institutions": _("Choose at least one institution to ask.")})
    if not set(institution_ids) <= await _released(session, case):
        raise NotOnTheList
    asked = await _ask(session, case, institution_ids, by, now)
    if not asked:
        return []
    onward = Stage.INTEREST if case.stage in RESTARTS else None
    happened(session, case, "sites_asked", by=by, now=now, enters=onward, sites=len(asked))
    due = calendar.add_business_days(calendar.in_japan(now), PATH[Stage.INTEREST].days or 0, closing_days)
    await tell_sites(session, case, "site_asked", [site.institution_id for site in asked], now=now, reply_by=due)
    return asked


async def answer_request(
    session: AsyncSession,
    number: str,
    institution_id: UUID,
    answer: Answer,
    note: str = "",
    *,
    by: Actor,
    now: datetime,
) -> AskedSite:
    """Take a hospital's answer; until the sponsor has decided it may be changed. A no is final at once.

    The same answer again changes nothing. Raises HasEnded, OutcomeIsFinal, Unacceptable.
    """
    case = await get_consultation(session, number, reader=by, for_change=True)
    site = await get_asked_site(session, case, institution_id, reader=by)
    stored = optional_text("note", note)
    if (site.answer, site.answer_note) == (answer, stored):
        return site
    must_be_open(case)
    if site.outcome is not None:
        raise OutcomeIsFinal(outcome=site.outcome.label)
    site.answer, site.answer_note = answer, stored
    site.answered_at, site.answered_by_id = now, by.person_id
    happened(session, case, "site_answered", by=by, now=now, institution=str(institution_id), answer=answer.value)
    if answer is Answer.NO:
        _set_outcome(session, case, site, Decided(Outcome.DECLINED), by, now)
    await _carry_on(session, case, by, now)
    await tell_staff(session, case, "site_answered", now=now)
    return site


async def record_outcome(
    session: AsyncSession, number: str, institution_id: UUID, decided: Decided, *, by: Actor, now: datetime
) -> AskedSite:
    """Record what became of an asked site, and tell it.

    The same outcome again changes nothing. Raises HasEnded, OutcomeIsFinal, NotThisOutcome, Unacceptable.
    """
    case = await get_consultation(session, number, reader=by, for_change=True)
    site = await get_asked_site(session, case, institution_id, reader=by)
    if site.outcome is decided.outcome and site.reply_by == decided.reply_by:
        return site
    must_be_open(case)
    if is_final(site.outcome) and site.outcome is not None:
        raise OutcomeIsFinal(outcome=site.outcome.label)
    if decided.outcome not in outcomes_for(site.answer):
        raise NotThisOutcome(outcome=decided.outcome.label)
    today = calendar.in_japan(now)
    errors = refused(decided.outcome, decided.reason_en, decided.reason_ja, decided.reply_by, today=today)
    if errors:
        raise Unacceptable(errors)
    _set_outcome(session, case, site, decided, by, now)
    await _carry_on(session, case, by, now)
    await tell_sites(session, case, "site_outcome", [institution_id], now=now)
    return site


def _set_outcome(
    session: AsyncSession, case: Consultation, site: AskedSite, decided: Decided, by: Actor, now: datetime
) -> None:
    site.outcome, site.reply_by = decided.outcome, decided.reply_by
    site.outcome_at, site.outcome_by_id = now, by.person_id
    site.outcome_reason_en = optional_text("reason_en", decided.reason_en)
    site.outcome_reason_ja = optional_text("reason_ja", decided.reason_ja)
    institution, outcome = str(site.institution_id), decided.outcome.value
    happened(session, case, "outcome_recorded", by=by, now=now, institution=institution, outcome=outcome)


async def _carry_on(session: AsyncSession, case: Consultation, by: Actor, now: datetime) -> None:
    await session.flush()
    standings = [Standing(site.answer, site.outcome) for site in await requests_of(session, case)]
    for stage in stages_after(Stage(case.stage), standings):
        happened(session, case, "moved_on", by=by, now=now, enters=stage)


async def _released(session: AsyncSession, case: Consultation) -> set[UUID]:
    named = select(ReleasedSite.institution_id).join(ReleasedList, ReleasedList.id == ReleasedSite.list_id)
    return set(await session.scalars(named.where(ReleasedList.consultation_id == case.id)))


async def _ask(
    session: AsyncSession, case: Consultation, institution_ids: Collection[UUID], by: Actor, now: datetime
) -> list[AskedSite]:
    rows = [
        {"consultation_id": case.id, "institution_id": one, "asked_at": now, "asked_by_id": by.person_id}
        for one in sorted(set(institution_ids))
    ]
    new = insert(AskedSite).values(rows).on_conflict_do_nothing(index_elements=["consultation_id", "institution_id"])
    return list(await session.scalars(new.returning(AskedSite)))
