"""`madoguchi trials read` prints what files of registries hold, and writes nothing."""

import json
from pathlib import Path

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli import commands
from app.trials.printed import problem
from app.trials.reading.found import Found
from app.trials.reading.jrct import read_page
from app.trials.record import Record
from app.trials.written import as_json
from tests.trials.pages import NUMBER, a_csv, a_page, a_site, a_study


def run(*arguments: object, language: str = "en_GB.UTF-8") -> Result:
    clean = {"LC_ALL": None, "LC_MESSAGES": None, "LANG": language}
    return CliRunner().invoke(commands, ["trials", "read", *map(str, arguments)], env=clean)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    sites = tuple(a_site(f"架空第{n}病院", f"Kakuu Hospital {n}") for n in range(1, 43))
    file.write_text(a_page(sites=sites, 初回公表日="令和8年2月30日"), encoding="utf-8")
    return file


def test_json_is_one_record_a_line_in_the_order_of_the_model(page: Path, tmp_path: Path) -> None:
    study = tmp_path / "study.json"
    study.write_bytes(orjson.dumps(a_study()))
    result = run(page, study, "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and result.stderr == ""
    assert [list(line) for line in lines] == [list(Record.__dataclass_fields__)] * 2
    assert result.stdout_bytes.splitlines()[0] == as_json(read_page(page.read_bytes()))


def test_a_person_reads_each_record_with_its_sites_and_what_to_check(page: Path) -> None:
    result = run(page)
    assert result.exit_code == 0 and NUMBER in result.stdout and "Kakuu Hospital 1," in result.stdout
    assert "and 2 more sites" in result.stdout
    assert "To check: registered: This is not a day that can be understood. 令和8年2月30日" in result.stdout
    japanese = run(page, language="ja_JP.UTF-8").stdout
    assert "架空第1病院" in japanese and "要確認" in japanese


def test_what_cannot_be_read_goes_to_standard_error_with_its_place(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(a_csv({}) + "cut,off\r\n", encoding="utf-8")
    absent = tmp_path / "absent.html"
    result = run(rows, absent, tmp_path)
    assert result.exit_code == 1 and "jRCT9999999901" in result.stdout
    first, second, third = result.stderr.splitlines()
    assert first.startswith("rows.csv, line 3: This row has 2 columns instead of")
    assert second == "absent.html: The file cannot be read: No such file or directory" and "cannot be read" in third


def test_nothing_in_a_record_can_steer_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "study.json"
    file.write_bytes(orjson.dumps(a_study(conditionsModule={"conditions": ["\x1b[31mred\u202e"]})))
    result = run(file)
    assert "\x1b" not in result.stdout and "\\u001b[31mred\\u202e" in result.stdout


def test_the_real_files_are_printed(shared: Path) -> None:
    data = shared / "data"
    result = run(data / "jrct/jRCTs051180190.html", data / "ctgov/studies.jsonl", data / "ictrp/jprn.csv", "--json")
    assert result.exit_code == 0 and len(result.stdout.splitlines()) == 171
    assert run(data / "ctgov/studies.jsonl").stdout.count("NCT") >= 145


def test_an_entry_without_a_problem_has_none_to_print() -> None:
    with pytest.raises(ValueError):
        problem("a.csv", Found(None), "en")
