"""The Python packages: `.venv`, uv from PyPI, and the pinned requirements with required hashes."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

from tools.steps import ROOT, attempt, last_words, must, step
from tools.words import Stop, both

Kind = Literal["main", "dev"]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
REQUIREMENTS = ROOT / "requirements"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def check_python() -> None:
    """Refuse a Python that cannot do it, in one sentence each."""
    if sys.version_info < (3, 11):  # noqa: UP036  # this runs before anything else has chosen a Python
        raise Stop(
            both(
                "Python 3.11 or later is needed; this is %d.%d.",
                "Python 3.11以降が必要です（現在は%d.%dです）。",
            )
            % sys.version_info[:2]
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        raise Stop(
            both(
                "This Python cannot make virtual environments because ensurepip is missing: "
                "install the package python3-venv (Debian, Ubuntu) or a full Python 3.11, and type the command again.",
                "このPythonにはensurepipがないため仮想環境を作れません。python3-venvパッケージ（Debian、Ubuntu）か"
                "完全なPython 3.11を導入して、もう一度実行してください。",
            )
        ) from error


def install(kind: Kind) -> None:
    """Bring `.venv` to the pinned packages; nothing to do is done in a few milliseconds.

    A `.venv` that is a link belongs to somebody else and is used as it is.
    """
    if VENV.is_symlink():
        return
    kind = "dev" if kind == "dev" or _installed().get("kind") == "dev" else "main"
    wanted = {"kind": kind, "digest": _digest(kind), "place": str(VENV)}
    if _installed() == wanted and attempt([PYTHON, "-c", ""])[0]:
        return
    _make_venv()
    _install_uv()
    with step(both("Installing the pinned Python packages", "固定したPythonパッケージを導入しています")):
        _install_packages(kind)
    STAMP.write_text(json.dumps(wanted))


def _installed() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def _digest(kind: Kind) -> str:
    """A digest of everything that decides what `.venv` holds."""
    parts = [
        path.read_bytes() for path in (REQUIREMENTS / f"{kind}.txt", REQUIREMENTS / "uv.txt", ROOT / "pyproject.toml")
    ]
    return hashlib.sha256(b"\0".join([*parts, sys.version.encode()])).hexdigest()


def _make_venv() -> None:
    """Make `.venv`, anew when it was made elsewhere or by a Python that is gone or another version."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    works, said = attempt([PYTHON, "-c", "import pip, sys; print('%d.%d' % sys.version_info[:2])"])
    if works and said.strip() == version and _installed().get("place", str(VENV)) == str(VENV):
        return
    with step(both("Making .venv", ".venvを作っています")):
        shutil.rmtree(VENV, ignore_errors=True)
        must([sys.executable, "-m", "venv", VENV], both("The .venv could not be made.", ".venvを作れませんでした。"))


def _install_uv() -> None:
    if attempt([VENV / "bin" / "uv", "--version"])[1].split()[1:2] == [_pinned("uv")]:
        return
    with step(both("Fetching uv from PyPI", "PyPIからuvを取得しています")):
        must(
            [*_pip("install", "uv"), "--no-deps"],
            both("uv could not be fetched from PyPI.", "PyPIからuvを取得できませんでした。"),
        )


def _pinned(name: str) -> str:
    first = (REQUIREMENTS / f"{name}.txt").read_text().split()[0]
    return first.partition("==")[2]


def _install_packages(kind: Kind) -> None:
    """Try uv with the system's certificates, uv with its own, then pip: the first that works."""
    sync = ["pip", "sync", "--quiet", "--compile-bytecode", "--python", str(PYTHON), "--require-hashes"]
    files = [str(REQUIREMENTS / f"{kind}.txt"), str(REQUIREMENTS / "uv.txt")]
    uv = [str(VENV / "bin" / "uv")]
    ways = [[*uv, "--system-certs", *sync, *files], [*uv, *sync, *files], _pip("install", kind)]
    for way in ways:
        worked, said = attempt(way, env=surroundings())
        if worked:
            return _register()
    complaint = both(
        "The pinned Python packages could not be installed.", "固定したPythonパッケージを導入できませんでした。"
    )
    raise Stop(f"{complaint}\n{last_words(said)}")


def _pip(verb: str, name: str) -> list[str]:
    quiet = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    return [str(PYTHON), "-m", "pip", verb, *quiet, "-r", str(REQUIREMENTS / f"{name}.txt")]


def _register() -> None:
    """Let `.venv` know the folder `app` and the command `madoguchi`, without building anything but bytecode."""
    site = subprocess.check_output([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True)
    Path(site.strip(), "madoguchi.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "madoguchi"
    command.write_text(f"#!{PYTHON}\nfrom app.cli import main\n\nmain()\n")
    command.chmod(0o755)
    # Where Python is told to keep no bytecode, every process would compile everything anew at its start.
    subprocess.run([PYTHON, "-m", "compileall", "-q", "app", "tools"], cwd=ROOT, check=True)


def surroundings() -> dict[str, str]:
    """The environment for installers: no other virtual environment, and the system's certificates where known."""
    others = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME")}
    if CERTIFICATES.exists():
        others.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    return others
