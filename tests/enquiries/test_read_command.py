"""`madoguchi enquiries read` prints what a file would bring into a draft, and writes nothing."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli import commands
from app.enquiries.ctgov.files import Entry, studies_in
from app.enquiries.ctgov.printed import harmless, problem, table
from app.enquiries.ctgov.study import SAID, read_study
from tests.enquiries import fictional


def run(*arguments: object, language: str = "en_GB.UTF-8") -> Result:
    clean = {"LC_ALL": None, "LC_MESSAGES": None, "LANG": language}
    return CliRunner().invoke(commands, ["enquiries", "read", *map(str, arguments)], env=clean)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "studies.jsonl"
    written.write_bytes(b"\n".join(orjson.dumps(study) for study in fictional.studies()))
    return written


def test_json_is_one_object_a_line_with_its_keys_in_order(file: Path) -> None:
    result = run(file, "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and result.stderr == ""
    assert [list(line) for line in lines] == [list(SAID)] * 7
    assert lines[0] == read_study(fictional.studies()[0]).said()
    assert lines[2] == dict.fromkeys(SAID) | {"source": "ClinicalTrials.gov", "number": "NCT00000003"}


def test_a_table_shows_each_study_and_cannot_steer_the_terminal(file: Path) -> None:
    result = run(file)
    assert result.exit_code == 0
    for study in fictional.studies():
        assert study["protocolSection"]["identificationModule"]["nctId"] in result.stdout
    assert "\x07" not in result.stdout and "\u202e" not in result.stdout and "\\u202e" in result.stdout


def test_the_table_speaks_the_language_of_the_terminal(file: Path) -> None:
    assert "Number" in run(file).stdout
    japanese = run(file, language="ja_JP.UTF-8").stdout
    assert "対象疾患" in japanese and "Number" not in japanese


def test_what_cannot_be_read_goes_to_standard_error_with_its_line(file: Path, tmp_path: Path) -> None:
    file.write_bytes(file.read_bytes() + b'\n{"protocolSection":\n')
    absent = tmp_path / "absent.json"
    result = run(file, absent, "--json")
    assert result.exit_code == 1 and len(result.stdout.splitlines()) == 7
    assert result.stderr.splitlines() == [
        "studies.jsonl, line 8: This is not JSON: reading stopped at character 20.",
        "absent.json: The file cannot be read: No such file or directory",
    ]
    assert "studies.jsonl（8行目）：JSONではありません" in run(file, language="ja_JP.UTF-8").stderr


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 1 and "The file cannot be read" in result.stderr and result.stdout == ""


def test_a_hostile_name_and_a_hostile_text_are_spelled_out() -> None:
    (entry,) = studies_in(b"no json")
    assert harmless("a\x1b[31mb\u202ec") == "a\\u001b[31mb\\u202ec"
    assert problem("evil\x1b.json", entry, "en").startswith("evil\\u001b.json: ")
    with pytest.raises(ValueError):
        problem("fine.json", Entry(None, study=read_study(fictional.a_study())), "en")


def test_a_narrow_terminal_still_shows_every_value() -> None:
    shown = table([read_study(fictional.a_study())], "en", width=120)
    assert "NCT00000001" in shown and max(map(len, shown.splitlines())) <= 120


def test_all_real_studies_are_printed_as_they_stand(shared: Path) -> None:
    source = shared / "data/ctgov/studies.jsonl"
    result = run(source, "--json")
    printed: list[dict[str, Any]] = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and result.stderr == ""
    assert printed == [read_study(json.loads(line)).said() for line in source.read_text().split("\n") if line]
    assert run(source).exit_code == 0
