"""The vocabularies as they lie in seed_data/terms: complete, consistent, each row with source and date."""

import csv
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from app.terms.rules import fold

FOLDER = Path(__file__).parents[2] / "seed_data" / "terms"
FILES = sorted(file.name for file in FOLDER.glob("*.csv"))
SYSTEMS = ("mondo", "icd10", "mesh")


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


CONDITIONS = rows("conditions.csv")


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_code_names_source_and_date(name: str) -> None:
    assert rows(name)
    for row in rows(name):
        assert None not in row, row
        assert all(row[column].strip() == row[column] != "" for column in ("code", "name_en", "name_ja", "source"))
        assert date.fromisoformat(row["as_of"]) <= date(2026, 11, 20)


@pytest.mark.parametrize("name", FILES)
def test_letters_are_whole_signs_and_of_one_width(name: str) -> None:
    """A voicing mark of its own or a half-width kana looks the same and is found by nobody."""
    for row in rows(name):
        for column, cell in row.items():
            assert unicodedata.is_normalized("NFC", cell), (row["code"], column)
            assert not re.search("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f]", cell), (row["code"], column)


def test_a_code_stands_once_in_all_files() -> None:
    codes = [row["code"] for name in FILES for row in rows(name)]
    assert len(codes) == len(set(codes))


def test_every_pointer_leads_to_a_row() -> None:
    codes = {row["code"] for name in FILES for row in rows(name)}
    pointers = [row.get("parent", "") for name in FILES for row in rows(name)]
    for name, column in (("conditions.csv", "areas"), ("modalities.csv", "needs")):
        pointers += [code for row in rows(name) for code in row[column].split(";")]
    assert {pointer for pointer in pointers if pointer} <= codes


def test_no_term_is_its_own_ancestor() -> None:
    parents = {row["code"]: row["parent"] for row in CONDITIONS}
    for code in parents:
        seen = [code]
        while parents[seen[-1]]:
            seen.append(parents[seen[-1]])
            assert len(seen) < 10, seen


def test_there_are_at_least_300_conditions_in_every_field_of_medicine() -> None:
    assert len(CONDITIONS) >= 330
    areas = {row["code"] for row in rows("areas.csv")}
    assert areas == {area for row in CONDITIONS for area in row["areas"].split(";")}


def test_every_condition_has_a_published_code_with_its_name_and_fit() -> None:
    for row in CONDITIONS:
        assert any(row[system] for system in SYSTEMS), row["code"]
        for system in SYSTEMS:
            assert bool(row[system]) == bool(row[f"{system}_name"]) == (row[f"{system}_fit"] in FITS), row["code"]


FITS = {"same", "broader", "narrower"}


def test_a_name_of_ours_is_marked_as_not_reviewed() -> None:
    for row in CONDITIONS:
        assert (row["name_ja_source"], bool(row["nando"]), row["reviewed"]) in {
            ("nando", True, "true"),
            ("ours", False, "false"),
        }, row["code"]


@pytest.mark.parametrize("column", ["name_en", "name_ja"])
def test_no_two_conditions_share_a_name(column: str) -> None:
    names = [fold(row[column]) for row in CONDITIONS]
    assert len(names) == len(set(names))


def test_the_47_prefectures_stand_in_their_official_order() -> None:
    prefectures = rows("prefectures.csv")
    assert [row["code"] for row in prefectures] == [f"pref.{number:02d}" for number in range(1, 48)]
    assert (prefectures[12]["name_ja"], prefectures[46]["name_ja"]) == (
        "東京都",
        "沖縄県",
    )
    assert {row["parent"] for row in prefectures} == {row["code"] for row in rows("regions.csv")}


def test_a_capability_says_what_kind_of_value_it_holds() -> None:
    for row in rows("capabilities.csv"):
        assert row["kind"] in {"state", "number", "text", "date", "choice", "list"}, row["code"]
        assert bool(row["values"]) == (row["kind"] == "choice"), row["code"]
        assert bool(row["unit_en"]) == bool(row["unit_ja"]) and row["criterion"] in {
            "true",
            "false",
        }, row["code"]
        assert row["stale_after_months"] == "" or int(row["stale_after_months"]) >= 1
