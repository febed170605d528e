"""A file that browsers load carries a mark of its content in its address, so that it may be kept for good."""

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"


@cache
def asset(name: str) -> str:
    """Return the address of a file under static/, with a mark that changes when the file does.

    A file that is not installed (a front-end package before `npm ci`) keeps its plain address: the page is
    readable without it, and the browser's own complaint says what is missing.
    """
    file = STATIC / name
    if not file.is_file():
        return f"/static/{name}"
    return f"/static/{name}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"
