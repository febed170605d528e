"""The monthly confirmation, looked after by every worker: whoever comes first asks or reminds, the others find it done."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.pace import pace_of
from app.ground.calendar import in_japan
from app.identity.rules import SERVICE
from app.jobs.registry import Work
from app.sites import actions
from app.sites.queries.confirmations import institution_by_id
from app.sites.queries.heartbeat import institutions_to_ask, rounds_to_remind
from app.sites.rules.confirming import in_office_hours

log = structlog.get_logger()


class Confirmations:
    """Asks and reminds once a day; a worker that starts anew looks again, which is harmless."""

    def __init__(self) -> None:
        self._looked_on: date | None = None

    async def look(self, work: Work, *, now: datetime) -> None:
        """Ask and remind where it is due, in office hours, unless this worker has done so today."""
        today = in_japan(now)
        if self._looked_on == today or not in_office_hours(now, pace_of(work.settings).closing_days):
            return
        try:
            well = await ask_and_remind(work, now=now)
        except Exception as error:
            # The next look is half a minute away; the mails that this worker looks after must not wait for it.
            log.error("confirmations not looked after", exc_info=error)
            return
        if well:
            self._looked_on = today


async def ask_and_remind(work: Work, *, now: datetime) -> bool:
    """Open the month's askings and send the reminders that are due, each institution in a transaction of its own.

    Returns whether all went well. One that fails is logged, holds up no other and is tried again at the next look.
    """
    pace = pace_of(work.settings)
    secret = work.settings.secret_key.get_secret_value()

    async def ask(session: AsyncSession, institution_id: UUID) -> None:
        institution = await institution_by_id(session, institution_id, reader=SERVICE)
        await actions.open_round(session, institution, secret=secret, pace=pace, by=SERVICE, now=now)

    async def remind(session: AsyncSession, round_id: UUID) -> None:
        await actions.remind_when_due(session, round_id, pace=pace, by=SERVICE, now=now)

    async with work.transaction() as session:
        to_ask = await institutions_to_ask(session, now=now, pace=pace)
        to_remind = await rounds_to_remind(session, now=now, pace=pace)
    done = [await _each(work, one, ask) for one in to_ask] + [await _each(work, one, remind) for one in to_remind]
    return all(done)


async def _each(work: Work, subject: UUID, act: Callable[[AsyncSession, UUID], Awaitable[None]]) -> bool:
    try:
        async with work.transaction() as session:
            await act(session, subject)
    except Exception as error:
        log.error("confirmation not asked for", subject=str(subject), exc_info=error)
        return False
    return True
