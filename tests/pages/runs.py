"""Runs of the demonstration's registries, in each state that one can be in."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.i18n import _, say
from app.identity import queries
from app.identity.rules import Role
from app.trials.models import RunKind, RunState, Source
from app.trials.sync.running import UNEXPECTED
from tests.conftest import NOW
from tests.trials.past_runs import LINE, a_refusal, a_run, a_source

NO_NUMBER = _("This row of the result list has no jRCT number.")


async def some_runs(session: AsyncSession) -> list[str]:
    """Add runs that wait, go on, ended well, with refusals and badly; return the addresses that other roles reach too."""
    people = await queries.demonstration_people(session)
    officer = next(person.id for person, membership in people if membership.role is Role.STAFF)
    await a_source(session, Source.JRCT, paused_at=NOW, paused_by_id=officer, watermark="2026-11-18")
    await a_source(session, Source.CTGOV, watermark="2026-11-19T09:00:05", succeeded_at=NOW)
    await a_source(session, Source.ICTRP, layout_changed_at=NOW, layout_item="status")
    record = {"kind": RunKind.RECORD, "number": "NCT99990001", "asked_by_id": officer}
    file = {"kind": RunKind.FILE, "name": "見本.csv", "asked_by_id": officer}
    done = await a_run(session, **record, new=1)
    lost = await a_run(session, **{**record, "number": "NCT99990099"}, state=RunState.FAILED, why=UNEXPECTED)
    await a_run(session, state=RunState.RUNNING, passed=40, expected=100, new=3)
    await a_run(session, **file, source=None, state=RunState.WAITING)
    read = await a_run(session, **file, source=Source.ICTRP, same=20)
    for number in range(21):
        await a_refusal(session, read, NO_NUMBER, "見本の原文 <Trial>", say(LINE, number=number + 2))
    return [f"/registries/runs/{run.id}" for run in (done, lost)]
