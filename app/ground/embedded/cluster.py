"""Making the database cluster once, whole or not at all.

It is built beside its final place and moved there when roles and database stand, so that a full
disk or a kill in the middle leaves nothing that looks finished.
"""

import json
import os
import secrets
import shutil
from pathlib import Path

from app.ground.embedded.binaries import Binaries
from app.ground.embedded.errors import (
    CannotStart,
    DiskFull,
    NotWritable,
    OutOfReach,
    PasswordsLost,
    ServerFailed,
)
from app.ground.embedded.servant import Servant

DATABASE = "madoguchi"
ROLES = {
    "owner": "madoguchi_owner",
    "service": "madoguchi_service",
    "superuser": "postgres",
}
FULL = ("No space left on device", "Disk quota exceeded")
WHO_MAY_CONNECT = "host all all 127.0.0.1/32 scram-sha-256\n"
# One statement a line: `postgres --single` takes each line as a command.
PROVISION = """\
ALTER ROLE postgres PASSWORD '{superuser}'
CREATE ROLE madoguchi_owner LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD '{owner}'
GRANT pg_signal_backend TO madoguchi_owner
CREATE ROLE madoguchi_service LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD '{service}'
CREATE DATABASE madoguchi OWNER madoguchi_owner
"""


def ensure(folder: Path, binaries: Binaries, servant: Servant) -> dict[str, str]:
    """Make the cluster in `folder/cluster` if it is not there, and return the password of each role."""
    passwords = _passwords(folder)
    if not (folder / "cluster" / "PG_VERSION").exists():
        try:
            _build(folder, binaries, servant, passwords)
        finally:
            shutil.rmtree(folder / "cluster.new", ignore_errors=True)
    return passwords


def failure(folder: Path, said: str) -> CannotStart:
    """Turn what PostgreSQL said into the sentence that fits it."""
    if any(words in said for words in FULL):
        return DiskFull(folder=folder)
    if "Permission denied" in said:
        return NotWritable(folder=folder, reason=_last_complaint(said))
    return ServerFailed(folder=folder, reason=_last_complaint(said) or "it gave no reason.")


def _last_complaint(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    complaints = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line.lower()]
    return (complaints or lines or [""])[-1].strip()


def _passwords(folder: Path) -> dict[str, str]:
    """Read the passwords, or choose them when there is no data yet that they must fit."""
    path = folder / "passwords.json"
    try:
        known: dict[str, str] = json.loads(path.read_text())
        return {role: known[role] for role in ROLES}
    except (FileNotFoundError, ValueError, KeyError) as error:
        if (folder / "cluster").exists():
            raise PasswordsLost(path=path, folder=folder) from error
    chosen = {role: secrets.token_urlsafe(24) for role in ROLES}
    _write_privately(path, json.dumps(chosen))
    return chosen


def _write_privately(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _build(folder: Path, binaries: Binaries, servant: Servant, passwords: dict[str, str]) -> None:
    new = folder / "cluster.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    servant.give(folder, new)
    if blocked := servant.cannot_reach(Path(binaries.postgres), new):
        raise OutOfReach(path=blocked)
    _must_work(folder, servant, [binaries.initdb, *_initial(new, binaries)])
    (new / "pg_hba.conf").write_text(WHO_MAY_CONNECT)
    single = [
        binaries.postgres,
        "--single",
        "-D",
        str(new),
        "-c",
        "exit_on_error=on",
        "-c",
        "fsync=off",
        "postgres",
    ]
    _must_work(folder, servant, single, PROVISION.format(**passwords))
    os.sync()
    new.rename(folder / "cluster")


def _initial(new: Path, binaries: Binaries) -> list[str]:
    """The fixed locale: sorting by code point, the same on every machine, with Japanese letters known as letters."""
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []
    return [
        f"--pgdata={new}",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C",
        "--lc-ctype=C.UTF-8",
        *provider,
        "--auth=trust",  # until WHO_MAY_CONNECT replaces it, before the first start
        "--no-sync",
        "--no-instructions",
    ]


def _must_work(folder: Path, servant: Servant, command: list[str], words: str = "") -> None:
    done = servant.run(command, words=words)
    if done.returncode != 0:
        raise failure(folder, done.stdout)
