"""`make format`: lay out the code, and mend what the linter can mend by itself."""

import subprocess
import sys
from pathlib import Path

from tools.steps import ROOT

RUFF = Path(sys.executable).parent / "ruff"


if __name__ == "__main__":
    subprocess.run([RUFF, "format", "."], cwd=ROOT, check=True)
    sys.exit(subprocess.run([RUFF, "check", "--fix", "."], cwd=ROOT, check=False).returncode)
