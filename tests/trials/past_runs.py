"""Builders of runs for tests."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.i18n import Message, Said, _
from app.trials.models import RunKind, RunState, Source, SourceState, SyncRefusal, SyncRun
from app.trials.models.runs import ENDED
from app.trials.rules.reasons import put_away
from tests.conftest import NOW
from tests.make import saved


async def a_run(
    session: AsyncSession, *, why: Message | Said | None = None, code: str = "said", **given: Any
) -> SyncRun:
    """Return a sync of ClinicalTrials.gov that has ended well, unless told otherwise."""
    state = given.get("state", RunState.DONE)
    values = {
        "source": Source.CTGOV,
        "kind": RunKind.SYNC,
        "state": state,
        "asked_at": NOW,
        "started_at": None if state is RunState.WAITING else NOW,
        "moved_at": NOW,
        "ended_at": NOW + timedelta(minutes=1) if state in ENDED else None,
        "reason": {"code": code, "said": put_away(why)} if why else None,
        **given,
    }
    return await saved(session, SyncRun(id=uuid4(), **values))


async def a_refusal(
    session: AsyncSession, run: SyncRun, why: Message | Said, raw: str = "", place: Message | Said | None = None
) -> SyncRefusal:
    """Add what a run refused, and count it."""
    run.refused += 1
    return await saved(
        session,
        SyncRefusal(
            run_id=run.id,
            position=run.refused,
            place=put_away(place) if place else None,
            reason=put_away(why),
            raw=raw,
        ),
    )


async def a_source(session: AsyncSession, source: Source, **given: Any) -> SourceState:
    """Set how a source stands."""
    return await saved(session, SourceState(source=source, **given))


LINE = _("line %(number)s")
