"""The embedded PostgreSQL: made once, joined by a second starter, gone with its starter, whole after a kill."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.ground.embedded import CannotStart, Running, cluster, lock, servant, start
from app.ground.embedded.errors import (
    DiskFull,
    NoBinaries,
    NotWritable,
    OtherVersion,
    OutOfReach,
    PasswordsLost,
    ServerFailed,
)
from tests.small_disk import on_a_small_disk

ROOT = Path(__file__).resolve().parents[2]
STARTER = """
import sys, time
from pathlib import Path
from app.ground.embedded import start
running = start(Path(sys.argv[1]), durable=False)
print(running.owner_url, running.ours, flush=True)
sys.stdin.read()
running.stop()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "postgres"


@pytest.fixture
def another(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has started the server of the folder."""
    process = a_starter(folder)
    yield process
    process.kill()
    process.communicate()


def a_starter(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.answer = process.stdout.readline().split()  # type: ignore[attr-defined]
    return process


def ask(url: str, sql: str) -> object:
    async def asking() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(asking())


def keep_a_row(running: Running) -> None:
    ask(running.owner_url, "CREATE TABLE kept AS SELECT '肺癌'::text AS word")


def test_the_owner_is_no_superuser_and_the_service_owns_nothing(folder: Path) -> None:
    with start(folder, durable=False) as running:
        role = "SELECT rolsuper::text || rolcreatedb || rolbypassrls FROM pg_roles WHERE rolname = current_user"
        assert ask(running.owner_url, role) == "falsetruefalse"
        assert ask(running.service_url, role) == "falsefalsefalse"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            ask(running.service_url, "CREATE TABLE mine (id int)")


def test_the_locale_is_fixed_and_knows_japanese_letters(folder: Path) -> None:
    with start(folder, durable=False) as running:
        assert (
            ask(
                running.service_url,
                "SELECT '肺' ~ '^[[:alpha:]]$' AND 'Z' < 'a' AND upper('é') = 'É'",
            )
            is True
        )
        assert ask(running.service_url, "SHOW timezone") == "UTC"


def test_only_the_password_opens_it_and_only_its_owner_reads_the_password(
    folder: Path,
) -> None:
    with start(folder, durable=False) as running:
        wrong = running.service_url.replace(running.passwords["service"], "guess")
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(wrong, "SELECT 1")
        assert stat.S_IMODE((folder / "passwords.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_data_is_kept_from_one_start_to_the_next(folder: Path) -> None:
    with start(folder) as running:
        keep_a_row(running)
    with start(folder) as running:
        assert ask(running.owner_url, "SELECT word FROM kept") == "肺癌"


def test_stopping_twice_does_no_harm_and_leaves_no_server(folder: Path) -> None:
    running = start(folder, durable=False)
    assert running.process is not None
    pid = running.process.pid
    running.stop()
    running.stop()
    assert not lock.is_server(pid, folder / "cluster")
    assert not (folder / "cluster" / "postmaster.pid").exists()


def test_a_second_starter_joins_and_its_leaving_stops_nothing(folder: Path, another: subprocess.Popen[str]) -> None:
    with start(folder, durable=False) as joined:
        assert not joined.ours
        assert [joined.owner_url, "True"] == another.answer  # type: ignore[attr-defined]
    assert ask(joined.owner_url, "SELECT 1") == 1


def test_two_starters_at_once_make_one_server(folder: Path) -> None:
    command = [sys.executable, "-c", STARTER, str(folder)]
    both = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in "12"]
    try:
        answers = [one.stdout.readline().split() for one in both if one.stdout]
    finally:
        for one in both:
            one.communicate()
    assert answers[0][0] == answers[1][0]
    assert sorted(answer[1] for answer in answers) == ["False", "True"]


def test_the_server_goes_when_its_starter_is_killed_and_committed_rows_stay(
    folder: Path, another: subprocess.Popen[str]
) -> None:
    with start(folder) as joined:
        keep_a_row(joined)
    server = lock.postmaster(folder / "cluster")
    assert server is not None
    another.kill()
    another.wait()
    assert lock.gone(server.pid, folder / "cluster", within=10)
    with start(folder) as running:
        assert running.ours
        assert ask(running.owner_url, "SELECT word FROM kept") == "肺癌"


def test_a_killed_server_recovers_at_the_next_start(folder: Path) -> None:
    running = start(folder)
    keep_a_row(running)
    assert running.process is not None
    running.process.send_signal(signal.SIGKILL)
    running.process.wait()
    running.stop()
    assert (folder / "cluster" / "postmaster.pid").exists()
    with start(folder) as again:
        assert ask(again.owner_url, "SELECT word FROM kept") == "肺癌"


def test_a_mark_whose_number_another_program_has_now_is_dropped(folder: Path) -> None:
    start(folder, durable=False).stop()
    mark = f"{os.getppid()}\n{folder / 'cluster'}\n1700000000\n5432\n\n127.0.0.1\n\nready   \n"
    (folder / "cluster" / "postmaster.pid").write_text(mark)
    with start(folder, durable=False) as running:
        assert ask(running.service_url, "SELECT 1") == 1


def test_a_server_without_a_starter_is_ended_before_a_new_one_starts(
    folder: Path,
) -> None:
    orphan = start(folder, durable=False)
    assert orphan.held is not None
    assert orphan.process is not None
    os.close(orphan.held)
    orphan.held = None
    began = time.monotonic()
    with start(folder, durable=False) as running:
        assert orphan.process.wait() == 0
        assert running.port != orphan.port
        assert ask(running.service_url, "SELECT 1") == 1
    assert time.monotonic() - began < 30


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(
        NotWritable,
        match=r"The data folder .*/file/postgres cannot be used: not a directory\.",
    ):
        start(tmp_path / "file" / "postgres")


def test_a_failure_half_way_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(cluster, "PROVISION", "CREATE ROLE oops FROM nonsense\n")
        with pytest.raises(ServerFailed, match="syntax error"):
            start(folder, durable=False)
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "passwords.json"]
    with start(folder, durable=False) as running:
        assert ask(running.service_url, "SELECT 1") == 1


def test_settings_it_cannot_read_are_one_sentence_with_the_reason(folder: Path) -> None:
    start(folder, durable=False).stop()
    with (folder / "cluster" / "postgresql.conf").open("a") as settings:
        settings.write("\nno_such_setting = on\n")
    with pytest.raises(ServerFailed, match=r"no_such_setting|configuration file"):
        start(folder, durable=False)


def test_a_full_disk_is_one_sentence_and_leaves_nothing_behind(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from app.ground.embedded import start, CannotStart\n"
        'folder = Path(sys.argv[1]) / "postgres"\n'
        "try: start(folder)\n"
        "except CannotStart as error: print(type(error).__name__, error, sorted(p.name for p in folder.iterdir()))"
    )
    command = on_a_small_disk(tmp_path, sys.executable, "-c", script, str(tmp_path))
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    sentence = f"DiskFull The disk is full: PostgreSQL could not write into {tmp_path}/postgres."
    assert said.stdout.strip() == f"{sentence} ['lock', 'passwords.json']", said.stderr


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("FATAL:  could not write lock file: No space left on device\n", DiskFull),
        ("initdb: error: could not access directory: Permission denied\n", NotWritable),
        ("", ServerFailed),
    ],
)
def test_what_postgresql_says_becomes_the_sentence_that_fits(said: str, kind: type[CannotStart]) -> None:
    assert type(cluster.failure(Path("/data"), said)) is kind


def test_data_of_another_version_is_left_alone(folder: Path) -> None:
    start(folder, durable=False).stop()
    (folder / "cluster" / "PG_VERSION").write_text("14\n")
    with pytest.raises(OtherVersion, match=r"written by PostgreSQL 14, but only version \d+"):
        start(folder, durable=False)


def test_data_without_its_passwords_is_left_alone(folder: Path) -> None:
    start(folder, durable=False).stop()
    (folder / "passwords.json").write_text("{}")
    with pytest.raises(PasswordsLost, match=r"passwords\.json"):
        start(folder, durable=False)


def test_no_binaries_is_one_sentence(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_BIN", str(tmp_path))
    with pytest.raises(NoBinaries, match="set DATABASE_URL"):
        start(folder)


def test_without_the_wheel_a_system_postgresql_would_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from app.ground.embedded import binaries

    old, new = tmp_path / "14", tmp_path / "17"
    for place in (old, new):
        place.mkdir()
        for name in ("initdb", "postgres"):
            (place / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {place.name}.3'\n")
            (place / name).chmod(0o755)
    monkeypatch.delenv("POSTGRES_BIN", raising=False)
    monkeypatch.setattr(binaries.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path)
    monkeypatch.setenv("PATH", str(new), prepend=os.pathsep)
    assert binaries.choose(tmp_path / "cluster") == binaries.Binaries(new, 17)


def test_the_server_of_root_is_nobody_where_namespaces_are_forbidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An ordinary user's server is the user's own; root's is `nobody`, who owns the data, if it can be reached."""
    monkeypatch.setattr(servant, "_works", lambda command: False)
    runs_as = servant.servant()
    assert (runs_as.user is None) == (os.geteuid() != 0)
    place = Path(tempfile.mkdtemp(prefix="madoguchi-"))
    place.chmod(0o755)
    try:
        with start(place / "postgres", durable=False) as running:
            assert ask(running.service_url, "SELECT 1") == 1
            assert (place / "postgres" / "cluster").stat().st_uid == (runs_as.user or os.geteuid())
    except OutOfReach as refusal:
        assert "nobody cannot reach" in str(refusal)
    finally:
        shutil.rmtree(place)


def test_a_user_the_system_does_not_know_gets_a_namespace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(servant, "_known", lambda user: False)
    monkeypatch.setattr(servant, "_works", lambda command: True)
    assert servant.servant().before == servant.NAMESPACE
