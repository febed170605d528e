"""What a clone lacks is brought once, and what is missing on the machine is one sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bootstrap, python_parts, steps, web_parts
from tools.words import Stop


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_a_python_without_ensurepip_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(Stop, match="because ensurepip is missing: install the package python3-venv"):
        python_parts.check_python()


def test_an_old_python_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_parts.sys, "version_info", (3, 10, 4))
    with pytest.raises(Stop, match=r"Python 3\.11 or later is needed; this is 3\.10\."):
        python_parts.check_python()


def test_a_linked_venv_belongs_to_somebody_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / ".venv").symlink_to(tmp_path / "theirs")
    monkeypatch.setattr(python_parts, "VENV", tmp_path / ".venv")
    python_parts.install("main")
    assert list((tmp_path / "theirs").iterdir()) == []


@pytest.fixture
def venv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A `.venv` of which only the notes are real."""
    monkeypatch.setattr(python_parts, "VENV", tmp_path)
    monkeypatch.setattr(python_parts, "STAMP", tmp_path / "installed.json")
    monkeypatch.setattr(python_parts, "PYTHON", Path(sys.executable))
    return tmp_path


def test_what_is_installed_already_is_not_installed_again(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(python_parts, "_make_venv", lambda: None)
    monkeypatch.setattr(python_parts, "_install_uv", lambda: None)
    monkeypatch.setattr(python_parts, "_install_packages", installed.append)
    for kind in ("main", "main", "dev", "main", "dev"):
        python_parts.install(kind)
    assert installed == ["main", "dev"]
    assert json.loads((venv / "installed.json").read_text())["kind"] == "dev"


def test_the_command_works_from_any_folder(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (venv / "bin").mkdir()
    (venv / "site").mkdir()
    monkeypatch.setattr(python_parts.subprocess, "check_output", lambda *words, **more: f"{venv}/site\n")
    python_parts._register()
    assert (venv / "site" / "madoguchi.pth").read_text() == f"{steps.ROOT}\n"
    monkeypatch.setenv("PYTHONPATH", str(steps.ROOT))  # what the .pth file does in a real .venv
    help_ = subprocess.run([venv / "bin" / "madoguchi", "--help"], cwd="/", capture_output=True, text=True, check=True)
    assert "Run and look after a Madoguchi window." in help_.stdout


def test_packages_that_cannot_be_had_are_one_sentence_with_the_last_words(
    venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (venv / "bin").mkdir()
    (venv / "bin" / "uv").write_text("#!/bin/sh\necho no way to the index; exit 2\n")
    (venv / "bin" / "uv").chmod(0o755)
    monkeypatch.setattr(python_parts, "_pip", lambda verb, name: [str(venv / "bin" / "uv")])
    with pytest.raises(Stop, match=r"could not be installed\.\n    no way to the index"):
        python_parts._install_packages("main")


def test_the_front_end_files_come_out_of_their_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(web_parts, "SERVED", tmp_path / "vendor")
    monkeypatch.setattr(web_parts, "PACKAGES", tmp_path / "node_modules")

    def installed(npm: list[str], folder: Path, *options: str) -> None:
        for name in (*web_parts.FILES, "@svg-maps/japan/index.js"):
            (tmp_path / "node_modules" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "node_modules" / name).write_text('export default {"locations":[]};\n')
        times.append(options)

    times: list[tuple[str, ...]] = []
    monkeypatch.setattr(web_parts, "install_with", installed)
    web_parts.install(dev=False)
    web_parts.install(dev=False)
    assert times == [("--omit=dev",)]
    assert json.loads((tmp_path / "vendor/svg-maps-japan/japan.json").read_text()) == {"locations": []}
    assert (tmp_path / "vendor/htmx/htmx.min.js").exists()


def test_only_a_catalogue_that_changed_is_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "locales/ja/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text('msgid ""\nmsgstr "Language: ja\\n"\n\nmsgid "case"\nmsgstr "件"\n')
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    bootstrap.compile_catalogues()
    made = (folder / "messages.mo").stat().st_mtime_ns
    bootstrap.compile_catalogues()
    assert (folder / "messages.mo").stat().st_mtime_ns == made


def test_a_full_disk_is_said_in_plain_words() -> None:
    assert steps.last_words("OSError: [Errno 28] No space left on device") == "The disk is full."


def test_a_command_that_takes_too_long_has_failed() -> None:
    assert steps.attempt(["sleep", "30"], seconds=0.2) == (False, "")


def test_a_program_that_is_not_there_has_failed() -> None:
    worked, said = steps.attempt(["/no/such/program"])
    assert not worked
    assert "No such file" in said


def test_the_makefile_and_the_bootstrap_know_the_same_words() -> None:
    makefile = (steps.ROOT / "Makefile").read_text()
    words = {line.split()[1] for line in makefile.splitlines() if line.startswith("\t$(RUN_IT)")}
    assert words == set(bootstrap.COMMANDS) - {"chromium"}
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    dry = subprocess.run(["make", "-n", "test"], cwd=steps.ROOT, env=alone, capture_output=True, text=True, check=True)
    assert dry.stdout.strip().endswith("-m tools.bootstrap test")
