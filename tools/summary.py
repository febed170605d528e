"""What a test run says in the end: read from the files that pytest writes for machines."""

import re
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tools.words import both

# The first part whose folders or files hold a test names its line; the rest are "tests".
PARTS = (
    (("translations", "訳文"), ("tests.house_rules.test_words", "tests.house_rules.test_japanese", "tests.pages")),
    (("migrations against models", "マイグレーションとモデル"), ("tests.house_rules.test_migrations",)),
    (("house rules", "家のきまり"), ("tests.house_rules",)),
    (("browser", "ブラウザー"), ("tests.browser",)),
    (("processes", "プロセス"), ("tests.processes", "tests.tools.test_run")),
    (("tests", "テスト"), ("",)),
)
# What a test says that skips because the real records are not beside the checkout.
ABSENT = re.compile(r"shared\b.*\babsent", re.DOTALL)


@dataclass(frozen=True)
class Result:
    """One test: its module, its name, and how it ended (passed, failed or skipped, with the reason)."""

    module: str
    name: str
    ended: str
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the summary."""

    title: str
    good: bool
    words: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def read_results(path: Path) -> list[Result]:
    """Read JUnit XML as pytest writes it; no file means that pytest did not get that far."""
    if not path.exists():
        return []
    return [_test(case) for case in ElementTree.parse(path).iter("testcase")]


def _test(case: ElementTree.Element) -> Result:
    module, name = case.get("classname", ""), case.get("name", "")
    for tag, ended in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        found = case.find(tag)
        if found is not None:
            return Result(module, name, ended, f"{found.get('message', '')} {found.text or ''}".strip())
    return Result(module, name, "passed")


def tally(tests: list[Result]) -> list[Line]:
    """Return a line for each part of the tests; a part of which nothing ran is not good."""
    counted: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for test in tests:
        title = next(title for title, places in PARTS if test.module.startswith(places))
        counted[title][test.ended] += 1
    return [_line(both(*title), counted[title]) for title, _places in PARTS]


def _line(title: str, counts: dict[str, int]) -> Line:
    passed, failed, skipped = counts["passed"], counts["failed"], counts["skipped"]
    words = both(f"{passed} passed, {failed} failed, {skipped} skipped", f"成功{passed}、失敗{failed}、省略{skipped}")
    return Line(title, failed == 0 and passed > 0, words, passed, failed, skipped)


def needless_skips(tests: list[Result]) -> list[str]:
    """Return the skipped tests that did not skip for want of the real records."""
    return [
        f"{test.module}.{test.name}" for test in tests if test.ended == "skipped" and not ABSENT.search(test.reason)
    ]


def coverage(said: str) -> Line:
    """Read the closing words of the coverage gate; a gate that said nothing is not good."""
    title = both("coverage", "網羅率")
    found = re.search(r"Required test coverage of \S+ (not )?reached\. Total coverage: ([\d.]+)%", said)
    if found is None:
        return Line(title, good=False, words=both("not measured", "計測していません"))
    return Line(title, found[1] is None, f"{found[2]} %")
