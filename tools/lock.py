"""`make lock`: pin the whole tree of packages with hashes, for every platform, without any index's address."""

import subprocess
import sys

from tools.python_parts import REQUIREMENTS, VENV
from tools.steps import ROOT, step

COMPILE = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
SILENT = ["--no-emit-index-url", "--no-annotate", "--no-header"]
TARGETS = {
    "main": ["pyproject.toml"],
    "dev": ["pyproject.toml", "--extra", "dev"],
    "uv": ["requirements/uv.in"],
    "node": ["requirements/node.in"],
}


def main(words: list[str]) -> int:
    """Compile every file; `--upgrade` takes newer versions than those pinned now."""
    for name, sources in TARGETS.items():
        with step(f"requirements/{name}.txt"):
            command = [VENV / "bin" / "uv", *COMPILE, *SILENT, *sources, "-o", REQUIREMENTS / f"{name}.txt", *words]
            subprocess.run(command, cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
