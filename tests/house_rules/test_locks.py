"""What is installed is pinned with digests, and no lock says where it was fetched."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINNED = sorted((ROOT / "requirements").glob("*.txt"))
LOCKS = (ROOT / "package-lock.json", ROOT / "tools/browser/package-lock.json")


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def pinned_in(path: Path) -> list[str]:
    """Return the requirements of a file, each with its hashes on one line."""
    return path.read_text().replace("\\\n", " ").splitlines()


def test_the_four_files_are_there() -> None:
    assert [path.name for path in PINNED] == ["dev.txt", "main.txt", "node.txt", "uv.txt"]


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.name)
def test_every_requirement_has_one_version_and_digests(path: Path) -> None:
    for requirement in pinned_in(path):
        assert re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", requirement), requirement


@pytest.mark.parametrize("path", [*PINNED, *LOCKS], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_lock_names_a_host(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    assert "index-url" not in text
    assert '"resolved"' not in text


def test_every_package_that_the_project_asks_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name, wanted in {"main": [], "dev": project["optional-dependencies"]["dev"]}.items():
        pinned = {name_of(line) for line in pinned_in(ROOT / f"requirements/{name}.txt")}
        asked = {name_of(requirement) for requirement in [*project["dependencies"], *wanted]}
        assert asked - pinned == set(), "run `make lock`"


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_front_end_package_has_its_digest(path: Path) -> None:
    packages = json.loads(path.read_text())["packages"]
    assert len(packages) > 1
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
