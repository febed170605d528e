"""The fictional trials of the demonstration: their numbers cannot be real, and only fictional hospitals run them."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.i18n import Said, _, say
from app.identity.rules import SERVICE
from app.trials.actions import follow, incoming
from app.trials.actions.loading import load_batch
from app.trials.written import record_from

LOADED = _("Fictional trial records are loaded.")
FIRST_READ = timedelta(days=40)


async def load_demonstration(session: AsyncSession, demo_data: Path, *, now: datetime) -> Said:
    """Load the fictional records as they were read some weeks ago, then what has changed since; harmless when run again."""
    for name, read_at in (("trials.jsonl", now - FIRST_READ), ("trials_later.jsonl", now)):
        lines = (demo_data / name).read_bytes().splitlines()
        batch = [incoming(record_from(line)) for line in lines if line]
        await load_batch(session, batch, by=SERVICE, now=read_at, demo=True)
    # One portion is more than the demonstration; whatever else waits is the worker's, and nobody waits for it here.
    await follow(session)
    return say(LOADED)
