"""Bring everything that a clone lacks, then become the command that was asked for.

    python3 -m tools.bootstrap run      what `make run` types
    python3 -m tools.bootstrap test     what `make test` types
    python3 -m tools.bootstrap install  only bring it (with --runtime, only what serving needs)

Needs Python 3.11 with venv and nothing else. The second time there is nothing to bring.
"""

import fcntl
import os
import sys

from tools import python_parts, web_parts
from tools.steps import ROOT, must, step
from tools.words import Stop, both, complain

COMMANDS = {
    "run": "tools.run",
    "test": "tools.check",
    "bench": "bench",
    "words": "tools.catalogue",
    "lock": "tools.lock",
    "format": "tools.layout",
    "screens": "tools.screens",
    "chromium": "tools.chromium",
}


def main(words: list[str]) -> int:
    """Install for the command and hand over to it in the same process, so that Ctrl-C reaches it."""
    try:
        python_parts.check_python()
        prepare(dev=words[0] != "run" and "--runtime" not in words)
    except Stop as stop:
        return complain(stop)
    except KeyboardInterrupt:
        return 130
    if words[0] != "install":
        os.chdir(ROOT)
        os.execv(python_parts.PYTHON, [str(python_parts.PYTHON), "-m", COMMANDS[words[0]], *words[1:]])
    return 0


def prepare(*, dev: bool) -> None:
    """Install packages and compile catalogues; two commands typed at once take turns."""
    folder = os.open(ROOT / "tools", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        python_parts.install("dev" if dev else "main")
        web_parts.install(dev=dev)
        compile_catalogues()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Stop(
            both("The project folder cannot be written: %s.", "プロジェクトのフォルダーに書き込めません：%s。") % reason
        ) from error
    finally:
        os.close(folder)


def compile_catalogues() -> None:
    """Compile each catalogue that is newer than what was compiled from it."""
    stale = [
        source
        for source in sorted(ROOT.glob("locales/*/LC_MESSAGES/messages.po"))
        if not (made := source.with_suffix(".mo")).exists() or made.stat().st_mtime < source.stat().st_mtime
    ]
    if stale:
        with step(both("Compiling the translations", "訳文をコンパイルしています")):
            must(
                [python_parts.PYTHON, "-m", "babel.messages.frontend", "compile", "--directory", ROOT / "locales"],
                both("The translations could not be compiled.", "訳文をコンパイルできませんでした。"),
            )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
