"""A disk that is really full: six megabytes of memory, mounted in a namespace of our own."""

import subprocess
from pathlib import Path

import pytest

NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def on_a_small_disk(place: Path, *command: str) -> list[str]:
    """Return the words that run a command with a small disk at `place`; skips where the machine forbids namespaces."""
    if subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine forbids user namespaces, in which a small disk could be mounted")
    return [
        *NAMESPACE,
        "sh",
        "-c",
        'mount -t tmpfs -o size=6m none "$1" && shift && exec "$@"',
        "sh",
        str(place),
        *command,
    ]
