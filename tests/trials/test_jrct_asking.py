"""jRCT is asked for one record at a time, politely, whatever it answers; and nothing is kept that is not a record."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.ground.audit import AuditEvent
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.errors import NotAllowed, Refused, Unacceptable
from app.ground.i18n import LOCALES
from app.identity.rules import SERVICE, VISITOR, Actor, Role
from app.identity.standing import stand_as
from app.jobs.registry import Work
from app.settings import Settings
from app.trials import turns
from app.trials.jrct import asking, errors
from app.trials.jrct.asking import Manners, number_in, pull, refuse_bulk
from app.trials.models import RegistryPage, RegistryTurn
from tests.databases import Server
from tools.practice_registry import Mood, PracticeRegistry

ONE, OTHER, HUGE = "jRCTs999190001", "jRCT2999260030", "jRCTs999230015"
PAUSE = 0.15
HURRIED = Manners(pause=PAUSE, question=1.0, longest_wait=5.0)


@pytest.fixture
def registry() -> Iterator[PracticeRegistry]:
    with PracticeRegistry() as running:
        yield running


@pytest.fixture
async def engine(server: Server, own_database: str) -> AsyncIterator[AsyncEngine]:
    """A database of its own: turns are shared by what really commits."""
    engine = engine_for(server.url(own_database, "service"), role=SERVICE_ROLE)
    yield engine
    await engine.dispose()


@pytest.fixture
def work(engine: AsyncEngine, settings: Settings, registry: PracticeRegistry) -> Work:
    """A worker that may ask the practice registry."""
    return Work(sessions_for(engine), settings.model_copy(update={"jrct_url": registry.url}))


async def ask(work: Work, number: str = ONE, **given: object) -> asking.Pulled:
    return await pull(work.transaction, work.settings, number, **{"by": SERVICE, "manners": HURRIED, **given})  # type: ignore[arg-type]


async def refused(work: Work, number: str = ONE, **given: object) -> Refused:
    with pytest.raises(errors.RegistryRefusal) as refusal:
        await ask(work, number, **given)
    assert all(refusal.value.in_(locale) for locale in LOCALES)
    return refusal.value


async def nothing_is_kept(work: Work) -> bool:
    async with work.transaction() as session:
        return list(await session.scalars(select(RegistryPage))) == []


async def turn(work: Work) -> RegistryTurn:
    async with work.transaction() as session:
        return (await session.scalars(select(RegistryTurn))).one()


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("jRCTs051180190", "jRCTs051180190"), (" JRCT2031190264 ", "jRCT2031190264"), ("JPRN-jrctS051180190", "jRCTs051180190"),
        ("ｊＲＣＴ２０８０２２３８８６", "jRCT2080223886"), ("https://jrct.mhlw.go.jp/latest-detail/jRCTb030190173?a=1", "jRCTb030190173"),
    ],
)  # fmt: skip
def test_a_number_is_found_in_what_people_paste(typed: str, number: str) -> None:
    assert number_in(typed) == number


@pytest.mark.parametrize("typed", ["", "NCT00000001", "jRCT123", "jRCTs0511801901", "jRCTs05118019\0", "x" * 5000])
def test_what_is_no_number_is_refused_before_anybody_is_asked(typed: str) -> None:
    with pytest.raises(Unacceptable):
        number_in(typed)


async def test_nobody_is_asked_until_the_operator_switches_it_on(work: Work, registry: PracticeRegistry) -> None:
    off = replace(work, settings=work.settings.model_copy(update={"jrct_url": "off"}))
    assert isinstance(await refused(off), errors.NotSwitchedOn)
    with pytest.raises(NotAllowed):
        await ask(work, by=VISITOR)
    assert registry.asked == []


def test_bulk_needs_the_permission_that_the_operator_names(settings: Settings) -> None:
    with pytest.raises(errors.BulkNotPermitted) as refusal:
        refuse_bulk(settings)
    assert "1.4" in refusal.value.in_("ja")
    refuse_bulk(settings.model_copy(update={"jrct_bulk_permission": "Help desk, 2026-11-01, no. 1 (fictional)"}))


async def test_a_record_is_kept_with_its_hospitals_and_without_its_people(
    work: Work, registry: PracticeRegistry
) -> None:
    page = await ask(work, "jprn-JRCTS999190001")
    assert (page.number, page.language, page.from_cache, page.changed) == (ONE, "ja", False, True)
    assert page.title == "【架空】急性骨髄性白血病を対象とした見本薬SMP-001の第II相試験"
    assert page.page.count("所属機関（実施医療機関）</label>") == 34
    assert "架空第33病院" in page.page
    assert "許可の有無" in page.page
    for personal in ("見本　太郎", "MIHON", "KAKU Hanako", "架空　次郎", "00-0000-0000", "@registry.example"):
        assert personal not in page.page
    [asked] = registry.asked
    assert asked.path == f"/latest-detail/{ONE}"
    assert asked.agent == "Madoguchi (one record at a person's request; +http://testserver; window@madoguchi.example)"


async def test_the_english_page_is_kept_beside_the_japanese(work: Work) -> None:
    await ask(work)
    english = await ask(work, language="en")
    assert english.title == "[Fictional] phase 2 trial of SMP-001 in Acute myeloid leukemia"
    assert "Fictional Certified Review Board" in english.page
    assert "MIHON" not in english.page
    assert (await ask(work)).language == "ja"


async def test_a_page_read_within_a_day_is_not_asked_for_again(work: Work, registry: PracticeRegistry) -> None:
    await ask(work)
    again = await ask(work)
    assert (again.from_cache, len(registry.asked)) == (True, 1)
    async with work.transaction() as session:
        await session.execute(update(RegistryPage).values(read_at=RegistryPage.read_at - timedelta(hours=25)))
    later = await ask(work)  # the registry says 304: it stands as it stood
    assert (later.from_cache, later.changed, len(registry.asked)) == (False, False, 2)
    assert later.page == again.page
    assert later.read_at > again.read_at


async def test_three_hundred_hospitals_and_a_record_without_a_title_are_records_too(work: Work) -> None:
    assert (await ask(work, HUGE)).page.count("所属機関（実施医療機関）</label>") == 300
    assert (await ask(work, "jRCT1999260031")).title == ""


async def test_an_unknown_number_is_no_outage_and_an_outage_is_no_unknown_number(
    work: Work, registry: PracticeRegistry
) -> None:
    unknown = await refused(work, "jRCTs999990000")
    assert isinstance(unknown, errors.NoSuchRecord)
    assert "jRCTs999990000" in unknown.in_("ja")
    assert len(registry.asked) == 1, "asking again would not make it known"
    registry.mood = Mood(status=500, body="<html><title>500 Internal Server Error</title></html>")
    assert type(await refused(work)) is errors.RegistryUnavailable
    registry.mood = Mood(status=502)
    assert type(await refused(work)) is errors.RegistryUnavailable
    registry.mood = Mood()
    assert (await ask(work)).number == ONE


@pytest.mark.parametrize(
    ("mood", "refusal", "asked"),
    [
        (Mood(slow=1.5), errors.RegistrySlow, 1),
        (Mood(drip=0.2), errors.RegistrySlow, 1),
        (Mood(cut_off=True), errors.RegistryUnavailable, 2),
        (Mood(hang_up=True), errors.RegistryUnavailable, 2),
        (Mood(body="<html><title>jRCT</title><p>jRCTs999190001"), errors.RegistryUnavailable, 2),
        (Mood(location="http://elsewhere.invalid/"), errors.RegistryUnavailable, 2),
        (Mood(layout="ids"), errors.LayoutChanged, 1),
        (Mood(layout="labels"), errors.LayoutChanged, 1),
        (Mood(encoding="cp932"), errors.RegistryNotUnderstood, 1),
        (Mood(padding=17 * 1024 * 1024), errors.RegistryNotUnderstood, 1),
        (Mood(body="<html><title>メンテナンス</title></html>"), errors.RegistryNotUnderstood, 1),
    ],
)  # fmt: skip
async def test_what_is_not_a_whole_record_is_refused_and_not_kept(
    work: Work, registry: PracticeRegistry, mood: Mood, refusal: type[Refused], asked: int
) -> None:
    registry.mood = mood
    assert type(await refused(work)) is refusal
    assert len(registry.asked) == asked
    assert await nothing_is_kept(work)
    registry.mood = Mood()
    assert (await ask(work)).number == ONE


@pytest.mark.parametrize("after", ["1", None, "nonsense"])
async def test_a_busy_registry_is_asked_no_sooner_than_it_wants(
    work: Work, registry: PracticeRegistry, after: str | None
) -> None:
    registry.next_moods(Mood(status=429, retry_after=after))
    if after == "1":
        assert (await ask(work)).number == ONE
        first, second = registry.asked
        assert second.came - first.went >= 1.0
        return
    busy = await refused(work)
    assert isinstance(busy, errors.RegistryBusy)
    assert "5" in busy.in_("en")
    assert isinstance(await refused(work, OTHER), errors.RegistryBusy), "nobody else asks in that time either"
    assert len(registry.asked) == 1


async def test_the_first_403_stops_every_worker_until_a_person_resumes(work: Work, registry: PracticeRegistry) -> None:
    registry.mood = Mood(blocks_after=2)
    await ask(work, ONE)
    await ask(work, OTHER)
    ended = await asyncio.gather(*(ask(work, number) for number in ("jRCT2999240016", "jRCT2999240017")), return_exceptions=True)  # fmt: skip
    assert all(isinstance(one, errors.RegistryBlocked) for one in ended)
    assert len(registry.asked) == 3
    registry.mood = Mood()
    later = await refused(work, "jRCT2999240018")
    assert "403" in str((await turn(work)).blocked_why)
    assert later.in_("en").startswith("jRCT refused our request at 20")
    assert len(registry.asked) == 3
    assert (await ask(work, ONE)).from_cache, "what is kept can still be read"

    now = datetime.now(UTC)
    async with work.transaction() as session:
        for officer in (Actor(person_id=None, roles=frozenset({Role.STAFF})), VISITOR):
            with pytest.raises(NotAllowed):
                await turns.resume(session, asking.SOURCE, by=officer, now=now)
        await turns.resume(session, asking.SOURCE, by=SERVICE, now=now)
        with pytest.raises(errors.NotBlocked):
            await turns.resume(session, asking.SOURCE, by=SERVICE, now=now)
    assert (await ask(work, "jRCT2999240018")).number == "jRCT2999240018"
    async with work.transaction() as session:
        noted = list(await session.scalars(select(AuditEvent.what).where(AuditEvent.what.like("registry.%"))))
    assert noted.count("registry.asked") == 4
    assert noted.count("registry.blocked") == noted.count("registry.resumed") == 1


async def test_workers_never_ask_at_once_and_keep_the_pause(
    work: Work, engine: AsyncEngine, registry: PracticeRegistry
) -> None:
    registry.mood = Mood(slow=0.1)
    numbers = [record["number"] for record in registry.records.values() if len(record["others"]) < 20][:6]
    other = engine_for(engine.url.render_as_string(hide_password=False), role=SERVICE_ROLE)
    try:
        workers = (work, Work(sessions_for(other), work.settings))
        patient = replace(HURRIED, longest_wait=60.0, question=20.0)
        asked = [ask(workers[place % 2], number, manners=patient) for place, number in enumerate(numbers)]
        same = [ask(one, numbers[0], manners=patient) for one in workers]
        await asyncio.gather(*asked, *same)
    finally:
        await other.dispose()
    assert len(registry.asked) == len(numbers), "a page that somebody else has just read is not asked for again"
    in_order = sorted(registry.asked, key=lambda one: one.came)
    for before, after in pairwise(in_order):
        assert after.came - before.went >= PAUSE - 0.02


async def test_a_worker_that_dies_holds_the_turn_no_longer_than_a_question_takes(
    work: Work, registry: PracticeRegistry
) -> None:
    await ask(work, OTHER)
    async with work.transaction() as session:
        lost = {"held_by": asking.uuid4(), "held_until": await turns.database_clock(session) + timedelta(seconds=0.6)}
        await session.execute(update(RegistryTurn).values(lost))
    await ask(work)
    first, second = registry.asked
    assert second.came - first.went >= 0.4
    assert (await turn(work)).held_by is None


async def test_whoever_waits_too_long_is_told_so(work: Work, registry: PracticeRegistry) -> None:
    async with work.transaction() as session:
        await turns.take_turn(session, "jrct", asking.uuid4(), hold=timedelta(minutes=5), spacing=timedelta(0))
    assert isinstance(await refused(work, manners=replace(HURRIED, longest_wait=0.3)), errors.RegistryBusy)
    assert registry.asked == []


async def test_no_transaction_is_open_while_the_registry_is_asked(work: Work, registry: PracticeRegistry) -> None:
    open_now = 0
    seen: list[int] = []

    @asynccontextmanager
    async def counted() -> AsyncIterator[AsyncSession]:
        nonlocal open_now
        async with work.transaction() as session:
            await stand_as(session, SERVICE)
            open_now += 1
            try:
                yield session
            finally:
                open_now -= 1

    registry.mood = Mood(slow=0.5)
    pulling = asyncio.create_task(pull(counted, work.settings, ONE, by=SERVICE, manners=HURRIED))
    while not pulling.done():
        if registry.asked and not registry.asked[0].went:
            seen.append(open_now)
        await asyncio.sleep(0.02)
    await pulling
    assert len(seen) > 3
    assert max(seen) == 0
