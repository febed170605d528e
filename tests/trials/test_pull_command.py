"""`madoguchi trials pull` and `resume` as an operator types them, against the practice registry."""

from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner, Result

from app.cli import commands
from tests.databases import Server
from tools.practice_registry import Mood, PracticeRegistry

Command = Callable[..., Result]
ONE, OTHER = "jRCTs999190001", "jRCTs999200003"


@pytest.fixture
def registry() -> Iterator[PracticeRegistry]:
    with PracticeRegistry() as running:
        yield running


@pytest.fixture
def trials(server: Server, own_database: str, registry: PracticeRegistry, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `madoguchi trials` with these words and settings."""

    def run(*words: str, **settings: str) -> Result:
        given = {
            "environment": "dev",
            "database_url": server.url(own_database, "service"),
            "jrct_url": registry.url,
            "lang": "en_GB.UTF-8",
            **settings,
        }
        for name in ("LC_ALL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        for name, value in given.items():
            monkeypatch.setenv(name.upper(), value)
        return CliRunner().invoke(commands, ["trials", *words])

    return run


def test_a_pull_stores_the_record_and_says_what_it_is(trials: Command, registry: PracticeRegistry) -> None:
    first = trials("pull", ONE.upper())
    assert first.exit_code == 0, first.output
    assert f"{ONE}: [Fictional] " in first.stdout
    assert "Stored: a new record." in first.stdout
    assert f"from {registry.url}/latest-detail/{ONE}" in first.stdout
    assert "Places in the record: 34" in first.stdout
    again = trials("pull", ONE, lang="ja_JP.UTF-8")
    assert f"{ONE}：【架空】" in again.stdout
    assert "jRCTにはアクセスしていません" in again.stdout and "保存済みの内容と同じです。" in again.stdout
    assert len(registry.asked) == 1


def test_a_study_is_pulled_by_its_nct_number(trials: Command, registry: PracticeRegistry) -> None:
    found = trials("pull", "nct99995001", "NCT99998888", ctgov_url=registry.api_url, ctgov_pause="0")
    assert found.exit_code == 1
    assert "NCT99995001: [Fictional]" in found.stdout and "Stored: a new record." in found.stdout
    assert "ClinicalTrials.gov has no record with the number NCT99998888." in found.stderr


@pytest.mark.parametrize(
    ("words", "settings", "sentence"),
    [
        (("pull", ONE), {"jrct_url": "off"}, "has not switched on reading from jRCT."),
        (("pull", ONE, OTHER), {}, "apply to its help desk first"),
        (("pull", "jRCTs999990000"), {}, "jRCT has no record with the number jRCTs999990000."),
        (("resume",), {}, "Nothing is stopped"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    trials: Command, words: tuple[str, ...], settings: dict[str, str], sentence: str
) -> None:
    result = trials(*words, **settings)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.output


def test_several_numbers_are_read_where_the_operator_states_its_permission(trials: Command) -> None:
    trials("pull", ONE)
    both = trials("pull", ONE, ONE, jrct_bulk_permission="Help desk, 2026-11-01 (fictional)")
    assert both.exit_code == 0
    assert both.stdout.count(f"{ONE}: ") == 2


def test_after_a_refusal_a_person_resumes(trials: Command, registry: PracticeRegistry) -> None:
    registry.mood = Mood(blocks_after=0)
    assert "jRCT refused our request" in trials("pull", ONE).stderr
    registry.mood = Mood()
    assert "jRCT refused our request" in trials("pull", ONE).stderr
    assert trials("resume").stdout == "jRCT can be asked again.\n"
    assert len(registry.asked) == 1


def test_what_is_typed_wrongly_is_said_in_words(trials: Command, registry: PracticeRegistry) -> None:
    result = trials("pull", "UMIN000000001", lang="ja_JP.UTF-8")
    assert result.exit_code == 1
    assert "NCT番号（「NCT」に続く8桁の数字）を入力してください" in result.stderr
    assert registry.asked == []
