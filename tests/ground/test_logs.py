"""A failure is logged with where it happened, and without what somebody had typed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAILING = """
import logging
import sys
import structlog
from app.ground.logs import configure_logs

configure_logs(machine_readable={machine_readable})

def handler(typed):
    raise RuntimeError("broken")

try:
    handler(sys.stdin.read())
except RuntimeError as error:
    structlog.get_logger().error("request failed", exc_info=error)
    logging.getLogger("library").error("library failed", exc_info=error)
"""


@pytest.mark.parametrize("machine_readable", [True, False])
def test_a_failure_shows_its_place_and_no_typed_word(machine_readable: bool) -> None:
    script = FAILING.format(machine_readable=machine_readable).replace(
        'handler("CANARY-77")', "handler(open(0).read())"
    )
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        input="CANARY-77",
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert told.count("in handler") == 2, told
    assert told.count("RuntimeError: broken") == 2, told
    assert "CANARY-77" not in told
    if machine_readable:
        assert [json.loads(line)["event"] for line in told.splitlines()] == ["request failed", "library failed"]
