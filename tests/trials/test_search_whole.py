"""The search against a plain reckoning: choices, counts, pages to the end, trials that join and part, very long records."""

import asyncio
import random
from collections import Counter

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from typer.testing import CliRunner

from app.cli import commands
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.identity.rules import SERVICE
from app.trials.actions import follow, incoming, load, set_apart
from app.trials.models import TrialChoice, TrialHead, TrialRecord, TrialSearch
from app.trials.queries import searching
from app.trials.queries.searching import FACETS, Search, count, every, facets, find
from app.trials.record import Coded, Day, Design, Eligibility, Phases, Record, Site, Text
from app.trials.rules.searching import documents
from tests.conftest import NOW
from tests.databases import Server
from tests.trials.make import a_number, a_record
from tests.trials.test_searching import about, numbers, stored

Sessions = async_sessionmaker[AsyncSession]
STATUSES, PHASES, PLACES = ("recruiting", "completed"), ("phase.1", "phase.2"), ("pref.01", "pref.13", "pref.26")


def some(many: int) -> list[Record]:
    """Return records that differ in everything that can be chosen."""
    chance, records = random.Random(1), []
    for number in range(many):
        phases = tuple(sorted(chance.sample(PHASES, chance.randint(0, 2))))
        records.append(
            a_record(
                f"NCT{number:08}",
                source=chance.choice(("ctgov", "ictrp")),
                public_title=Text(chance.choice(("肺癌の試験", "胃癌の試験", "健康成人の試験"))),
                eligibility=Eligibility(Text(chance.choice(("肺癌の既往がない", "特になし")))),
                registered=Day("", f"20{chance.choice((19, 20))}-01-{1 + number % 28:02}") if number % 7 else None,
                status=Coded(code=chance.choice(STATUSES)),
                design=Design(phase=Phases(Text(), phases)),
                sites=tuple(Site(at, Text("病院"), prefecture=place) for at, place in enumerate(chance.sample(PLACES, chance.randint(0, 3)))),
            )
        )  # fmt: skip
    return records


def choices_of(record: Record) -> dict[str, set[str]]:
    status = record.status.code or ""
    return {
        "status": {status, *(["running"] if status == "recruiting" else [])},
        "phase": set(record.design.phase.codes),
        "prefecture": {site.prefecture or "" for site in record.sites},
        "year": {(record.registered.value or "")[:4]} if record.registered else set(),
        "registry": {record.source},
    }


def says(record: Record, q: str) -> bool:
    return q in f"{record.public_title.ja} {record.eligibility.inclusion.ja}"


@pytest.mark.parametrize("q", ["", "肺癌", "癌の試"])
async def test_choices_and_counts_are_those_of_a_plain_reckoning(
    sessions: Sessions, session: AsyncSession, q: str
) -> None:
    records = some(60)
    await stored(sessions, session, records)
    for choices in (
        {},
        {"prefecture": "pref.13"},
        {"status": "running", "phase": "phase.1"},
        {"year": "2019", "registry": "ictrp"},
    ):
        search = Search.asked(q=q, **choices)
        found = [
            one
            for one in records
            if says(one, q) and all(code in choices_of(one)[name] for name, code in choices.items())
        ]
        assert await count(session, search) == len(found)
        page = await find(session, search, page=1, size=100)
        assert sorted(row.lead.number for row in page.rows) == sorted(one.number for one in found)
        assert page.total == len(found) and not page.more
        divided = await facets(session, search)
        for name in choices_of(records[0]):
            others = {one: code for one, code in choices.items() if one != name}
            left = [
                one
                for one in records
                if says(one, q) and all(code in choices_of(one)[field] for field, code in others.items())
            ]
            assert divided[name] == Counter(code for one in left for code in choices_of(one)[name]), (name, choices)
        assert set(divided) == set(FACETS)


@pytest.mark.parametrize(("q", "sort"), [("", ""), ("肺癌", ""), ("癌の試", ""), ("肺癌", "newest")])
async def test_pages_have_every_hit_once_also_beyond_what_is_ranked(
    sessions: Sessions, session: AsyncSession, q: str, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "RANKED", 15)
    records = some(60)
    await stored(sessions, session, records)
    search, found = Search.asked(q=q, sort=sort), []
    wanted = sorted(one.number for one in records if says(one, q))
    for number in range(1, 20):
        page = await find(session, search, page=number, size=4)
        found += [row.lead.number for row in page.rows]
        assert page.more == (len(found) < len(wanted)) and page.total in {None, len(wanted)}
    assert sorted(found) == wanted
    if search.sort or not q:
        days = [next(one.registered for one in records if one.number == number) for number in found]
        values = [day.value or "" if day else "" for day in days]
        assert values == sorted(values, reverse=True)
    exported = [row.lead.number async for rows in every(session, search, at_once=7) for row in rows]
    assert sorted(exported) == wanted


async def test_what_a_trial_is_about_comes_before_what_it_mentions(sessions: Sessions, session: AsyncSession) -> None:
    mentions = about(
        "NCT00000001", "胃の試験", eligibility=Eligibility(Text("肺癌の既往がない")), registered=Day("", "2026-05-01")
    )
    await stored(sessions, session, [mentions, about("NCT00000002", "肺癌の試験"), about("NCT00000003", "胃の試験")])
    assert await numbers(session, "肺癌") == ["NCT00000002", "NCT00000001"]
    assert await numbers(session, "肺癌", within="head") == ["NCT00000002"]
    assert await count(session, Search.asked(q="肺癌", within="head")) == 1
    assert await numbers(session, "肺癌", sort="newest") == ["NCT00000001", "NCT00000002"]


async def test_trials_that_join_and_part_are_found_as_they_stand(sessions: Sessions, session: AsyncSession) -> None:
    first, second = about("NCT00000001", "膵癌の試験"), about("NCT00000002", "胃癌の試験")
    await stored(sessions, session, [first, second])
    joining = about(
        "jRCT2031260001", "別の題名", source="jrct", numbers=(a_number("NCT00000001"), a_number("NCT00000002"))
    )
    await stored(sessions, session, [joining])
    assert await numbers(session, "膵癌 胃癌") == ["jRCT2031260001"]
    assert await session.scalar(select(func.count()).select_from(TrialSearch)) == 1
    assert await session.scalar(select(func.count()).select_from(TrialHead)) == 1
    assert (await facets(session, Search()))["registry"] == {"jrct": 1, "ctgov": 1}

    session.expire_all()
    apart = list(await session.scalars(select(TrialRecord).where(TrialRecord.number == "NCT00000002")))
    await set_apart(session, apart, by=SERVICE, now=NOW)
    await follow(session)
    assert await numbers(session, "膵癌 胃癌") == []
    assert await numbers(session, "胃癌") == ["NCT00000002"]
    everything = await session.scalar(select(TrialChoice.trials).where(TrialChoice.field == ""))
    assert everything == await count(session, Search()) == 2


async def test_a_record_too_long_for_the_index_is_found_by_any_of_its_words(
    sessions: Sessions, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST_BYTES", 9_000)
    chance = random.Random(3)
    texts = ["".join(chr(chance.randrange(0x4E00, 0x9F00)) for _ in range(1_500)) for _ in range(4)]
    criteria = Eligibility(Text(texts[0], f"{texts[1]} rareword"), Text(texts[2], texts[3]))
    await stored(
        sessions, session, [about("NCT00000001", "長い記録", eligibility=criteria), about("NCT00000002", "短い記録")]
    )
    assert await session.scalar(select(func.count()).where(TrialSearch.overlong)) == 1
    for text in texts:
        for at in (0, 700, 1_490):
            assert await numbers(session, text[at : at + 2]) == ["NCT00000001"]
            assert await numbers(session, text[at : at + 5]) == ["NCT00000001"]
            assert await count(session, Search.asked(q=text[at : at + 3])) == 1
    assert await numbers(session, "rareword 長い") == ["NCT00000001"]
    assert await numbers(session, "rareword 短い") == [] == await numbers(session, "龥龥龥龥")


async def test_the_same_word_many_times_does_not_hide_a_phrase(sessions: Sessions, session: AsyncSession) -> None:
    criteria = Eligibility(Text(None, "dose and " * 9_000 + "dose escalation ends"))
    await stored(sessions, session, [about("NCT00000001", "試験", eligibility=criteria), about("NCT00000002", "dose")])
    assert await numbers(session, '"dose escalation"') == ["NCT00000001"]
    assert await numbers(session, '"escalation dose"') == []


async def test_the_command_indexes_what_is_out_of_date(server: Server, own_database: str) -> None:
    engine = engine_for(server.url(own_database, "service"), role=SERVICE_ROLE)
    sessions = sessions_for(engine)
    await load(sessions, [incoming(one) for one in some(3)], by=SERVICE, now=NOW)
    async with sessions.begin() as session:
        await follow(session)
        await session.execute(update(TrialSearch).values(made_with="older"))
    env = {"ENVIRONMENT": "dev", "DATABASE_URL": server.url(own_database, "service"), "LC_ALL": "en_GB.UTF-8"}
    for arguments, done in (([], 3), ([], 0), (["--all"], 3)):
        shown = await asyncio.to_thread(CliRunner().invoke, commands, ["trials", "index", *arguments], env=env)
        assert shown.exit_code == 0, shown.output
        assert f"Trials indexed: {done} of {done}." in shown.stdout and "up to date" in shown.stdout
    async with sessions.begin() as session:
        assert await count(session, Search()) == 3 and (await facets(session, Search()))["registry"]
    await engine.dispose()
