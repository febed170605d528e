"""A worker looks after runs: those that lost theirs are done by another, and the day's sync begins where that is wished."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.errors import NotAllowed, Unacceptable
from app.ground.paging import Paging
from app.identity.rules import SERVICE, VISITOR, Actor, Role
from app.jobs.registry import Work
from app.jobs.trials import look_after_runs
from app.trials.actions import running
from app.trials.errors import NoSuchRun
from app.trials.models import RegistryTurn, RunKind, RunState, Source, SourceState, SyncRun
from app.trials.queries import runs as queries
from tests import make
from tests.desk import JobDesk
from tests.trials.runs import NOW


@dataclass(frozen=True)
class Later(Work):
    """A worker's things at a moment of the test's."""

    moment: list[datetime] = field(default_factory=lambda: [NOW])

    @property
    def now(self) -> datetime:
        return self.moment[0]


@pytest.fixture
def at(desk: JobDesk) -> Callable[[datetime, str], Later]:
    def work(moment: datetime, daily: str = "off") -> Later:
        settings = desk.given.settings.model_copy(update={"ctgov_sync": daily})
        return Later(desk.given.sessions, settings, [moment])

    return work


async def asked(session: AsyncSession, work: Work) -> SyncRun:
    run = await running.ask_sync(session, Source.CTGOV, settings=work.settings, by=SERVICE, now=NOW)
    await session.commit()
    return run


async def test_a_run_that_stands_still_is_given_to_another_worker(
    session: AsyncSession, desk: JobDesk, at: Callable[..., Later]
) -> None:
    run = await asked(session, desk.given)
    await look_after_runs(at(NOW + queries.STANDS_STILL))
    assert [name for name, _said in await desk.waiting()] == ["run_sync"]
    for _twice in range(2):
        await look_after_runs(at(NOW + 2 * queries.STANDS_STILL))
    assert await desk.waiting() == [("run_sync", {"run_id": str(run.id)})] * 2


@pytest.mark.parametrize(
    ("values", "hours", "jobs"),
    [
        (None, 0, 1),
        ({"succeeded_at": NOW}, 1, 0),
        ({"succeeded_at": NOW}, 13, 1),
        ({"paused_at": NOW}, 1, 0),
        ({"layout_changed_at": NOW, "layout_item": "status"}, 1, 0),
    ],
)
async def test_the_sync_of_the_day_begins_once_a_day_in_japan_unless_the_source_is_stopped(
    session: AsyncSession,
    desk: JobDesk,
    at: Callable[..., Later],
    values: dict[str, object] | None,
    hours: int,
    jobs: int,
) -> None:
    if values is not None:
        session.add(SourceState(source=Source.CTGOV, **values))
        await session.commit()
    await look_after_runs(at(NOW + timedelta(hours=hours)))
    assert await desk.waiting() == []
    for _look in range(2):
        await look_after_runs(at(NOW + timedelta(hours=hours), "daily"))
    assert [name for name, _said in await desk.waiting()] == ["run_sync"] * jobs


async def test_a_sync_of_the_day_that_failed_is_tried_again_an_hour_later(
    session: AsyncSession, desk: JobDesk, at: Callable[..., Later]
) -> None:
    run = await asked(session, desk.given)
    failed = {
        "state": RunState.FAILED,
        "ended_at": NOW,
        "reason": {"code": "x", "said": {"sentence": "x", "details": {}}},
    }
    await session.execute(update(SyncRun).where(SyncRun.id == run.id).values(**failed))
    await session.commit()
    for minutes, jobs in ((50, 1), (70, 2)):
        await look_after_runs(at(NOW + timedelta(minutes=minutes), "daily"))
        assert len(await desk.waiting()) == jobs


async def test_looking_after_runs_never_stops_a_worker(
    at: Callable[..., Later], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_all: object, **_named: object) -> None:
        raise OSError("the database has gone away")

    monkeypatch.setattr(running, "wake_lost_runs", broken)
    await look_after_runs(at(NOW))


async def test_who_may_ask_for_what(session: AsyncSession, desk: JobDesk) -> None:
    settings = desk.given.settings.model_copy(update={"jrct_url": "http://registry.invalid"})
    sponsor = Actor((await make.a_person(session)).id, roles=frozenset({Role.SPONSOR}))
    for stranger in (VISITOR, sponsor):
        with pytest.raises(NotAllowed):
            await running.ask_sync(session, Source.CTGOV, settings=settings, by=stranger, now=NOW)
        with pytest.raises(NotAllowed):
            await running.pause(session, Source.CTGOV, by=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        await running.ask_record(session, "NCT99990001", settings=settings, by=VISITOR, now=NOW)
    for typed in ("", "UMIN000000001", "NCT1", "NCT99990001 NCT99990002", "\x00"):
        with pytest.raises(Unacceptable) as refused:
            await running.ask_record(session, typed, settings=settings, by=sponsor, now=NOW)
        assert "NCT番号" in refused.value.by_field("ja")["number"]
    first = await running.ask_record(session, " jprn-JRCTs051180190 ", settings=settings, by=sponsor, now=NOW)
    assert (first.source, first.number, first.kind) == (Source.JRCT, "jRCTs051180190", RunKind.RECORD)
    assert await running.ask_record(session, "jRCTs051180190", settings=settings, by=sponsor, now=NOW) is first


async def test_pages_are_told_how_every_source_stands(session: AsyncSession, desk: JobDesk) -> None:
    officer = await make.an_officer(session)
    by = Actor(officer.id, roles=frozenset({Role.STAFF}))
    run = await running.ask_sync(session, Source.CTGOV, settings=desk.given.settings, by=by, now=NOW)
    session.add(RegistryTurn(source="jrct", free_at=NOW, blocked_at=NOW, blocked_why="HTTP 403"))
    await running.pause(session, Source.ICTRP, by=by, now=NOW)
    await session.commit()
    standing = {one.source: one for one in await queries.states_of_sources(session, desk.given.settings)}
    jrct, ctgov, ictrp = (standing[source] for source in Source)
    assert (jrct.can_sync, jrct.is_stopped, jrct.is_running) == (False, True, False)
    assert (ctgov.can_sync, ctgov.is_stopped, ctgov.is_running) == (True, False, True)
    assert (ictrp.can_sync, ictrp.is_stopped) == (False, True)
    assert ctgov.unfinished is not None and ctgov.unfinished.asked_by is not None
    assert ctgov.unfinished.asked_by.id == officer.id
    paged = await queries.runs_of(session, Paging(), source=Source.CTGOV, kind=RunKind.SYNC)
    assert [one.id for one in paged.rows] == [run.id]
    assert (await queries.runs_of(session, Paging(), source=Source.JRCT)).total == 0
    assert (await queries.get_run(session, run.id)).share is None
    assert (await queries.refusals_of(session, run, Paging())).rows == []
    with pytest.raises(NoSuchRun):
        await queries.get_run(session, officer.id)
    assert list(await session.scalars(select(SyncRun.id))) == [run.id]
