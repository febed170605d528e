"""Every job that is asked for exists, and every job that exists is asked for."""

import re
from pathlib import Path

from app.jobs.registry import load_every_job

ASKED = re.compile(r'enqueue\(\s*\w+,\s*"(\w+)"')
APP = Path(__file__).parents[2] / "app"


def test_names_asked_for_are_the_names_of_jobs() -> None:
    asked = {name for path in APP.rglob("*.py") for name in ASKED.findall(path.read_text(encoding="utf-8"))}
    assert asked == set(load_every_job())
