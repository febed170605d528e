"""What a coordinator says of the partners of their hospital, one at a time; what stood before is superseded and kept."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import _
from app.identity.rules import Actor
from app.sites import queries
from app.sites.actions.partner_rows import write_partners
from app.sites.errors import NoSuchPartner, PartnerMovedOn
from app.sites.models import Fact, Institution, Partnership
from app.sites.queries.partner_standing import known_partners, partners_by_code, words_of
from app.sites.rules.days import read_day
from app.sites.rules.partners import Change, Known, PartnerStatement, change_of, read_partner


async def state_partner(
    session: AsyncSession, code: str, typed: Mapping[str, str], *, by: Actor, now: datetime
) -> Change:
    """Add a partner of the coordinator's institution, or change what is said of one.

    `typed` holds rules.partners.FIELDS and capabilities by code as they were typed, and in `seen` the id of the
    partnership that the page showed, empty for a new one. Raises NoSuchInstitution for an institution that `by` does
    not speak for, NoSuchPartner for a code that is nobody's, Unacceptable by field, PartnerMovedOn where something
    else stands by now.
    """
    hub = await queries.own_institution(session, code, reader=by)
    said, errors = read_partner(typed, await words_of(session), today=in_japan(now))
    if said is None:
        raise Unacceptable(errors)
    await queries.lock_institution(session, hub.id)
    known = await _known(session, hub, said, typed.get("code", "").strip())
    if typed.get("seen", "") != (str(known.partnership_id) if known and known.partnership_id else ""):
        raise PartnerMovedOn
    change = change_of(0, said, known)
    if change.what == "refused":
        raise Unacceptable(change.errors)
    if change.what != "unchanged":
        await write_partners(session, hub, [change], by=by, now=now)
        audit.record(session, "partner.stated", subject=hub.id, by=by, now=now, change=change.what)
    return change


async def _known(session: AsyncSession, hub: Institution, said: PartnerStatement, code: str) -> Known | None:
    """Return the partner that is meant, by its code or else by name and prefecture; None for a new one."""
    partners = await known_partners(session, hub)
    if not code:
        return next((one for one in partners if one.said.identity == said.identity), None)
    others = await partners_by_code(session, hub, [code]) if code.isprintable() else []
    found = next((one for one in (*partners, *others) if one.code == code), None)
    if found is None:
        raise NoSuchPartner
    return found


async def end_partnership(
    session: AsyncSession, code: str, typed: Mapping[str, str], *, by: Actor, now: datetime
) -> Partnership:
    """End a partnership of the coordinator's institution on a day, and what the hub said of the partner; the rows stay as history.

    `typed` holds partner (its code), ended_on and seen as the page sent them. Raises as `state_partner`.
    """
    hub = await queries.own_institution(session, code, reader=by)
    await queries.lock_institution(session, hub.id)
    partner = next((one for one in await known_partners(session, hub) if one.code == typed.get("partner", "")), None)
    if partner is None:
        raise NoSuchPartner
    if partner.ended or typed.get("seen", "") != str(partner.partnership_id):
        raise PartnerMovedOn
    day = read_day(typed.get("ended_on", ""))
    if day is None or not (partner.said.since or date.min) <= day <= in_japan(now):
        why = _("Enter the last day of the partnership: not before it began and not after today.")
        raise Unacceptable({"ended_on": why})
    before = await session.get_one(Partnership, partner.partnership_id)
    before.superseded_at = now
    # The hub speaks for it no longer; what it said stays in the history.
    said = update(Fact).where(Fact.id.in_(partner.fact_ids.values())).values(superseded_at=now)
    await session.execute(said.execution_options(synchronize_session=False))
    await session.flush()
    row = Partnership(
        hub_id=hub.id, partner_id=partner.institution_id, since=before.since, ended_on=day,
        source_url=before.source_url, as_of=in_japan(now), recorded_at=now, recorded_by_id=by.person_id,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    audit.record(session, "partnership.ended", subject=hub.id, by=by, now=now, partner=partner.code)
    return row
