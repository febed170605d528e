"""Files of partners: sent in, looked at, and applied once, in bulk and in one transaction."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import _
from app.identity.rules import Actor
from app.sites import queries
from app.sites.actions.partner_rows import write_partners
from app.sites.errors import NoSuchPartnerImport, PartnerImportMovedOn, PartnerImportOver
from app.sites.models import Institution, PartnerImport
from app.sites.queries import lock_institution
from app.sites.queries.partner_imports import get_import, plan_of
from app.sites.queries.partner_standing import stateable
from app.sites.rules.partner_files import columns, read_file
from app.sites.rules.partners import fingerprint

# How long a file waits for somebody to decide; then its lines are forgotten, and only its name stays.
KEPT = timedelta(days=7)
LONGEST_FILENAME = 200
GOOD_PART_ONLY = _(
    "Some rows cannot be taken. Correct the file and send it again, or apply only the rows that are right."
)
NOTHING = _("This file changes nothing that could be applied.")


async def hub_of(session: AsyncSession, code: str | None, *, by: Actor) -> Institution | None:
    """Return the hospital that `by` speaks for; None without a code, for officers. Raises as a thing that is absent."""
    if code is not None:
        return await queries.own_institution(session, code, reader=by)
    if not by.is_staff:
        raise NoSuchPartnerImport
    return None


async def send_partners(
    session: AsyncSession, code: str | None, data: bytes, filename: str, *, by: Actor, now: datetime
) -> PartnerImport:
    """Read a file of a hub's coordinator, or without `code` of an officer, and keep its lines; nothing else changes.

    Raises NoSuchInstitution or NoSuchPartnerImport for who may not, UnreadableFile in one sentence.
    """
    hub = await hub_of(session, code, by=by)
    stated = [(one.code, one.name_en, one.name_ja) for one in await stateable(session)]
    content = await asyncio.to_thread(read_file, data, columns(stated, with_hub=hub is None))
    old = update(PartnerImport).where(PartnerImport.content.is_not(None), PartnerImport.uploaded_at < now - KEPT)
    await session.execute(old.values(content=None))
    sent = PartnerImport(
        hub_id=hub.id if hub else None,
        filename="".join(sign for sign in filename if sign.isprintable())[:LONGEST_FILENAME],
        uploaded_at=now,
        uploaded_by_id=by.person_id,
        content=content,
    )
    session.add(sent)
    await session.flush()
    return sent


async def apply_partners(
    session: AsyncSession,
    code: str | None,
    import_id: UUID,
    *,
    shown: str,
    good_part: bool,
    by: Actor,
    now: datetime,
) -> PartnerImport:
    """Write what a file changes, all of it or, with `good_part`, the lines that can be taken.

    `shown` is the fingerprint of what the page showed. Raises as `send_partners`, PartnerImportOver,
    PartnerImportMovedOn, and Unacceptable where lines are refused and only the whole was asked for, or nothing is left.
    """
    hub = await hub_of(session, code, by=by)
    sent = await get_import(session, hub, import_id, reader=by, locked=True)
    if sent.content is None:
        raise PartnerImportOver
    plan = await plan_of(session, hub, sent.content, today=in_japan(now))
    for place in sorted((one.hub for one in plan.hubs if one.hub), key=lambda place: place.id):
        await lock_institution(session, place.id)
    # Read again behind the locks: what somebody else wrote in between must show.
    plan = await plan_of(session, hub, sent.content, today=in_japan(now))
    if fingerprint(plan.changes) != shown:
        raise PartnerImportMovedOn
    added, changed, refused = (plan.number(what) for what in ("new", "changed", "refused"))
    if not added and not changed:
        raise Unacceptable({"apply": NOTHING})
    if refused and not good_part:
        raise Unacceptable({"apply": GOOD_PART_ONLY})
    for one in plan.hubs:
        if one.hub is not None:
            await write_partners(session, one.hub, one.changes, by=by, now=now)
    sent.applied_at, sent.applied_by_id, sent.content = now, by.person_id, None
    sent.added, sent.changed, sent.refused = added, changed, refused
    await session.flush()
    counts = {"added": added, "changed": changed, "refused": refused}
    audit.record(session, "partners.imported", subject=hub.id if hub else sent.id, by=by, now=now, **counts)
    return sent
