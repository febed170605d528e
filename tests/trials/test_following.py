"""Trials that a change touched are followed up afterwards, each once for all its changes, and none is lost."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.identity.rules import SERVICE
from app.trials.actions import follow, following, incoming, load, set_apart
from app.trials.models import TrialRecord, TrialTouched
from app.trials.record import Coded
from tests.conftest import NOW
from tests.trials.make import a_number, a_record

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> list[list[UUID]]:
    taken: list[list[UUID]] = []

    async def follower(_session: AsyncSession, trials: Sequence[UUID]) -> None:
        if trials:
            taken.append(list(trials))

    monkeypatch.setattr(following, "FOLLOWERS", (follower,))
    return taken


async def test_a_trial_is_followed_once_for_all_that_touched_it(
    sessions: Sessions, session: AsyncSession, followed: list[list[UUID]]
) -> None:
    record = a_record(number="NCT00000001")
    for status in ("recruiting", "completed"):
        changed = incoming(a_record(number="NCT00000001", status=Coded(code=status)))
        await load(sessions, [changed], by=SERVICE, now=NOW)
    trial = await session.scalar(select(TrialRecord.trial_id).where(TrialRecord.number == record.number))
    assert await follow(session) == 1
    assert followed == [[trial]]
    assert await follow(session) == 0 and await session.scalar(select(func.count(TrialTouched.id))) == 0


async def test_an_unchanged_load_has_nothing_followed(
    sessions: Sessions, session: AsyncSession, followed: list[list[UUID]]
) -> None:
    for hour in (0, 1):
        await load(sessions, [incoming(a_record())], by=SERVICE, now=NOW + timedelta(hours=hour))
    assert await session.scalar(select(func.count(TrialTouched.id))) == 1
    jobs = await session.scalar(text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'follow_trials'"))
    assert jobs == 1


async def test_both_trials_are_followed_where_records_are_joined_or_set_apart(
    sessions: Sessions, session: AsyncSession, followed: list[list[UUID]]
) -> None:
    first, second = a_record(number="NCT00000001"), a_record(number="NCT00000002")
    await load(sessions, [incoming(first), incoming(second)], by=SERVICE, now=NOW)
    await follow(session)
    await session.commit()
    both = {*await session.scalars(select(TrialRecord.trial_id))}
    third = a_record(number="NCT00000003", numbers=(a_number("NCT00000001"), a_number("NCT00000002")))
    await load(sessions, [incoming(third)], by=SERVICE, now=NOW)
    await follow(session)
    assert set(followed[-1]) == both

    session.expire_all()
    apart = await session.scalars(select(TrialRecord).where(TrialRecord.number == "NCT00000003"))
    trial = await set_apart(session, list(apart), by=SERVICE, now=NOW)
    await follow(session)
    assert trial.id in followed[-1] and len(followed[-1]) == 2
