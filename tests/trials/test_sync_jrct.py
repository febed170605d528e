"""jRCT in bulk: only with its permission, politely, from the newest publication back to where the last sync stood."""

from collections.abc import Iterator
from itertools import islice

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground.errors import NotAllowed
from app.identity.rules import Actor, Role
from app.jobs.registry import Work
from app.settings import Settings
from app.trials.actions import running
from app.trials.jrct import asking
from app.trials.jrct.asking import Manners
from app.trials.jrct.errors import BulkNotPermitted, NotSwitchedOn, RegistryBlocked
from app.trials.models import RecordSite, RunState, Source
from tests.trials.runs import NOW, Runs, counted
from tools.practice_registry import Mood, PracticeRegistry

HURRIED = Manners(pause=0.0, question=5.0, longest_wait=1.0)
ADMINISTRATOR = Actor(None, roles=frozenset({Role.ADMINISTRATOR}))
OFFICER = Actor(None, roles=frozenset({Role.STAFF}))
LATER = "令和8年11月19日"


@pytest.fixture
def registry() -> Iterator[PracticeRegistry]:
    with PracticeRegistry(rows=4) as running_registry:
        known = running_registry.records.items()
        small = {number: one for number, one in known if len(one["others"]) < 4 and one["day"][:2] == "20"}
        running_registry.records = dict(islice(small.items(), 7))
        yield running_registry


@pytest.fixture
def runs(
    registry: PracticeRegistry,
    settings: Settings,
    sessions: async_sessionmaker[AsyncSession],
    monkeypatch: pytest.MonkeyPatch,
) -> Runs:
    monkeypatch.setattr(asking, "Manners", lambda: HURRIED)
    permission = {"jrct_url": registry.url, "jrct_bulk_permission": "Help desk, 2026-11-01 (fictional)"}
    return Runs(Work(sessions, settings.model_copy(update=permission)))


def pages(registry: PracticeRegistry, word: str) -> int:
    return sum(word in one.path for one in registry.asked)


async def test_without_a_permission_nothing_is_asked(runs: Runs, registry: PracticeRegistry) -> None:
    for changed, refusal in (({"jrct_bulk_permission": " "}, BulkNotPermitted), ({"jrct_url": "off"}, NotSwitchedOn)):
        without = Runs(Work(runs.work.sessions, runs.work.settings.model_copy(update=changed)))
        with pytest.raises(refusal):
            await without.sync(Source.JRCT)
    assert registry.asked == []
    assert await runs.rows("sync_run") == 0


async def test_everything_is_read_once_and_then_only_what_was_published_since(
    runs: Runs, registry: PracticeRegistry
) -> None:
    run = await runs.sync(Source.JRCT)
    assert (run.state, counted(run)) == (RunState.DONE, (7, 0, 0, 0, 0))
    assert (run.passed, run.expected) == (7, 7)
    assert (pages(registry, "/search"), pages(registry, "/latest-detail")) == (2, 7)
    newest = max(record["day"] for record in registry.records.values())
    assert (await runs.state(Source.JRCT)).watermark == newest
    stored = await runs.numbers(Source.JRCT)
    assert {number.lower() for number in stored} == set(registry.records)
    assert all(record.demo for record in stored.values())

    first = next(iter(registry.records.values()))
    first |= {"day": "2026-11-19", "published": LATER, "changed": LATER, "note": "changed"}
    registry.asked.clear()
    await runs.later()
    again = await runs.sync(Source.JRCT)
    assert (again.state, again.changed) == (RunState.DONE, 1)
    assert again.read < 7, "what was published before the last sync is not asked for"
    assert pages(registry, "/search") == 1
    assert (await runs.state(Source.JRCT)).watermark == "2026-11-19"


@pytest.mark.parametrize(
    ("mood", "state", "code"),
    [
        (Mood(status=500, body="<html>Gateway</html>"), RunState.FAILED, "registry_unavailable"),
        (Mood(status=503, retry_after="3600"), RunState.FAILED, "registry_busy"),
        (Mood(cut_off=True), RunState.FAILED, "registry_unavailable"),
        (Mood(status=403), RunState.STOPPED, "registry_blocked"),
    ],
    ids=["broken", "busy", "cut off", "refused"],
)
@pytest.mark.parametrize("before", [0, 2], ids=["list", "record"])
async def test_what_fails_is_a_sentence_and_the_run_goes_on_where_it_stood(
    runs: Runs, registry: PracticeRegistry, mood: Mood, state: RunState, code: str, before: int
) -> None:
    registry.rows, registry.records = 2, dict(islice(registry.records.items(), 3))
    registry.next_moods(*[Mood()] * before)
    registry.mood = mood
    failed = await runs.sync(Source.JRCT)
    assert (failed.state, failed.code, failed.read) == (state, code, max(0, before - 1))
    assert failed.why is not None and failed.why.in_("en").startswith("jRCT ")
    registry.calm_down()
    await runs.later()
    if state is RunState.STOPPED:
        await refused_until_an_administrator_resumes(runs, registry)
    asked = len(registry.asked)
    done = await runs.sync(Source.JRCT)
    assert (done.id, done.state, done.new) == (failed.id, RunState.DONE, 3)
    assert len(registry.asked) - asked == 3 - failed.read + (2 if before == 0 else 1)


async def refused_until_an_administrator_resumes(runs: Runs, registry: PracticeRegistry) -> None:
    asked = len(registry.asked)
    with pytest.raises(RegistryBlocked):
        await runs.sync(Source.JRCT)
    async with runs.work.transaction() as session:
        with pytest.raises(NotAllowed):
            await running.resume(session, Source.JRCT, by=OFFICER, now=NOW)
        await running.resume(session, Source.JRCT, by=ADMINISTRATOR, now=NOW)
    assert len(registry.asked) == asked


async def test_an_unknown_number_is_refused_and_the_others_are_read(runs: Runs, registry: PracticeRegistry) -> None:
    shown = dict(islice(registry.records.items(), 3))
    gone = list(shown)[1]
    registry.records = {number: record for number, record in shown.items() if number != gone}
    registry.listed = shown
    run = await runs.sync(Source.JRCT)
    assert (run.state, counted(run)) == (RunState.DONE, (2, 0, 0, 0, 1))
    (refusal,) = await runs.refusals(run)
    assert refusal.where is not None
    assert shown[gone]["number"] in refusal.where.in_("en") and "has no record" in refusal.why.in_("en")


async def test_another_layout_stops_the_source_and_overwrites_nothing(runs: Runs, registry: PracticeRegistry) -> None:
    await runs.sync(Source.JRCT)
    good = {number: (record.digest, record.version) for number, record in (await runs.numbers(Source.JRCT)).items()}
    await runs.later()
    async with runs.work.transaction() as session:
        (await session.merge(await runs.state(Source.JRCT))).watermark = None
    registry.next_moods(Mood(), Mood())
    registry.mood = Mood(layout="ids")
    stopped = await runs.sync(Source.JRCT)
    assert (stopped.state, stopped.code) == (RunState.STOPPED, "layout_changed")
    assert stopped.refused <= 5
    state = await runs.state(Source.JRCT)
    assert state.layout_item is not None and "area-toggle" in state.layout_item
    now = {number: (record.digest, record.version) for number, record in (await runs.numbers(Source.JRCT)).items()}
    assert now == good


async def test_a_list_that_is_none_stops_the_source_at_once(runs: Runs, registry: PracticeRegistry) -> None:
    registry.mood = Mood(body="<html><body>新しい検索画面</body></html>")
    stopped = await runs.sync(Source.JRCT)
    assert (stopped.state, stopped.code) == (RunState.STOPPED, "layout_changed")
    assert (await runs.state(Source.JRCT)).layout_item == "list"


async def test_one_record_is_stored_with_its_english_page_where_that_is_asked_for(
    runs: Runs, registry: PracticeRegistry
) -> None:
    number = next(record["number"] for record in registry.records.values() if record["plain"].en)
    run = await runs.record(f"JPRN-{number.upper()}")
    assert (run.state, run.number, counted(run)) == (RunState.DONE, number, (1, 0, 0, 0, 0))
    assert pages(registry, "/en-latest-detail") == 0
    both = await runs.record(number, english=True)
    assert both.state is RunState.DONE
    assert pages(registry, "/en-latest-detail") == 1
    unknown = await runs.record("jRCTs999990000")
    assert (unknown.state, unknown.code) == (RunState.FAILED, "no_such_record")


ODD = ("jRCTs999260029", "jRCT1999260031", "jRCTs999250023", "jRCTs999230015", "jRCTs999190002")


async def test_an_impossible_day_no_title_html_300_hospitals_and_the_first_year_of_an_era_go_through_a_run(
    runs: Runs, registry: PracticeRegistry
) -> None:
    with PracticeRegistry() as whole:
        registry.records = {number.lower(): whole.records[number.lower()] for number in ODD}
    registry.rows = 50
    run = await runs.sync(Source.JRCT)
    assert (run.state, counted(run)) == (RunState.DONE, (5, 0, 0, 0, 0))
    stored = await runs.numbers(Source.JRCT)
    impossible, untitled, marked, large, first_year = (stored[number] for number in ODD)
    assert impossible.registered_on is None or impossible.registered_on.year == 2026
    assert (untitled.title_ja, untitled.title_en) == (None, None)
    assert marked.title_ja is not None and "<" not in marked.title_ja
    assert str(first_year.registered_on) == "2019-05-01"
    async with runs.work.transaction() as session:
        sites = select(func.count()).select_from(RecordSite).where(RecordSite.record_id == large.id)
        assert await session.scalar(sites) == 300
    assert (await runs.state(Source.JRCT)).watermark == max(
        one["day"] for one in registry.records.values() if one["day"].startswith("20")
    )
