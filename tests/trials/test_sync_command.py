"""`madoguchi trials sync` and `pause` as an operator types them, against the practice registry."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli import commands
from tests.databases import Server
from tools.practice_registry import Mood, PracticeRegistry

Command = Callable[..., Result]


@pytest.fixture
def registry() -> Iterator[PracticeRegistry]:
    with PracticeRegistry(largest=10) as running:
        yield running


@pytest.fixture
def trials(server: Server, own_database: str, registry: PracticeRegistry) -> Command:
    def run(*words: str, **settings: str) -> Result:
        given = {
            "environment": "dev",
            "database_url": server.url(own_database, "service"),
            "ctgov_url": registry.api_url,
            "ctgov_pause": "0",
            "jrct_url": registry.url,
            "lang": "en_GB.UTF-8",
            **settings,
        }
        env: dict[str, str | None] = {name.upper(): value for name, value in given.items()}
        return CliRunner().invoke(commands, ["trials", *words], env={"LC_ALL": None, "LC_MESSAGES": None, **env})

    return run


def test_a_sync_says_how_far_it_is_goes_on_where_it_stood_and_can_be_paused(
    trials: Command, registry: PracticeRegistry
) -> None:
    registry.next_moods(Mood(), Mood(), Mood(), Mood(status=404))
    failed = trials("sync", "ctgov")
    assert failed.exit_code == 1
    assert "ClinicalTrials.gov: 10 read so far." in failed.stdout
    assert "New: 20. Changed: 0." in failed.stdout
    assert "ClinicalTrials.gov cannot be reached" in failed.stderr

    assert trials("pause", "ctgov").stdout == "No sync of ClinicalTrials.gov goes on until somebody resumes it.\n"
    paused = trials("sync", "ctgov")
    assert (paused.exit_code, paused.stderr.strip()) == (1, "ClinicalTrials.gov is paused or stopped. Resume it first.")
    assert trials("resume", "ctgov").stdout == "ClinicalTrials.gov can be asked again.\n"

    done = trials("sync", "ctgov", lang="ja_JP.UTF-8")
    assert done.exit_code == 0, done.output
    assert "20件" in done.stdout
    nothing = trials("sync", "ctgov")
    assert nothing.exit_code == 0
    assert "published nothing since the last sync" in nothing.stdout


def test_somebody_pausing_in_the_middle_is_another_exit(trials: Command, registry: PracticeRegistry) -> None:
    paused: list[int] = []
    registry.on_asked = lambda path: (
        paused.append(trials("pause", "ctgov").exit_code) if "pageToken" in path and not paused else None
    )
    result = trials("sync", "ctgov")
    assert (paused, result.exit_code) == ([0], 3), result.output
    assert "Paused." in result.stdout and "New: 10." in result.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("sync", "jrct"), "apply to its help desk first"),
        (("sync", "ictrp"), "its records come as export files"),
        (("resume", "ictrp"), "Nothing is stopped: WHO ICTRP can be asked."),
    ],
)
def test_what_cannot_be_is_one_sentence(trials: Command, words: tuple[str, ...], sentence: str) -> None:
    result = trials(*words)
    assert result.exit_code == 1
    assert sentence in result.stderr and "Traceback" not in result.output
