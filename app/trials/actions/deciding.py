"""What the window decides of a facility text: remembered for good, one decision after the other, none overwritten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.ground import audit
from app.ground.errors import NotAllowed, Unacceptable
from app.ground.i18n import _
from app.identity.rules import Actor
from app.sites.models import Institution
from app.sites.rules import InstitutionKind
from app.trials.actions.linking import judge_again
from app.trials.actions.noting import note_touched
from app.trials.errors import DecidedMeanwhile, NoSuchFacility
from app.trials.models import Facility, FacilityDecision, SiteLink, TrialRecord
from app.trials.rules.deciding import Standing, Verdict

UNKNOWN = _("Choose an institution of the registry.")
FICTIONAL_ONLY = _("This text is of the demonstration: only a fictional institution can stand for it.")


async def decide_facility(
    session: AsyncSession, key: UUID, verdict: Verdict, code: str = "", *, seen: int, by: Actor, now: datetime
) -> FacilityDecision:
    """Decide what a facility text stands for, in all records that have it or will have it.

    `seen` is the number of the decision that the officer saw, 0 for none. The same answer twice is one decision.
    Raises NotAllowed for anybody but staff, NoSuchFacility, Unacceptable for an institution that cannot be meant, and
    DecidedMeanwhile where another answer was given since.
    """
    if not by.is_staff or by.person_id is None:
        raise NotAllowed
    # Whoever stores a new place of this text waits for the commit, so no trial of it is missed below.
    facility = await session.scalar(select(Facility).where(Facility.id == key).with_for_update())
    if facility is None:
        raise NoSuchFacility
    institution = await _meant(session, code, facility) if verdict is Verdict.INSTITUTION else None
    meant = institution.id if institution else None
    if facility.decision:
        last = await _decision(session, facility)
        if (last.verdict, last.institution_id) == (verdict, meant):
            return last
        if facility.decision != seen:
            raise DecidedMeanwhile(name=last.decided_by.name)
    decision = FacilityDecision(
        facility_id=key,
        number=facility.decision + 1,
        verdict=verdict,
        institution_id=meant,
        decided_at=now,
        decided_by_id=by.person_id,
    )
    session.add(decision)
    before, facility.decision = facility.institution_id, decision.number
    await _stand(session, facility, verdict, meant)
    await session.flush()
    if facility.institution_id != before:
        await note_touched(session, await _trials_of(session, key))
    audit.record(session, "facility.decided", subject=key, by=by, now=now, verdict=verdict.value, code=code)
    return decision


async def _meant(session: AsyncSession, code: str, facility: Facility) -> Institution:
    found = await session.scalar(select(Institution).where(Institution.code == code)) if code.isprintable() else None
    if found is None or found.kind is InstitutionKind.NETWORK:
        raise Unacceptable({"institution": UNKNOWN})
    if facility.demo and not found.demo:
        raise Unacceptable({"institution": FICTIONAL_ONLY})
    return found


async def _decision(session: AsyncSession, facility: Facility) -> FacilityDecision:
    newest = (FacilityDecision.facility_id == facility.id) & (FacilityDecision.number == facility.decision)
    return (
        await session.scalars(select(FacilityDecision).where(newest).options(joinedload(FacilityDecision.decided_by)))
    ).one()


async def _stand(session: AsyncSession, facility: Facility, verdict: Verdict, meant: UUID | None) -> None:
    if verdict is not Verdict.RULE:
        facility.standing, facility.institution_id = Standing.DECIDED, meant
        return
    facility.standing = Standing.OPEN
    await judge_again(session, [facility])


async def _trials_of(session: AsyncSession, key: UUID) -> list[UUID]:
    trials = (
        select(TrialRecord.trial_id)
        .join(SiteLink, SiteLink.record_id == TrialRecord.id)
        .where(SiteLink.facility_id == key)
    )
    return list(await session.scalars(trials.distinct()))
