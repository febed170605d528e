"""Which templates the tests render: noted in each process, gathered at the end of a whole run.

The hooks are named in tests/conftest.py.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import pytest

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
RENDERED: set[str] = set()


def every_template() -> set[str]:
    return {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file()}


def note_what_is_rendered() -> None:
    """Note every template that an environment asks its loader for: pages, what they extend and what they import."""
    original: Callable[..., Any] = jinja2.FileSystemLoader.get_source

    def noting(self: jinja2.FileSystemLoader, environment: jinja2.Environment, template: str) -> Any:
        RENDERED.add(template)
        return original(self, environment, template)

    jinja2.FileSystemLoader.get_source = noting  # type: ignore[method-assign]


def is_whole_run(config: pytest.Config) -> bool:
    """Say whether all tests were asked for, so that a template nobody rendered is a finding."""
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.getoption("keyword")


def take_over(output: dict[str, Any]) -> None:
    """Add what another process rendered."""
    RENDERED.update(output.get("rendered", ()))


def hand_over(session: pytest.Session) -> None:
    """Give what this worker rendered to the process that started it, or judge the whole run there."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["rendered"] = sorted(RENDERED)
        return
    missing = every_template() - RENDERED
    if missing and is_whole_run(session.config) and session.testscollected:
        report = session.config.pluginmanager.get_plugin("terminalreporter")
        if report is not None:
            report.section("templates that no test renders", red=True)
            report.write_line("\n".join(sorted(missing)))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
