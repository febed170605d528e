"""The CSV opens rightly in a spreadsheet program and runs nothing there."""

import csv
from dataclasses import replace
from io import StringIO

import pytest

from app.kpi import exports, rules
from app.kpi.rules import Choice, Decision

from .cases import a_case, a_company, a_meeting, counted, on


def read(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff"), "Excel needs the mark to read Japanese"
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"))))


def test_one_line_a_case_with_its_reason() -> None:
    case = replace(a_case(meetings=(a_meeting(on(5, 1)), a_meeting(on(6, 1)))), number="2026-0007")
    unknown = replace(a_case(is_mrct=None, base_in_japan=None, requester=a_company(country=None)), number="2026-0008")
    rows = read(exports.as_csv(counted(case, unknown).received, 2026, "en"))
    assert rows[0][:4] == ["Consultation number", "Fiscal year", "Received", "Accepted"]
    assert rows[1] == [
        *("2026-0007", "2026", "2026-04-14", "2026-04-15", "2026-05-01", "3", "US", "Biotech company", "No base"),
        "Counted",
        "Counted: a multi-regional clinical trial of an overseas start-up or pharmaceutical company.",
        "",
        "1",
    ]
    assert rows[2][8:10] == ["No information", "Not counted: not yet known"]


def test_the_japanese_file_is_japanese() -> None:
    rows = read(exports.as_csv(counted(a_case()).received, 2026, "ja"))
    assert rows[0][:3] == ["相談番号", "年度", "受付"]
    assert rows[1][7:10] == ["バイオ企業", "なし", "計上"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_what_looks_like_a_formula_is_shown_and_never_computed(start: str) -> None:
    decision = Decision(Choice.EXCLUDE, f'{start}HYPERLINK("http://evil.example")', on(5, 1))
    rows = read(exports.as_csv(counted(a_case(decisions=(decision,))).received, 2026, "en"))
    assert rows[1][11].startswith("'")


def test_no_company_product_or_indication_is_in_the_file() -> None:
    case = a_case(product="SECRET-1", indication="secret", requester=a_company("Secret Bio"))
    rows = exports.as_csv(counted(case).received, 2026, "en")
    assert "secret" not in rows.casefold()


def test_every_kind_and_standing_has_its_word() -> None:
    assert set(exports.COMPANY_KINDS) == set(rules.CompanyKind)
    assert set(exports.STATUSES) == set(rules.Status)
