"""A sync of ClinicalTrials.gov: whole, once, from where it stood, and a sentence where it cannot be."""

from collections.abc import AsyncGenerator, Iterator
from copy import deepcopy
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground.errors import NotAllowed
from app.identity.rules import Actor, Role
from app.jobs.registry import Work
from app.settings import Settings
from app.trials.actions import running
from app.trials.ctgov.api import Patience
from app.trials.errors import NotPaused, SourcePaused
from app.trials.models import RunState, Source
from app.trials.sync import ctgov
from app.trials.sync.registry import Cursor, Portion
from tests.trials.runs import NOW, Runs, counted
from tools.practice_registry import Mood, PracticeRegistry
from tools.practice_registry.studies import without

HURRIED = Patience(tries=3, seconds=2.0, longest_wait=0.3, first_wait=0.01)
OFFICER = Actor(None, roles=frozenset({Role.STAFF}))
ADMINISTRATOR = Actor(None, roles=frozenset({Role.ADMINISTRATOR}))


@pytest.fixture
def registry() -> Iterator[PracticeRegistry]:
    with PracticeRegistry(more=30, largest=20) as running:
        yield running


@pytest.fixture
def runs(
    registry: PracticeRegistry,
    settings: Settings,
    sessions: async_sessionmaker[AsyncSession],
    monkeypatch: pytest.MonkeyPatch,
) -> Runs:
    monkeypatch.setattr(ctgov, "PATIENCE", HURRIED)
    given = settings.model_copy(update={"ctgov_url": registry.api_url, "ctgov_pause": 0.0})
    return Runs(Work(sessions, given))


def asked(registry: PracticeRegistry, word: str) -> int:
    return sum(word in one.path for one in registry.asked)


async def test_a_first_sync_brings_everything_in_and_a_second_asks_only_what_is_new(
    runs: Runs, registry: PracticeRegistry
) -> None:
    run = await runs.sync()
    assert (run.state, run.reason) == (RunState.DONE, None)
    everything = len(registry.studies)
    assert everything > 50
    assert counted(run) == (everything, 0, 0, 0, 0)
    assert (run.read, run.passed, run.expected, run.share) == (everything, everything, everything, 1.0)
    assert set(await runs.numbers()) == set(registry.studies)
    assert all(record.demo for record in (await runs.numbers()).values())
    state = await runs.state()
    assert (state.watermark, state.succeeded_at) == (registry.stamp, run.ended_at)
    assert await runs.rows("sync_seen") == 0

    nothing = await runs.sync()
    assert nothing.id != run.id
    assert (nothing.state, nothing.read) == (RunState.DONE, 0)
    assert nothing.why is not None and "published nothing" in nothing.why.in_("en")

    registry.stamp = "2026-11-21T09:00:05"
    await runs.sync()
    last = [one.path for one in registry.asked if "/studies" in one.path][-1]
    assert "RANGE%5B2026-11-19%2CMAX%5D" in last and "AREA%5BLocationCountry%5DJapan" in last
    assert (await runs.state()).watermark == registry.stamp


async def test_what_has_changed_is_a_new_version_and_what_is_older_stays(
    runs: Runs, registry: PracticeRegistry
) -> None:
    await runs.sync()
    changed, older = "NCT99991003", "NCT99991004"
    for number, day in ((changed, "2026-11-20"), (older, "2020-01-01")):
        module = registry.studies[number]["protocolSection"]["statusModule"]
        module["lastUpdatePostDateStruct"]["date"] = day
        module["overallStatus"] = "WITHDRAWN"
    async with runs.work.transaction() as session:
        (await session.merge(await runs.state())).watermark = "2000-01-01T00:00:00"
    run = await runs.sync()
    assert counted(run) == (0, 1, len(registry.studies) - 2, 1, 0)
    assert (await runs.numbers())[changed].version == 2


@pytest.mark.parametrize(
    ("mood", "code", "sentence"),
    [
        (Mood(status=503), "registry_unavailable", "ClinicalTrials.gov cannot be reached"),
        (Mood(hang_up=True), "registry_unavailable", "ClinicalTrials.gov cannot be reached"),
        (Mood(cut_off=True), "registry_unavailable", "ClinicalTrials.gov cannot be reached"),
        (Mood(status=429, retry_after="3600"), "registry_busy", "Try again in 60 minutes"),
        (Mood(slow=2.5), "registry_slow", "did not answer in time"),
        (Mood(body="<!doctype html><title>Maintenance</title>"), "registry_not_understood", "is not a record"),
    ],
    ids=["broken", "hangs up", "cut off", "limited", "slow", "a page"],
)  # fmt: skip
async def test_whatever_fails_in_the_middle_is_a_sentence_and_running_again_goes_on(
    runs: Runs, registry: PracticeRegistry, mood: Mood, code: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctgov, "PATIENCE", replace(HURRIED, seconds=0.5, tries=2))
    registry.next_moods(Mood(), Mood(), *[mood] * 2)
    failed = await runs.sync()
    assert (failed.state, failed.code, failed.read) == (RunState.FAILED, code, 20)
    assert failed.why is not None and sentence in failed.why.in_("en")
    assert "ClinicalTrials.gov" in failed.why.in_("ja")
    assert (await runs.state()).watermark is None
    registry.calm_down()
    await runs.later()
    before = asked(registry, "pageToken")
    done = await runs.sync()
    assert done.id == failed.id
    assert (done.state, counted(done)) == (RunState.DONE, (len(registry.studies), 0, 0, 0, 0))
    assert asked(registry, "version") == 1, "it went on where it stood"
    assert asked(registry, "pageToken") > before


async def test_what_passes_by_itself_is_waited_for(runs: Runs, registry: PracticeRegistry) -> None:
    registry.next_moods(Mood(status=429, retry_after="0"), Mood(), Mood(status=500), Mood(hang_up=True))
    run = await runs.sync()
    assert (run.state, run.new) == (RunState.DONE, len(registry.studies))


async def test_a_refusal_stops_everybody_until_a_person_resumes(runs: Runs, registry: PracticeRegistry) -> None:
    registry.next_moods(Mood(), Mood(), Mood(status=403))
    run = await runs.sync()
    assert (run.state, run.code, run.read) == (RunState.STOPPED, "registry_blocked", 20)
    assert run.why is not None and "refused our request" in run.why.in_("en")
    assert len(registry.asked) == 3


async def test_a_page_token_that_has_expired_begins_again_and_counts_nothing_twice(
    runs: Runs, registry: PracticeRegistry
) -> None:
    registry.next_moods(Mood(), Mood(), Mood(hang_up=True), Mood(hang_up=True), Mood(hang_up=True))
    assert (await runs.sync()).read == 20
    registry.generation = 2
    registry.stamp = "2026-11-21T00:00:00"
    run = await runs.sync()
    assert (run.state, counted(run)) == (RunState.DONE, (len(registry.studies), 0, 0, 0, 0))
    assert (await runs.state()).watermark == registry.stamp


async def test_a_study_that_stands_on_two_pages_is_counted_once(runs: Runs, registry: PracticeRegistry) -> None:
    twice = dict(registry.studies)
    first = next(iter(twice))
    registry.studies = {**twice, "again": twice[first]}
    run = await runs.sync()
    assert counted(run) == (len(twice), 0, 0, 0, 0)


async def test_an_answer_that_is_too_large_is_asked_for_in_smaller_pages(
    runs: Runs, registry: PracticeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.largest = 1000
    monkeypatch.setattr(ctgov, "LARGEST_PAGE", 120_000)
    run = await runs.sync()
    assert (run.state, run.new) == (RunState.DONE, len(registry.studies))


async def test_one_study_is_read_by_its_number(runs: Runs, registry: PracticeRegistry) -> None:
    run = await runs.record("nct99991002")
    assert (run.state, run.number, counted(run)) == (RunState.DONE, "NCT99991002", (1, 0, 0, 0, 0))
    assert counted(await runs.record("NCT99991002")) == (0, 0, 1, 0, 0)
    unknown = await runs.record("NCT99998888")
    assert (unknown.state, unknown.code) == (RunState.FAILED, "no_such_record")
    assert unknown.why is not None and "has no record with the number NCT99998888" in unknown.why.in_("en")
    assert Source.CTGOV is unknown.source


async def test_somebody_pausing_in_the_middle_stops_it_before_it_writes_again(
    runs: Runs, registry: PracticeRegistry
) -> None:
    async with runs.work.transaction() as session:
        run = await running.ask_sync(session, Source.CTGOV, settings=runs.work.settings, by=OFFICER, now=NOW)
    portions = ctgov.ClinicalTrialsGov.changes

    async def paused_after_the_second(self: ctgov.ClinicalTrialsGov, cursor: Cursor) -> AsyncGenerator[Portion, None]:
        async for number, portion in counted_from_one(portions(self, cursor)):
            if number == 2:
                async with runs.work.transaction() as session:
                    await running.pause(session, Source.CTGOV, by=OFFICER, now=NOW)
            yield portion

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ctgov.ClinicalTrialsGov, "changes", paused_after_the_second)
        paused = await runs.do(run.id)
    assert (paused.state, paused.read, paused.has_ended) == (RunState.PAUSED, 20, False)
    assert len(await runs.numbers()) == 20
    with pytest.raises(SourcePaused):
        await runs.sync()
    assert counted(await runs.record("NCT99991002")) == (1, 0, 0, 0, 0), "one record is none of a pause's business"
    async with runs.work.transaction() as session:
        state = await running.resume(session, Source.CTGOV, by=OFFICER, now=NOW)
    assert state.paused_at is None
    done = await runs.do(run.id)
    assert (done.state, counted(done)) == (RunState.DONE, (len(registry.studies) - 1, 0, 1, 0, 0))
    async with runs.work.transaction() as session:
        with pytest.raises(NotPaused):
            await running.resume(session, Source.CTGOV, by=OFFICER, now=NOW)


async def counted_from_one(portions: AsyncGenerator[Portion, None]) -> AsyncGenerator[tuple[int, Portion], None]:
    number = 0
    async for portion in portions:
        number += 1
        yield number, portion


@pytest.mark.parametrize(
    ("path", "item", "words"),
    [
        ("protocolSection.statusModule.overallStatus", "status", "Recruitment status"),
        ("protocolSection.identificationModule.nctId", "number", "Trial number"),
        ("protocolSection", "number", "Trial number"),
    ],
)
async def test_a_part_that_is_suddenly_gone_stops_the_source_before_anything_is_overwritten(
    runs: Runs, registry: PracticeRegistry, path: str, item: str, words: str
) -> None:
    await runs.sync()
    good = {number: record.digest for number, record in (await runs.numbers()).items()}
    registry.stamp, registry.mood = "2026-11-21T00:00:00", Mood(layout=path)
    async with runs.work.transaction() as session:
        (await session.merge(await runs.state())).watermark = "2000-01-01T00:00:00"
    stopped = await runs.sync()
    assert (stopped.state, stopped.code, stopped.read) == (RunState.STOPPED, "layout_changed", 0)
    assert stopped.why is not None and words in stopped.why.in_("en")
    assert {number: record.digest for number, record in (await runs.numbers()).items()} == good
    state = await runs.state()
    assert (state.layout_item, state.watermark) == (item, "2000-01-01T00:00:00")
    async with runs.work.transaction() as session:
        with pytest.raises(NotAllowed):
            await running.resume(session, Source.CTGOV, by=OFFICER, now=NOW)
        await running.resume(session, Source.CTGOV, by=ADMINISTRATOR, now=NOW)
    registry.calm_down()
    done = await runs.do(stopped.id)
    assert (done.state, counted(done)) == (RunState.DONE, (0, 0, len(good), 0, 0))


async def test_a_few_records_with_a_hole_are_refused_and_the_stored_ones_stay(
    runs: Runs, registry: PracticeRegistry
) -> None:
    await runs.sync()
    holed, fresh = "NCT99991005", "NCT99997777"
    registry.studies[fresh] = without({**registry.studies[holed]}, "protocolSection.statusModule.overallStatus")
    registry.studies[holed] = registry.studies[fresh]
    registry.studies[fresh] = deepcopy(registry.studies[fresh])
    registry.studies[fresh]["protocolSection"]["identificationModule"]["nctId"] = fresh
    registry.stamp = "2026-11-21T00:00:00"
    async with runs.work.transaction() as session:
        (await session.merge(await runs.state())).watermark = "2000-01-01T00:00:00"
    run = await runs.sync()
    assert (run.state, counted(run)) == (RunState.DONE, (1, 0, len(registry.studies) - 2, 0, 1))
    (refusal,) = await runs.refusals(run)
    assert f"{holed} comes without a part" in refusal.why.in_("en") and "進捗状況" in refusal.why.in_("ja")
    assert holed in refusal.raw
    stored = await runs.numbers()
    assert stored[holed].version == 1 and stored[holed].status is not None
    assert stored[fresh].status is None


async def test_two_at_one_run_count_nothing_twice_and_the_slower_leaves_it(
    runs: Runs, registry: PracticeRegistry
) -> None:
    async with runs.work.transaction() as session:
        run = await running.ask_sync(session, Source.CTGOV, settings=runs.work.settings, by=OFFICER, now=NOW)
    changes, others = ctgov.ClinicalTrialsGov.changes, []

    async def with_another_beside(self: ctgov.ClinicalTrialsGov, cursor: Cursor) -> AsyncGenerator[Portion, None]:
        async for portion in changes(self, cursor):
            if not others:
                others.append(run.id)
                await runs.do(run.id)
            yield portion

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ctgov.ClinicalTrialsGov, "changes", with_another_beside)
        done = await runs.do(run.id)
    assert (done.state, counted(done)) == (RunState.DONE, (len(registry.studies), 0, 0, 0, 0))


async def test_what_breaks_within_the_window_is_a_sentence_too(
    runs: Runs, registry: PracticeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_study: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ctgov, "read_study", broken)
    run = await runs.sync()
    assert (run.state, run.code) == (RunState.FAILED, "unexpected")
    assert run.why is not None and "Nothing was lost" in run.why.in_("en")
