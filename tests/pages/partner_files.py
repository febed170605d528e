"""Files of partners that people of the demonstration sent in, in each state that one can be in."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.calendar import in_japan
from app.identity import queries
from app.identity.rules import Actor, Role
from app.sites import actions
from app.sites.models import PartnerImport
from app.sites.queries import own_institutions
from app.sites.queries.partner_imports import plan_of
from app.sites.rules.partners import fingerprint
from tests.conftest import NOW
from tests.make import acting

HEADS = "code,name_ja,kind,prefecture,city,website,since,dct.telemedicine,source,as_of,メモ\n"
APPLIED = "{code},追加医院,partner_clinic,東京都,例示区,,2025-04-01,○,,{day},\n"
WAITING = (
    "{code}-P001,追加医院,satellite,東京都,新見本市,https://clinic.example/,,×,https://hub.example/,{day},x\n"
    "{code},新しい医院,nurse_station,大阪府,,,,partly,,{day},\n,,病院,架空県,,x,明日,たぶん,x,,\n"
)


async def some_partner_files(session: AsyncSession) -> None:
    """Send in files of a coordinator and of an officer: one that waits, one that was applied, one no longer kept."""
    people = await queries.demonstration_people(session)
    for role in (Role.COORDINATOR, Role.STAFF):
        person = next(person for person, membership in people if membership.role is role)
        by = await acting(session, person)
        hub = (await own_institutions(session, reader=by))[0].code if role is Role.COORDINATOR else None
        for name, days, lines in (("old.csv", 9, APPLIED), ("applied.csv", 0, APPLIED), ("waiting.csv", 0, WAITING)):
            sent = await _send(session, hub, name, days, lines, by)
            if name == "applied.csv":
                await _apply(session, hub, sent, by)


async def _send(session: AsyncSession, hub: str | None, name: str, days: int, lines: str, by: Actor) -> PartnerImport:
    at = NOW - timedelta(days=days)
    if hub is None:
        heads, rows = f"hub,{HEADS}", lines.format(code="", day=in_japan(NOW)).splitlines()
        text = heads + "".join(f"DEMO-03,{row.replace('-P001', '')}\n" for row in rows)
    else:
        text = HEADS + lines.replace("{code},", ",").format(code=hub, day=in_japan(NOW))
    return await actions.send_partners(session, hub, text.encode(), name, by=by, now=at)


async def _apply(session: AsyncSession, hub: str | None, sent: PartnerImport, by: Actor) -> None:
    place = (await own_institutions(session, reader=by))[0] if hub else None
    shown = fingerprint((await plan_of(session, place, sent.content or {}, today=in_japan(NOW))).changes)
    await actions.apply_partners(session, hub, sent.id, shown=shown, good_part=False, by=by, now=NOW)
