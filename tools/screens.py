"""`make screens`: pictures of every page, for every role, in both languages, at 1,440 and 320 px."""

import os
import shutil
import subprocess
import sys

from tools import chromium
from tools.steps import ROOT
from tools.words import Stop, complain

FOLDER = ROOT / "build" / "screens"


def main() -> int:
    """Take the pictures anew; return pytest's exit code."""
    try:
        given = {"SCREENS": str(FOLDER), chromium.VARIABLE: str(chromium.find())}
    except Stop as stop:
        return complain(stop)
    shutil.rmtree(FOLDER, ignore_errors=True)
    command = [sys.executable, "-m", "pytest", "-q", "--no-cov", "tests/browser/test_every_page.py"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **given}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
