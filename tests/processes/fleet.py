"""Real processes of the service, started by the command that an operator types, and a mail server that counts."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.settings import Settings

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds


def wait_until(true: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, f"after {PATIENCE:.0f} seconds: {what}"
        time.sleep(0.05)


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class PostOffice:
    """A mail server on the loopback that keeps what it takes; `on_mail` sees each mail before it is acknowledged."""

    on_mail: Callable[[Message, Session], None] = lambda message, session: None
    taken: list[Message] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # its name
        message = message_from_bytes(envelope.content)  # type: ignore[arg-type]
        with self.lock:
            self.taken.append(message)
        self.on_mail(message, session)
        return "250 Taken"

    def open(self) -> Controller:
        controller = Controller(self, hostname="127.0.0.1", port=a_free_port())
        controller.start()
        return controller

    def copies(self) -> Counter[str]:
        """Message-ID to how many copies of it came."""
        with self.lock:
            return Counter(str(message["Message-ID"]) for message in self.taken)

    def addressed_to(self) -> Counter[str]:
        with self.lock:
            return Counter(str(message["To"]) for message in self.taken)


@dataclass
class Fleet:
    """The processes of one service on one database."""

    settings: Settings
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def web(self, port: int) -> str:
        """Start a web process and return its address when it answers."""
        process = self._start("serve", PORT=str(port))
        address = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            assert process.poll() is None, self.words()
            try:
                with urllib.request.urlopen(f"{address}/api/v1/health", timeout=5) as answer:
                    return answer.status == 200
            except (urllib.error.URLError, OSError):
                return False

        wait_until(answers, "the web process answers")
        return address

    def workers(self, number: int) -> list[subprocess.Popen[bytes]]:
        """Start workers and return them when all are ready."""
        before = self.words().count("worker ready")
        started = [self._start("worker") for _one in range(number)]
        wait_until(lambda: self.words().count("worker ready") == before + number, "the workers are ready")
        return started

    def words(self) -> str:
        return "\n".join(log.read_text(errors="replace") for log in sorted(self.folder.glob("*.log")))

    def stop(self) -> list[int]:
        """Ask every living process to stop; return their exit codes."""
        for process in self.processes:
            process.terminate()
        return [process.wait(timeout=30) for process in self.processes]

    def _start(self, command: str, **more: str) -> subprocess.Popen[bytes]:
        given = {
            name.upper(): str(value)
            for name, value in self.settings.model_dump(exclude={"secret_key"}).items()
            if value is not None
        }
        log = self.folder / f"{len(self.processes)}-{command}.log"
        with log.open("wb") as words:
            process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", command],
                cwd=ROOT,
                env={**os.environ, **given, **more},
                stdout=words,
                stderr=words,
            )
        self.processes.append(process)
        return process


def connected_from(port: int, among: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Return the process that holds the client's end of a connection on this machine, by its port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inode = next(row[9] for row in rows if int(row[1].rpartition(":")[2], 16) == port)
    for process in among:
        for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
            if os.readlink(descriptor) == f"socket:[{inode}]":
                return process
    raise LookupError(f"none of the processes is connected from port {port}")


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
