"""The end of a case: closed by the window, or withdrawn with its enquiry."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.actions.event import happened, must_be_open, wrong_stage
from app.consultations.actions.mail import tell_sites, tell_sponsor, tell_staff
from app.consultations.actions.typed import needed_text, optional_text
from app.consultations.errors import SitesStillWait
from app.consultations.models import Consultation
from app.consultations.queries import get_consultation, requests_of
from app.consultations.rules.outcomes import Outcome, is_final, without_final_outcome
from app.consultations.rules.stages import CaseState, Ending, Stage, may_end
from app.enquiries.models import Enquiry
from app.ground.i18n import _
from app.identity.rules import Actor


async def close(
    session: AsyncSession, number: str, ending: Ending, note: str = "", *, by: Actor, now: datetime
) -> Consultation:
    """Close a case, saying what came of it; a trial that was not pursued needs the reason.

    Harmless when repeated. Raises WrongStage, HasEnded, SitesStillWait, Unacceptable.
    """
    case = await get_consultation(session, number, reader=by, for_change=True)
    if case.state is CaseState.CLOSED:
        return case
    must_be_open(case)
    if not may_end(Stage(case.stage), CaseState.CLOSED):
        raise wrong_stage(case)
    waiting = without_final_outcome(site.outcome for site in await requests_of(session, case))
    if waiting:
        raise SitesStillWait(waiting=waiting)
    lost = ending is Ending.NOT_PURSUED
    case.reason = needed_text("note", note, _("Write why.")) if lost else optional_text("note", note)
    case.state, case.closed_at, case.closed_by_id = CaseState.CLOSED, now, by.person_id
    happened(session, case, "closed", by=by, now=now, ending=ending.value)
    await tell_sponsor(session, case, "consultation_closed", now=now)
    return case


async def withdraw_consultation(
    session: AsyncSession, enquiry_id: UUID, *, by: Actor, now: datetime
) -> Consultation | None:
    """End the case of a withdrawn enquiry, and tell every asked site that still waits.

    Returns the case; None where the enquiry has none or is not withdrawn. Safe to run twice; an ended
    case stays as it is.
    """
    withdrawn = Enquiry.withdrawn_at.is_not(None) & (Enquiry.id == enquiry_id)
    of_enquiry = select(Consultation, Enquiry).join(Enquiry, Enquiry.id == Consultation.enquiry_id).where(withdrawn)
    row = (await session.execute(of_enquiry.with_for_update(of=Consultation))).one_or_none()
    if row is None:
        return None
    case: Consultation
    case, enquiry = row
    if case.state is not CaseState.OPEN:
        return case
    waiting = [site for site in await requests_of(session, case) if not is_final(site.outcome)]
    for site in waiting:
        site.outcome, site.outcome_at, site.outcome_by_id = Outcome.WITHDRAWN, now, by.person_id
    case.state, case.closed_at, case.closed_by_id = CaseState.WITHDRAWN, now, enquiry.withdrawn_by_id
    happened(session, case, "withdrawn", by=by, now=now, sites=len(waiting))
    await tell_sites(session, case, "site_outcome", [site.institution_id for site in waiting], now=now)
    await tell_staff(session, case, "consultation_withdrawn", now=now)
    return case
