"""`make test`: everything that must hold before a change lands, in its own data folder, with one summary.

In CI a skipped test is a failed one, except those that read the real records of `../shared` where it is absent.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.settings import Settings
from tools import chromium
from tools.steps import ROOT, attempt
from tools.summary import Line, coverage, needless_skips, read_results, tally
from tools.words import Stop, both, complain, say

HERE = Path(sys.executable).parent
PROGRAMS = (
    (("formatting", "整形"), [HERE / "ruff", "format", "--check", "."]),
    (("lint", "静的検査"), [HERE / "ruff", "check", "."]),
    (("types", "型"), [HERE / "mypy"]),
    (("import floors", "層の依存"), [HERE / "lint-imports"]),
)
IN_CI = os.environ.get("CI", "").lower() in ("true", "1")
# Two cores are what a developer's machine and CI have at least; each worker has its own database.
WORKERS = str(max(2, min(4, os.cpu_count() or 2)))


def main() -> int:
    """Check everything, print the summary and return 0 only when all of it holds."""
    began = time.monotonic()
    lines = [_program(both(*title), command) for title, command in PROGRAMS]
    browser, line = _browser()
    lines.append(line)
    with tempfile.TemporaryDirectory(prefix="madoguchi-check-") as folder:
        lines += _tests(Path(folder), browser)
    _show(lines, time.monotonic() - began)
    return 0 if all(line.good for line in lines) else 1


def _program(title: str, command: list[str | Path]) -> Line:
    print(f"• {title} … ", end="", flush=True)
    began = time.monotonic()
    worked, said = attempt(command)
    seconds = time.monotonic() - began
    say(f"{'✓' if worked else '✗'} {seconds:.1f} s")
    if not worked:
        say(said)
    return Line(title, worked, f"{seconds:.1f} s")


def _browser() -> tuple[Path | None, Line]:
    """Find the browser; without one the rest still runs, and the whole is not green."""
    try:
        found = chromium.find()
    except Stop as stop:
        complain(stop)
        return None, Line("Chromium", good=False, words=stop.sentence)
    say(f"• Chromium: {found}")
    return found, Line("Chromium", good=True, words=str(found))


def _tests(folder: Path, browser: Path | None) -> list[Line]:
    """Run pytest with its words passed on as they come, and read what it wrote for machines."""
    results = folder / "results.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        WORKERS,
        "--dist",
        "worksteal",
        "--durations=15",
        "--cov",
        f"--junit-xml={results}",
    ]
    if browser is None:
        command += ["-m", "not browser"]
    code, said = _passed_on(command, _surroundings(folder, browser))
    tests = read_results(results)
    lines = tally(tests)
    if IN_CI and (skipped := needless_skips(tests)):
        lines.append(Line(both("skipped in CI", "CIでの省略"), good=False, words="; ".join(skipped)))
    lines.append(coverage(said))
    lines.append(Line("pytest", good=code == 0, words=both(f"exit code {code}", f"終了コード{code}")))
    return lines


def _surroundings(folder: Path, browser: Path | None) -> dict[str, str]:
    """The environment without a person's settings, so that a test sees the same on every machine."""
    ours = {name.upper() for name in Settings.model_fields} | {"LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "DATA_DIR"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    given = {chromium.VARIABLE: str(browser)} if browser else {}
    return kept | given | {"LC_ALL": "C.UTF-8", "DATA_DIR": str(folder), "COVERAGE_FILE": str(folder / "coverage")}


def _passed_on(command: list[str], env: dict[str, str]) -> tuple[int, str]:
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0)
    said = bytearray()
    assert process.stdout is not None
    try:
        while piece := process.stdout.read(4096):
            sys.stdout.buffer.write(piece)
            sys.stdout.flush()
            said += piece
        return process.wait(), said.decode(errors="replace")
    except KeyboardInterrupt:
        process.wait()
        raise


def _show(lines: list[Line], seconds: float) -> None:
    say(both(f"\nSummary ({seconds:.0f} s)", f"\nまとめ（{seconds:.0f}秒）"))
    for line in lines:
        say(f"  {'✓' if line.good else '✗'} {line.title}: {line.words}")
    passed, failed, skipped = (sum(getattr(line, name) for line in lines) for name in ("passed", "failed", "skipped"))
    failed += sum(not line.good and line.failed == 0 for line in lines)
    say(f"{passed} passed, {failed} failed, {skipped} skipped")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
