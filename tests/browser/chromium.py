"""Finding a Chromium and driving it."""

import os
import shutil
from pathlib import Path

from playwright.async_api import Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable(playwright: Playwright) -> str:
    """Return a Chromium: the one that MADOGUCHI_CHROMIUM names, else one on the path, else Playwright's own."""
    candidates = (
        os.environ.get("MADOGUCHI_CHROMIUM"),
        *map(shutil.which, NAMES),
        playwright.chromium.executable_path,
    )
    found = next(
        (candidate for candidate in candidates if candidate and Path(candidate).exists()),
        None,
    )
    if found is None:
        raise RuntimeError("No Chromium was found: install one, or name it in MADOGUCHI_CHROMIUM.")
    return found


def flags() -> list[str]:
    """Return the switches of a quiet Chromium; root may not use its sandbox."""
    return [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
