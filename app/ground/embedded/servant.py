"""As whom PostgreSQL runs: it refuses root, and refuses a user that the system does not know.

An ordinary user runs it as they are. Root runs it inside a user namespace in which root is called
`nobody`: no user is created and no folder's rights are opened. Where namespaces are forbidden, the
server runs as the system's own `nobody`, who then owns the data folder.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # linux/prctl.h
NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
# Messages in English, so that they can be recognised; no locale of the person's leaks into the data.
WORDS = {"LC_ALL": "C", "LANG": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Servant:
    """How to run a PostgreSQL program here: words before the command, or another user's id."""

    before: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def run(self, command: list[str], *, words: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end with `words` as its input and both outputs in `stdout`."""
        return subprocess.run(
            [*self.before, *command],
            input=words,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env=_surroundings(),
            cwd="/",
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
        )

    def start(self, command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a server that dies with the calling thread and does not hear the terminal's Ctrl-C."""
        return subprocess.Popen(
            [*self.before, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_surroundings(),
            cwd="/",
            start_new_session=True,
            # No threads yet when it starts, and the child calls only functions that are loaded already.
            preexec_fn=dies_with(os.getpid()),
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
        )

    def cannot_reach(self, *paths: Path) -> Path | None:
        """Return the first of these paths that the other user, if there is one, may not enter or run."""
        if self.user is None:
            return None
        return next(
            (path for path in paths if self.run(["/usr/bin/test", "-x", str(path)]).returncode),
            None,
        )

    def give(self, *paths: Path) -> None:
        """Make the other user, if there is one, the owner of these paths."""
        if self.user is not None:
            for path in paths:
                os.chown(path, self.user, -1)


def servant() -> Servant:
    """Return how PostgreSQL may run for the person who asks."""
    if os.geteuid() != 0 and _known(os.geteuid()):
        return Servant()
    if shutil.which("unshare") and _works([*NAMESPACE, "true"]):
        return Servant(before=NAMESPACE)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        return Servant(user=nobody.pw_uid, group=nobody.pw_gid)
    return Servant()


def _known(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _works(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _surroundings() -> dict[str, str]:
    """Return the environment without the PG* variables that would lead a server or client elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))} | WORDS


def dies_with(parent: int, *, by: signal.Signals = signal.SIGINT) -> Callable[[], None]:
    """Return what a child does before it becomes another program: ask for this signal when its parent is gone."""
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def ask() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, by)
            if os.getppid() != parent:  # it died before we asked
                os._exit(1)

    return ask
