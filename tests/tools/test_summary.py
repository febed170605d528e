"""The summary says what ran: a part of which nothing ran is not good, and CI lets no needless skip pass."""

from pathlib import Path

from tools.summary import Result, coverage, needless_skips, read_results, tally

RESULTS = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.kpi.test_rules" name="test_a" time="0.1"/>
<testcase classname="tests.kpi.test_rules" name="test_b"><failure message="assert 1 == 2">lines</failure></testcase>
<testcase classname="tests.browser.test_job" name="test_c"><error message="fixture failed">lines</error></testcase>
<testcase classname="tests.enquiries.test_import" name="test_d">
<skipped type="pytest.skip" message="/place/shared is absent: it holds the real records">x</skipped></testcase>
<testcase classname="tests.browser.test_job" name="test_e"><skipped message="no browser">x</skipped></testcase>
</testsuite></testsuites>"""


def results(tmp_path: Path) -> list[Result]:
    (tmp_path / "results.xml").write_text(RESULTS)
    return read_results(tmp_path / "results.xml")


def test_each_test_is_counted_in_its_part(tmp_path: Path) -> None:
    lines = {line.title: line for line in tally(results(tmp_path))}
    assert (lines["tests"].passed, lines["tests"].failed, lines["tests"].skipped) == (1, 1, 1)
    assert (lines["browser"].passed, lines["browser"].failed, lines["browser"].skipped) == (0, 1, 1)
    assert not lines["tests"].good


def test_a_part_of_which_nothing_ran_is_not_good(tmp_path: Path) -> None:
    assert {line.title for line in tally(results(tmp_path)) if line.passed == 0} == {
        "translations",
        "migrations against models",
        "house rules",
        "browser",
        "processes",
    }
    assert not any(line.good for line in tally([]))


def test_in_ci_only_the_absence_of_the_real_records_excuses(tmp_path: Path) -> None:
    assert needless_skips(results(tmp_path)) == ["tests.browser.test_job.test_e"]


def test_no_results_are_no_tests(tmp_path: Path) -> None:
    assert read_results(tmp_path / "absent.xml") == []


def test_the_gate_of_coverage_is_read_from_its_closing_words() -> None:
    reached = coverage("Required test coverage of 95.0% reached. Total coverage: 96.22%\n")
    missed = coverage("FAIL Required test coverage of 95.0% not reached. Total coverage: 84.87%\n")
    silent = coverage("1 passed")
    assert [(line.good, line.words) for line in (reached, missed, silent)] == [
        (True, "96.22 %"),
        (False, "84.87 %"),
        (False, "not measured"),
    ]
