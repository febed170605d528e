"""`madoguchi trials import` brings files in: twice changes nothing, what is refused is named, exit 1 where anything was."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli import commands, importing
from tests.databases import Server
from tests.trials.pages import a_study

Import = Callable[..., Result]


@pytest.fixture
def run(server: Server, own_database: str) -> Import:
    def imported(*files: Path, language: str = "en_GB.UTF-8") -> Result:
        env = {
            "LC_ALL": None,
            "LC_MESSAGES": None,
            "LANG": language,
            "ENVIRONMENT": "dev",
            "DATABASE_URL": server.url(own_database, "service"),
        }
        return CliRunner().invoke(commands, ["trials", "import", *map(str, files)], env=env)

    return imported


def test_a_file_is_brought_in_once(run: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = tmp_path / "study.json"
    study.write_bytes(orjson.dumps(a_study()))
    first = run(study)
    assert first.exit_code == 0, first.output
    assert "study.json: 1 read so far." in first.stdout
    assert "New: 1. Changed: 0. Same as before: 0." in first.stdout
    monkeypatch.setattr(importing, "_watched", lambda: True)
    again = run(study, language="ja_JP.UTF-8")
    assert again.exit_code == 0
    assert "前回と同じ1件" in again.stdout and "変更はありません。" in again.stdout
    assert "study.json" in again.stderr


def test_the_real_files_twice_change_nothing_and_the_second_time_says_so(run: Import, shared: Path) -> None:
    files = [shared / "data" / name for name in ("ctgov/studies.jsonl", "ictrp/jprn.csv", "jrct/jRCTs051180190.html")]
    first, again = run(*files), run(*files)
    assert "New: 171. Changed: 0. Same as before: 0. Older than what is stored: 0. Refused: 0." in first.stdout
    assert "Nothing has changed." not in first.stdout
    assert "New: 0. Changed: 0. Same as before: 171. Older than what is stored: 0. Refused: 0." in again.stdout
    assert again.stdout.rstrip().endswith("Nothing has changed.")


def test_what_is_refused_is_named_and_the_rest_is_taken(run: Import, tmp_path: Path) -> None:
    lines = tmp_path / "studies.jsonl"
    study = orjson.dumps(a_study())
    lines.write_bytes(b"\n".join((study, b'{"cut', study)))
    result = run(lines, tmp_path / "absent.csv")
    assert result.exit_code == 1
    assert "studies.jsonl, line 2: " in result.stderr
    assert "absent.csv: The file cannot be read: No such file or directory" in result.stderr
    assert "New: 1. Changed: 0. Same as before: 1. Older than what is stored: 0. Refused: 2." in result.stdout
