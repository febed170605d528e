"""`make run`: up with everything, down with everything; a start that cannot be is one sentence and leaves nothing."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from app.settings import Settings
from tests.small_disk import on_a_small_disk
from tools.steps import ROOT

pytestmark = pytest.mark.processes


@dataclass
class Typed:
    """`make run` as a person types it, with what belongs to this test alone."""

    data: Path
    port: int
    mark: str

    def environment(self, **given: str) -> dict[str, str]:
        settings = {name.upper() for name in Settings.model_fields}
        kept = {name: value for name, value in os.environ.items() if name not in settings and name != "MAKELEVEL"}
        ours = {"DATA_DIR": str(self.data), "PORT": str(self.port), "LC_ALL": "C.UTF-8", "MARK": self.mark}
        return {**kept, **ours, **given}

    def start(self, **given: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "tools.run"],
            cwd=ROOT,
            env=self.environment(**given),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def to_the_end(self, **given: str) -> tuple[int, str]:
        """Run one that ends by itself; return its exit code and its words."""
        process = self.start(**given)
        said, _ = process.communicate(timeout=90)
        return process.returncode, said

    def left_over(self) -> list[str]:
        """Return the command lines of living processes that this run has started."""
        found = []
        for place in Path("/proc").glob("[1-9]*"):
            try:
                words = (place / "cmdline").read_bytes()
                environment = (place / "environ").read_bytes()
            except OSError:
                continue
            if words and (self.mark.encode() in environment or os.fsencode(self.data) in words):
                found.append(words.replace(b"\0", b" ").decode())
        return found

    def nothing_is_left(self, *, within: float = 15) -> bool:
        until = time.monotonic() + within
        while self.left_over() and time.monotonic() < until:
            time.sleep(0.1)
        return self.left_over() == []


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def typed(tmp_path: Path) -> Typed:
    """The command with a data folder that is not there yet."""
    return Typed(tmp_path / "data", a_free_port(), uuid4().hex)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / "data"


@pytest.fixture
def again(data: Path) -> Typed:
    """The command with the data folder that these tests share, so that only the first start has to fill it."""
    return Typed(data, a_free_port(), uuid4().hex)


@pytest.fixture
def up(again: Typed) -> Iterator["subprocess.Popen[str]"]:
    process = again.start()
    yield process
    process.terminate()
    process.wait(timeout=30)
    assert process.stdout is not None
    process.stdout.close()
    assert again.nothing_is_left()


def seconds_of_work() -> float:
    """Return how long processors have worked for the processes that ended and that we started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def words_until_up(process: "subprocess.Popen[str]") -> str:
    """Read what is printed until everything runs."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C stops everything." in line:
            return said
    raise AssertionError(said)


def test_it_ends_with_addresses_and_links_keeps_its_data_and_stops_everything(
    again: Typed, up: "subprocess.Popen[str]"
) -> None:
    said = words_until_up(up)
    address = f"http://localhost:{again.port}"
    assert f"  pages  {address}\n" in said
    assert f"  mails  {address}/demo/mail\n" in said
    links = re.findall(rf"{address}/sign-in/use\?token=\S+", said)
    assert len(links) >= 4
    with urllib.request.urlopen(links[0]) as page:
        assert page.status == 200
    assert len(again.left_over()) >= 4
    up.send_signal(signal.SIGINT)
    last, _ = up.communicate(timeout=30)
    assert (up.returncode, last) == (0, "\nStopped. The data is kept.\n")
    assert again.nothing_is_left()


def test_the_second_time_the_data_is_kept_and_it_is_up_within_seconds(
    again: Typed, up: "subprocess.Popen[str]", data: Path
) -> None:
    words_until_up(up)
    up.terminate()
    up.wait(timeout=30)
    secret = (data / "secret_key").read_text()
    before = seconds_of_work()
    second = again.start()
    said = words_until_up(second)
    second.terminate()
    second.communicate(timeout=30)
    assert second.returncode == 0
    assert "Making" not in said
    assert (data / "secret_key").read_text() == secret
    # Up within ten seconds on a machine that does nothing else; on a busy one only the work can be measured.
    assert seconds_of_work() - before < 10


def test_when_it_is_killed_everything_goes_with_it(again: Typed, up: "subprocess.Popen[str]") -> None:
    words_until_up(up)
    up.kill()
    up.wait()
    assert again.nothing_is_left()


def test_when_one_part_ends_the_whole_ends_with_its_last_words(
    again: Typed, up: "subprocess.Popen[str]", data: Path
) -> None:
    words_until_up(up)
    children = Path(f"/proc/{up.pid}/task/{up.pid}/children").read_text().split()
    worker = next(pid for pid in children if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(int(worker), signal.SIGKILL)
    said, _ = up.communicate(timeout=30)
    assert up.returncode == 1
    assert "✗ The worker ended unexpectedly (code -9)." in said
    log = (data / "logs" / "worker.log").read_text().splitlines()
    assert any("worker ready" in line for line in log)
    assert log[-1].strip() in said
    assert again.nothing_is_left()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("C.UTF-8", "✗ Port {port} is in use by another program: stop it, or choose another port with PORT.\n"),
        ("ja_JP.UTF-8", "✗ ポート{port}は別のプログラムが使用しています。"),
    ],
)
def test_a_port_in_use_is_one_sentence_and_starts_nothing(typed: Typed, language: str, sentence: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", typed.port))
        other.listen()
        code, said = typed.to_the_end(LC_ALL=language)
    assert code == 1
    assert said.strip().startswith(sentence.format(port=typed.port).strip())
    assert not typed.data.exists()
    assert typed.left_over() == []


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://nobody:wrong@127.0.0.1:9/nothing",
        "not an address",
        "postgresql://nobody@no-such-host.invalid/nothing",
    ],
)
def test_a_wrong_database_url_is_one_sentence_and_leaves_nothing_running(typed: Typed, address: str) -> None:
    code, said = typed.to_the_end(DATABASE_URL=address)
    assert code == 1
    complaint = said.partition("\n✗ ")[2]
    assert complaint.startswith("The database does not answer as it should:")
    assert len(complaint.strip().splitlines()) == 1
    assert "Traceback" not in said
    assert typed.left_over() == []


@pytest.mark.parametrize("port", ["0", "70000", "eighty"])
def test_a_port_that_is_none_is_one_sentence(typed: Typed, port: str) -> None:
    code, said = typed.to_the_end(PORT=port)
    assert (code, said) == (1, f"\n✗ PORT must be a number from 1 to 65535, not {port}.\n")


def test_a_data_folder_that_cannot_be_is_one_sentence(typed: Typed) -> None:
    typed.data.write_text("a file in the way")
    code, said = typed.to_the_end()
    assert code == 1
    assert re.fullmatch(r"\s*✗ \S+/data cannot be used: File exists\.\s*", said)


def test_a_full_disk_is_one_sentence_and_leaves_nothing_running(typed: Typed) -> None:
    typed.data.mkdir()
    done = subprocess.run(
        on_a_small_disk(typed.data, sys.executable, "-m", "tools.run"),
        cwd=ROOT,
        env=typed.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == f"✗ The disk is full: PostgreSQL could not write into {typed.data}/postgres."
    assert typed.left_over() == []


def test_a_folder_that_another_run_uses_is_one_sentence(again: Typed, up: "subprocess.Popen[str]") -> None:
    words_until_up(up)
    code, said = again.to_the_end(PORT=str(a_free_port()))
    assert code == 1
    assert f"✗ Another `make run` is using {again.data}" in said
    assert up.poll() is None
