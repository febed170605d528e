"""Staff release a list of institutions to the sponsor: chosen by a person, in bands, with public reasons."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.actions.event import happened, must_stand_at
from app.consultations.actions.mail import tell_sponsor
from app.consultations.errors import NoMatchYet
from app.consultations.models import ReleasedList, ReleasedSite
from app.consultations.queries import get_consultation, latest_list
from app.consultations.rules.stages import Stage
from app.ground.errors import Unacceptable
from app.ground.i18n import _
from app.identity.rules import Actor
from app.matching import queries as matches
from app.matching.rules import Offer, reasons_json

RELEASED_FROM = tuple(Stage)[Stage.LONG_LIST : Stage.HAND_OVER]


async def release_list(
    session: AsyncSession, number: str, institution_ids: Collection[UUID], *, by: Actor, now: datetime
) -> ReleasedList:
    """Release the chosen institutions of the latest match to the sponsor.

    The sponsor gets each one's band and the verdicts with their public evidence: no score, no order,
    no capacity. The same choice from the same match again changes nothing.
    Raises WrongStage, HasEnded, NoMatchYet, Unacceptable.
    """
    case = await get_consultation(session, number, reader=by, for_change=True)
    must_stand_at(case, *RELEASED_FROM)
    run = await matches.latest_run(session, case.enquiry_id, reader=by)
    if run is None:
        raise NoMatchYet
    chosen = _chosen(run.offers, institution_ids)
    known = await latest_list(session, case)
    if known is not None and known.match_run_id == run.id and await _names(session, known) == set(institution_ids):
        return known
    released = ReleasedList(
        id=uuid4(), consultation_id=case.id, match_run_id=run.id, released_at=now, released_by_id=by.person_id
    )
    session.add(released)
    await session.flush()
    session.add_all(_site_of(released, offer) for offer in chosen)
    onward = Stage.INTEREST if case.stage == Stage.LONG_LIST else None
    happened(session, case, "list_released", by=by, now=now, enters=onward, sites=len(chosen), run=str(run.id))
    await tell_sponsor(session, case, "list_released", now=now)
    return released


def _chosen(offered: Sequence[Offer], institution_ids: Collection[UUID]) -> list[Offer]:
    wanted = {str(one) for one in institution_ids}
    chosen = [offer for offer in offered if offer.institution_id in wanted]
    if not chosen or len(chosen) != len(wanted):
        raise Unacceptable({"institutions": _("Choose at least one institution of the latest match.")})
    return chosen


def _site_of(released: ReleasedList, offer: Offer) -> ReleasedSite:
    return ReleasedSite(
        list_id=released.id,
        institution_id=UUID(offer.institution_id),
        band=offer.band,
        reasons=reasons_json(offer.reasons),
    )


async def _names(session: AsyncSession, released: ReleasedList) -> set[UUID]:
    listed = select(ReleasedSite.institution_id).where(ReleasedSite.list_id == released.id)
    return set(await session.scalars(listed))
