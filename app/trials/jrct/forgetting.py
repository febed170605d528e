"""Pages that a registry gave are a cache: they are forgotten once nobody has read them anew for a month."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_
from sqlalchemy.ext.asyncio import AsyncSession

from app.trials.models import RegistryPage, TrialRecord

KEPT_FOR = timedelta(days=30)


async def forget_pages(session: AsyncSession, *, now: datetime) -> None:
    """Forget pages that were last read a month ago; what they say of a trial stands in the versions of its record.

    The English page of a stored record stays: the hospitals stand on the Japanese page alone, and a record that is
    read anew from there would lose its English words.
    """
    stored = exists().where(TrialRecord.source == RegistryPage.source, TrialRecord.number == RegistryPage.number)
    old = delete(RegistryPage).where(RegistryPage.read_at < now - KEPT_FOR, or_(RegistryPage.language == "ja", ~stored))
    await session.execute(old)
