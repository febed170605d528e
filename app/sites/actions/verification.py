"""Officers hold facts against their sources; each check is kept."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.errors import NotFound, Unacceptable
from app.ground.i18n import Message, Said, _
from app.identity.rules import Actor
from app.sites import queries
from app.sites.errors import FactsMovedOn
from app.sites.models import Fact, FactCheck
from app.sites.queries.shown import uuid_of
from app.sites.rules.statements import read_note


async def check_fact(
    session: AsyncSession, code: str, capability: str, typed: Mapping[str, str], *, by: Actor, now: datetime
) -> FactCheck:
    """Record that an officer has held a fact against its source.

    `typed` holds the id in `fact`, yes or no in `agrees`, and a note, needed where it does not agree. Raises NotFound
    for anybody but officers, NoSuchInstitution, FactsMovedOn for a fact that does not stand, Unacceptable.
    """
    if not by.is_staff:
        raise NotFound
    institution = await queries.get_institution(session, code, reader=by)
    errors: dict[str, Message | Said] = {}
    note = read_note(typed.get("note", ""), "note", errors)
    agrees = typed.get("agrees", "")
    if agrees not in {"yes", "no"}:
        errors["agrees"] = _("Say whether the source agrees.")
    elif agrees == "no" and note is None and not errors:
        errors["note"] = _("Say what does not agree.")
    if errors:
        raise Unacceptable(errors)
    key = uuid_of(typed.get("fact", ""))
    stands = select(Fact).where(Fact.institution_id == institution.id, Fact.superseded_at.is_(None))
    fact = await session.scalar(stands.where(Fact.id == key, Fact.capability_code == capability)) if key else None
    if fact is None or by.person_id is None:
        raise FactsMovedOn([capability])
    check = FactCheck(fact_id=fact.id, agrees=agrees == "yes", note=note, checked_at=now, checked_by_id=by.person_id)
    session.add(check)
    await session.flush()
    audit.record(
        session, "fact.checked", subject=institution.id, by=by, now=now, fact=str(fact.id), agrees=check.agrees
    )
    return check
