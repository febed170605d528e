"""The seed says what the collected facts say: nothing more, nothing without its source and date."""

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

SITES = Path(__file__).parents[2] / "seed_data" / "sites"
READ_ON = "2026-11-20"
STATES = {"yes": "yes", "partial": "partly", "unknown": "unknown", "no_evidence": "unknown"}
STATE_CELLS = {
    "fih_capability": ("fih.unit", "fih_confidence"),
    "dct_capability": ("dct.trials_run", "dct_confidence"),
    "cell_processing_facility": ("ct.cpc", "cpc_confidence"),
    "crb_flag": ("crb.certified", "crb_confidence"),
    "english_irb_review": ("en.protocol_ib_irb", None),
}
CURATORS_OWN = {
    "status_note", "domain_confidence", "designation_date_confidence", "research_unit_confidence", "phase1_beds_note",
    "fih_confidence", "dct_confidence", "cpc_confidence", "crb_confidence", "strengths_confidence",
    "confidence_overall", "unknown_or_unverified_fields",
}  # fmt: skip
GUESSED = ("memory", "estimate", "none")
Row = dict[str, str]


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FACTS, INSTITUTIONS = rows(SITES / "facts.csv"), rows(SITES / "institutions.csv")
NOTES, QUESTIONS = rows(SITES / "curator_notes.csv"), rows(SITES / "questions.csv")


@pytest.fixture(scope="module")
def collected(shared: Path) -> dict[str, Row]:
    return {row["site_id"]: row for row in rows(shared / "facts" / "sites.csv")}


def about(code: str, cell: str, among: list[Row]) -> list[Row]:
    return [row for row in among if row["institution"] == code and cell in row["cell"].split(";")]


def test_twenty_institutions_one_network_and_one_partner() -> None:
    kinds = [row["kind"] for row in INSTITUTIONS]
    assert [kinds.count(kind) for kind in ("core_hospital", "national_centre", "jihs", "network", "partner")] == [
        15,
        4,
        1,
        1,
        1,
    ]
    counted = {"status.core_hospital", "status.national_centre"}
    assert not [fact for fact in FACTS if fact["institution"] in {"NET-01", "EXT-01"} and fact["capability"] in counted]


def test_every_fact_has_its_source_its_date_and_both_languages() -> None:
    for fact in FACTS:
        where = (fact["institution"], fact["capability"])
        assert fact["source_url"], where
        assert date.fromisoformat(fact["as_of"]) <= date.fromisoformat(READ_ON), where
        assert fact["dated"] in {"day", "month", "year", "fiscal_year", "read"}, where
        assert (fact["dated"] == "read") == (fact["as_of"] == READ_ON), where
        assert bool(fact["note_en"]) == bool(fact["note_ja"]), where
        assert fact["state"] in {"yes", "partly", "no", "unknown"}, where
        assert fact["state"] != "no", "no source of the collection says that something is not there"


def test_a_capability_is_said_once_of_an_institution() -> None:
    said = [(fact["institution"], fact["capability"]) for fact in FACTS]
    assert len(said) == len(set(said))


def test_institutions_are_those_of_the_collection(collected: dict[str, Row]) -> None:
    assert [row["code"] for row in INSTITUTIONS] == list(collected)
    for row in INSTITUTIONS:
        cell = collected[row["code"]]
        assert cell["name_ja"].startswith(row["name_ja"])
        assert cell["name_en"].startswith(row["name_en"])
        assert row["city_en"] in {cell["city_en"], ""}
        seen = cell["domain_confidence"].startswith("seen")
        assert row["website"] == (f"https://{cell['website_domain']}" if seen else "")


def test_prefectures_and_cities_are_the_right_ones(collected: dict[str, Row]) -> None:
    names = {row["code"]: row["name_ja"] for row in rows(SITES.parent / "terms" / "prefectures.csv")}
    for row in INSTITUTIONS:
        assert names[row["prefecture"]] == collected[row["code"]]["prefecture_ja"]
        assert bool(row["city_en"]) == bool(row["city_ja"])


def test_every_source_is_one_of_the_collection(collected: dict[str, Row], shared: Path) -> None:
    programmes = (shared / "facts" / "programmes_capabilities_regulation.md").read_text(encoding="utf-8")
    for fact in FACTS:
        cell = collected[fact["institution"]]
        known = {source.split(" (MHLW")[0] for source in cell["source_urls"].split("|")} | {cell["designation_source"]}
        for source in fact["source_url"].split("|"):
            assert source in known or source in programmes, (fact["institution"], fact["capability"], source)


def test_a_state_is_the_states_own_cell(collected: dict[str, Row]) -> None:
    for code, cell in collected.items():
        for column, (capability, confidence) in STATE_CELLS.items():
            facts = [f for f in FACTS if f["institution"] == code and f["capability"] == capability]
            guessed = confidence is not None and cell[confidence].startswith(GUESSED)
            committee_of_another_type = (code, column) == ("NET-01", "crb_flag")
            half_remembered = (code, column) == ("NC-06", "cell_processing_facility")
            if (guessed and cell[column] != "unknown") or committee_of_another_type or half_remembered:
                assert facts == [], (code, column)
                assert about(code, column, QUESTIONS), (code, column)
            else:
                assert [fact["state"] for fact in facts] == [STATES[cell[column]]], (code, column)


def test_what_is_unknown_is_asked_of_the_coordinator(collected: dict[str, Row]) -> None:
    for code, cell in collected.items():
        for column in STATE_CELLS:
            if STATES[cell[column]] == "unknown":
                assert about(code, column, QUESTIONS), (code, column)


@pytest.mark.parametrize(
    ("value", "confidence"),
    [
        ("designation_date", "designation_date_confidence"),
        ("research_unit_ja", "research_unit_confidence"),
        ("website_domain", "domain_confidence"),
        ("crb_flag", "crb_confidence"),
        ("strengths", "strengths_confidence"),
    ],
)
def test_what_was_only_remembered_is_a_question_and_no_fact(
    collected: dict[str, Row], value: str, confidence: str
) -> None:
    remembered = [code for code, cell in collected.items() if cell[confidence].startswith(GUESSED)]
    assert remembered
    for code in remembered:
        assert about(code, value, QUESTIONS), (code, value)
        if value != "strengths":  # an area may be named by a source cell or the name of the hospital
            assert not about(code, value, FACTS), (code, value)


def test_no_fact_rests_on_a_cell_that_says_it_is_from_memory(collected: dict[str, Row]) -> None:
    for fact in FACTS:
        cell = collected[fact["institution"]]
        cells = {column: cell[column] for column in fact["cell"].split(";")}
        assert all(cells.values()), (fact["institution"], fact["capability"], cells)
        told = {c: text for c, text in cells.items() if c not in {"strengths", "research_unit_en", "status_note"}}
        assert not [text for text in told.values() if "memory" in text], (fact["institution"], fact["capability"])


def test_a_number_stands_in_its_cell(collected: dict[str, Row]) -> None:
    numbers = [fact for fact in FACTS if fact["unit"]]
    assert len(numbers) > 60
    for fact in numbers:
        text = " ".join(collected[fact["institution"]][column] for column in fact["cell"].split(";"))
        assert re.search(rf"(?<![\d.]){re.escape(fact['value'])}(?![\d])", text), (
            fact["institution"],
            fact["capability"],
        )


def test_an_as_of_date_other_than_the_day_of_reading_is_named_by_the_cell(collected: dict[str, Row]) -> None:
    for fact in FACTS:
        if fact["dated"] == "read":
            continue
        text = " ".join(collected[fact["institution"]][column] for column in fact["cell"].split(";"))
        day, as_of = date.fromisoformat(fact["as_of"]), fact["as_of"]
        wanted = {"day": as_of, "month": as_of[:7], "year": as_of[:4], "fiscal_year": f"FY{day.year - (day.month < 4)}"}
        assert wanted[fact["dated"]] in text, (fact["institution"], fact["capability"])


def test_approval_dates_are_those_that_were_seen(collected: dict[str, Row]) -> None:
    said = {f["institution"]: f["value"] for f in FACTS if f["capability"] == "status.core_hospital"}
    assert set(said) == {code for code, cell in collected.items() if cell["core_hospital_flag"] == "yes"}
    for code, value in said.items():
        seen = collected[code]["designation_date_confidence"] == "seen"
        assert value == (collected[code]["designation_date"] if seen else "")


def test_the_curators_columns_are_carried_over_word_for_word(collected: dict[str, Row]) -> None:
    notes = {(note["institution"], note["field"]): note["note"] for note in NOTES}
    for (code, field), note in notes.items():
        assert note == collected[code][field]
    for code, cell in collected.items():
        for column in CURATORS_OWN:
            assert (not cell[column]) or (code, column) in notes, (code, column)


def told_somewhere(collected: dict[str, Row]) -> Iterator[tuple[str, str, str]]:
    for code, cell in collected.items():
        for column, text in cell.items():
            if text and column.endswith(("_note", "networks", "programme_roles", "beds_total", "phase1_beds", "toR4")):
                yield code, column, text


def test_no_cell_is_lost(collected: dict[str, Row]) -> None:
    noted = {(note["institution"], note["field"]) for note in NOTES}
    for code, column, text in told_somewhere(collected):
        told = about(code, column, FACTS) or about(code, column, QUESTIONS) or (code, column) in noted
        assert told, (code, column, text)


def test_questions_are_asked_in_both_languages() -> None:
    for question in QUESTIONS:
        assert question["text_en"].strip()
        assert re.search(r"[ぁ-ん]", question["text_ja"]), question
