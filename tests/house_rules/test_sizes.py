"""Small functions, small files: what can be read at one look."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FUNCTION = 50
LONGEST_FILE = 350
LONGEST_TEST_FILE = 500
SOURCES = sorted(
    path
    for folder in ("app", "tools", "bench", "seed_data", "tests", "migrations")
    for path in (ROOT / folder).rglob("*.py")
)


def test_there_are_sources_to_measure() -> None:
    assert len(SOURCES) > 50


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_and_no_file_is_too_long(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.parent.name == "versions":
        return
    most = LONGEST_TEST_FILE if "tests" in path.relative_to(ROOT).parts else LONGEST_FILE
    assert len(text.splitlines()) <= most
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, functions) and (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []
