"""Start one PostgreSQL for a data folder, or join the one that already runs there."""

import contextlib
import errno
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import quote

from app.ground.embedded import lock
from app.ground.embedded.binaries import Binaries, choose
from app.ground.embedded.cluster import DATABASE, ROLES, ensure, failure
from app.ground.embedded.errors import DiskFull, NotWritable, ServerFailed
from app.ground.embedded.servant import Servant, servant

Who = Literal["owner", "service", "superuser"]
PATIENCE = 60.0  # seconds; recovery after a crash may replay a lot
FAST_AND_LOOSE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
MOST_LOG = 10_000_000  # bytes of server.log kept from one start to the next


@dataclass
class Running:
    """A PostgreSQL that answers on 127.0.0.1. `ours` is False when another process started it."""

    folder: Path
    port: int
    passwords: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    held: int | None = None

    @property
    def ours(self) -> bool:
        """Whether this process started the server."""
        return self.process is not None

    @property
    def owner_url(self) -> str:
        """Where migrations connect: the role that owns the tables."""
        return self.url_for(DATABASE, "owner")

    @property
    def service_url(self) -> str:
        """Where the service connects: the role that owns nothing and cannot pass row-level security."""
        return self.url_for(DATABASE, "service")

    def url_for(self, database: str, role: Who) -> str:
        """Return `postgresql://role:password@127.0.0.1:port/database`."""
        return f"postgresql://{ROLES[role]}:{quote(self.passwords[role])}@127.0.0.1:{self.port}/{quote(database)}"

    def stop(self) -> None:
        """Shut down the server if we started it, and let the folder go. Calling it twice does no harm."""
        if self.process is not None:
            _shut_down(self.process)
            self.process = None
        if self.held is not None:
            os.close(self.held)
            self.held = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start(data_dir: Path, *, durable: bool = True) -> Running:
    """Start the PostgreSQL of this folder, making it on first use, or join the one that runs.

    The server dies with the calling thread, so call it from the main one. `durable=False` trades
    safety for speed and is for tests. Raises CannotStart with one sentence for the person.
    """
    folder = data_dir.absolute()
    with _plain_words(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = lock.take(folder)
        if held is None:
            return _join(folder)
        try:
            return _start(folder, held, durable=durable)
        except BaseException:
            os.close(held)
            raise


@contextlib.contextmanager
def _plain_words(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(folder=folder) from error
        raise NotWritable(folder=folder, reason=(error.strerror or str(error)).lower()) from error


def _join(folder: Path) -> Running:
    """Wait until the server that another process is starting takes connections."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = lock.postmaster(folder / "cluster")
        if found and found.ready and lock.is_server(found.pid, folder / "cluster"):
            return Running(
                folder,
                found.port,
                ensure(folder, choose(folder / "cluster"), servant()),
            )
        time.sleep(0.05)
    raise ServerFailed(
        folder=folder,
        reason="another process holds the folder, and its server is not ready.",
    )


def _start(folder: Path, held: int, *, durable: bool) -> Running:
    binaries, runs_as = choose(folder / "cluster"), servant()
    passwords = ensure(folder, binaries, runs_as)
    _clear_the_way(folder / "cluster")
    while True:
        process, log_from = _launch(folder, binaries, runs_as, durable=durable)
        port = _ready(folder, process)
        if port is not None:
            return Running(folder, port, passwords, process, held)
        said = _log(folder, log_from)
        if "Address already in use" not in said:  # else another program took the port meanwhile
            raise failure(folder, said)


def _clear_the_way(cluster: Path) -> None:
    """End a server whose starter is gone, and drop the mark of one that was killed.

    We hold the lock, so nobody owns the server that the mark names. PostgreSQL itself would refuse
    to start when the mark's process number has been given to another program meanwhile.
    """
    left = lock.postmaster(cluster)
    if left and not lock.gone(left.pid, cluster, within=2):
        os.kill(left.pid, signal.SIGINT)
        if not lock.gone(left.pid, cluster, within=PATIENCE):
            raise ServerFailed(
                folder=cluster.parent,
                reason=f"an earlier server, process {left.pid}, does not stop.",
            )
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _launch(
    folder: Path, binaries: Binaries, runs_as: Servant, *, durable: bool
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server on a free port; return it and where in the log its words begin."""
    settings = {
        "port": str(_free_port()),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "max_connections": "200",
        **({} if durable else FAST_AND_LOOSE),
    }
    command = [binaries.postgres, "-D", str(folder / "cluster")]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "server.log").open("ab") as log:
        if log.tell() > MOST_LOG:
            log.truncate(0)
        begins = log.seek(0, os.SEEK_END)
        return runs_as.start(command, log), begins


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _ready(folder: Path, process: subprocess.Popen[bytes]) -> int | None:
    """Wait until the server takes connections and return its port, or None when it ended instead."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None:
        found = lock.postmaster(folder / "cluster")
        if found and found.ready and found.pid == process.pid:
            return found.port
        if time.monotonic() > until:
            _shut_down(process)
            raise ServerFailed(folder=folder, reason=f"it was not ready after {PATIENCE:.0f} seconds.")
        time.sleep(0.02)
    return None


def _log(folder: Path, begins: int) -> str:
    with (folder / "server.log").open("rb") as log:
        log.seek(begins)
        return log.read().decode(errors="replace")


def _shut_down(process: subprocess.Popen[bytes]) -> None:
    """Ask for a fast shutdown, which ends open transactions cleanly; insist after half a minute."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait()
