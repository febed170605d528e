"""A sync that is killed at ten random moments and started again ends as one that nobody disturbed."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.ground.db import SERVICE_ROLE, asyncpg_url, sessions_for
from app.identity.rules import SERVICE
from app.trials.actions import incoming, load
from app.trials.reading.ctgov import read_study
from tests.databases import Server
from tests.processes.fleet import ROOT, wait_until
from tests.processes.one_sync import started
from tools.practice_registry import Mood, PracticeRegistry

pytestmark = pytest.mark.processes
KILLS = 10
SEED = 20261120
PAGE = 8
# Everything that a sync leaves behind, without ids and the moments at which it was done.
LEFT_BEHIND = {
    "records": "SELECT to_jsonb(r) - 'id' - 'trial_id' - 'first_seen_at' - 'changed_at' - 'last_seen_at' FROM trial_record r",
    "trials": "SELECT to_jsonb(array_agg(number ORDER BY number)) FROM trial_record GROUP BY trial_id",
    "versions": "SELECT jsonb_build_array(r.number, v.version, v.digest, v.content) FROM record_version v "
    "JOIN trial_record r ON r.id = v.record_id",
    "numbers": "SELECT to_jsonb(n) - 'record_id' || jsonb_build_object('of', r.number) FROM record_number n "
    "JOIN trial_record r ON r.id = n.record_id",
    "sites": "SELECT to_jsonb(s) - 'record_id' || jsonb_build_object('of', r.number) FROM record_site s "
    "JOIN trial_record r ON r.id = s.record_id",
    "touched": "SELECT DISTINCT to_jsonb(r.number) FROM trial_touched t JOIN trial_record r ON r.trial_id = t.trial_id",
    "runs": "SELECT to_jsonb(s) - 'id' - 'asked_at' - 'started_at' - 'moved_at' - 'ended_at' FROM sync_run s",
    "refusals": "SELECT to_jsonb(f) - 'run_id' FROM sync_refusal f",
    "states": "SELECT to_jsonb(s) - 'succeeded_at' FROM source_state s",
    "seen": "SELECT to_jsonb(s) FROM sync_seen s",
}


@pytest.fixture
def registry() -> Iterator[PracticeRegistry]:
    with PracticeRegistry(more=420, largest=PAGE) as running:
        broken = deepcopy(running.studies["NCT99991007"])
        del broken["protocolSection"]["identificationModule"]["nctId"]
        twice = running.studies["NCT99991009"]
        # One that is no study, and one that stands on two pages.
        running.studies |= {"broken": broken, "twice": twice}
        yield running


@pytest.fixture
def calm(server: Server, database: str) -> Iterator[str]:
    """The database of the run that nobody disturbs."""
    name = f"{database}_calm"
    server.copy(name)
    yield name
    server.drop(name)


def earlier(study: dict[str, Any], number: int) -> dict[str, Any]:
    """Return what the registry may have said of a study before; every third one newer than what it says now."""
    before = deepcopy(study)
    status = before["protocolSection"]["statusModule"]
    status["overallStatus"] = "UNKNOWN"
    status["lastUpdatePostDateStruct"]["date"] = "2026-12-01" if number % 3 == 0 else "2018-01-01"
    return before


async def known_before(url: str, registry: PracticeRegistry) -> None:
    studies = [study for key, study in registry.studies.items() if key.startswith("NCT")][::5]
    engine = create_async_engine(
        asyncpg_url(url), poolclass=NullPool, connect_args={"server_settings": {"role": SERVICE_ROLE}}
    )
    records = [incoming(read_study(earlier(study, number))) for number, study in enumerate(studies)]
    await load(sessions_for(engine), records, by=SERVICE, now=datetime(2026, 11, 1, tzinfo=UTC), demo=True)
    await engine.dispose()


async def left_behind(url: str) -> dict[str, list[str]]:
    connection = await asyncpg.connect(url, server_settings={"role": SERVICE_ROLE})
    try:
        return {
            name: sorted(json.dumps(json.loads(row[0]), sort_keys=True) for row in await connection.fetch(query))
            for name, query in LEFT_BEHIND.items()
        }
    finally:
        await connection.close()


def settings_for(url: str, registry: PracticeRegistry) -> dict[str, str]:
    told = {"ENVIRONMENT": "test", "DATABASE_URL": url, "CTGOV_URL": registry.api_url, "CTGOV_PAUSE": "0"}
    return {**told, "LC_ALL": "C.UTF-8"}


def killed_at_random(url: str, registry: PracticeRegistry, log: Path, chance: random.Random) -> None:
    """Start a sync and kill it some requests and some hundredths of a second after it has begun to ask."""
    wanted = len(registry.asked) + chance.randint(1, 4)
    process = started(settings_for(url, registry), str(log))
    wait_until(lambda: len(registry.asked) >= wanted or process.exitcode is not None, "the sync asks")
    time.sleep(chance.uniform(0.0, 0.06))
    assert process.exitcode is None, log.read_text()
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def to_its_end(url: str, registry: PracticeRegistry) -> str:
    """Type the command; return its words."""
    command = [sys.executable, "-m", "app.cli", "trials", "sync", "ctgov"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings_for(url, registry)}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_sync_killed_at_ten_random_moments_ends_as_one_that_nobody_disturbed(
    server: Server, own_database: str, calm: str, registry: PracticeRegistry, tmp_path: Path
) -> None:
    log, chance = tmp_path / "sync.log", random.Random(SEED)
    undisturbed, disturbed = server.url(calm, "service"), server.url(own_database, "service")
    for url in (undisturbed, disturbed):
        asyncio.run(known_before(url, registry))
    to_its_end(undisturbed, registry)
    registry.mood = Mood(slow=0.1)  # so that a fast machine is not done before the tenth kill
    for _kill in range(KILLS):
        killed_at_random(disturbed, registry, log, chance)
    assert "The sync that was begun before goes on: " in to_its_end(disturbed, registry)

    expected, found = asyncio.run(left_behind(undisturbed)), asyncio.run(left_behind(disturbed))
    for name, rows in expected.items():
        assert found[name] == rows, name
    (run,) = map(json.loads, expected["runs"])
    assert (run["state"], run["refused"], run["same"]) == ("done", 1, 0)
    assert run["new"] > 300 and run["changed"] > 50 and run["older"] > 25
    assert expected["seen"] == []
