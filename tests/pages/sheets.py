"""Files that a coordinator of the demonstration sent in, in each state that one can be in."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import queries
from app.identity.rules import Role
from app.sites import actions
from app.sites.models import Institution
from app.sites.queries.sheets import standing_of
from app.sites.rules.sheets import fingerprint
from tests.conftest import NOW
from tests.make import acting

FILE = (
    "code,state,value,note_ja,メモ,seen\n"
    "ct.cpc,no,,,,\nri.handling,partly,,見本の備考,x,\nno.such,yes,,,,\nfih.unit,たぶん,,,,x\n"
)


async def some_sheets(session: AsyncSession) -> None:
    """Send in a file that waits, one that was applied in part and one that is no longer kept."""
    people = await queries.demonstration_people(session)
    coordinator, membership = next(pair for pair in people if pair[1].role is Role.COORDINATOR)
    by = await acting(session, coordinator)
    place = await session.scalar(select(Institution).where(Institution.id == membership.organisation_id))
    assert place is not None
    for name, at in (("old.csv", NOW - timedelta(days=9)), ("applied.csv", NOW), ("waiting.csv", NOW)):
        sent = await actions.send_sheet(session, place.code, FILE.encode(), name, by=by, now=at)
        if name == "applied.csv":
            standing = await standing_of(session, place, reader=by, now=at)
            plans = await actions.plans_of(session, place, sent.content or {}, standing)
            shown = fingerprint(list(plans.values()))
            await actions.apply_sheet(session, place.code, sent.id, shown=shown, good_part=True, by=by, now=at)
