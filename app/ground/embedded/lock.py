"""One server for a data folder: a lock that the kernel lets go of when its holder dies."""

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path


def take(folder: Path) -> int | None:
    """Lock the folder and return the descriptor that holds the lock, or None while another holds it."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@dataclass(frozen=True)
class Postmaster:
    """What `postmaster.pid` says of the server: process id, TCP port, and whether it takes connections."""

    pid: int
    port: int
    ready: bool


def postmaster(cluster: Path) -> Postmaster | None:
    """Read `postmaster.pid` (its eight lines: PostgreSQL source, miscadmin.h); None while absent or half written."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        return Postmaster(
            int(lines[0]),
            int(lines[3]),
            ready=len(lines) > 7 and lines[7].strip() == "ready",
        )
    except (FileNotFoundError, IndexError, ValueError):
        return None


def is_server(pid: int, cluster: Path) -> bool:
    """Is this process a living PostgreSQL of this cluster? A zombie is dead, and a reused number is another's."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z" and os.fsencode(cluster) in words


def gone(pid: int, cluster: Path, *, within: float) -> bool:
    """Wait up to `within` seconds for a server to end; say whether it has."""
    until = time.monotonic() + within
    while is_server(pid, cluster):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
