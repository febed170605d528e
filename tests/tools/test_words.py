"""The commands speak the language of the terminal."""

import pytest

from tools.words import Stop, both, complain, japanese


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"LANG": "ja_JP.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8"}, True),
        ({}, False),
    ],
)
def test_the_language_is_the_one_that_the_terminal_asks_for(
    given: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert japanese() is expected
    assert both("Stopped.", "停止しました。") == ("停止しました。" if expected else "Stopped.")


def test_a_complaint_is_a_sentence_on_standard_error_and_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert complain(Stop("The disk is full.")) == 1
    assert capsys.readouterr().err == "\n✗ The disk is full.\n"
