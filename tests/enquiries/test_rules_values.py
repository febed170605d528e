"""What counts as filled in, what is missing, and what an import may bring and may never touch."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.enquiries.ctgov.study import read_study
from app.enquiries.fields import BLOCKS, FIELDS, Kind, Tier, block_of, block_with
from app.enquiries.rules import (
    Lookup,
    Source,
    Value,
    as_values,
    fingerprint,
    imported,
    is_needed,
    may_take,
    open_fields,
    provisional,
    settled,
    standing,
    standings,
)
from app.enquiries.rules.imported import PHASES
from tests.enquiries import fictional
from tests.enquiries.stand_in import real_studies

NOW = datetime(2026, 11, 20, 5, 2, tzinfo=UTC)
NEEDED = {
    "company_country", "company_kind", "authority_to_act", "base_in_japan", "wanted_service", "product_code",
    "modality", "phase", "condition", "is_mrct", "first_in_human", "participants_japan", "last_date_japan",
}  # fmt: skip


def typed(field: str, value: Any) -> Value:
    return Value(field, value, Source.TYPED)


def from_registry(field: str, value: Any, *, confirmed: bool = False) -> Value:
    return Value(field, value, Source.REGISTRY, as_read=value, confirmed_at=NOW if confirmed else None)


def all_needed() -> dict[str, Value]:
    return {field: typed(field, "x") for field in NEEDED}


def test_every_field_is_in_one_block_and_says_what_it_must() -> None:
    codes = [field.code for block in BLOCKS for field in block.fields]
    assert len(codes) == len(set(codes)) == len(FIELDS)
    for field in FIELDS.values():
        assert field.term_ja and block_of(field.code).fields.count(field) == 1
        assert bool(field.choices) == (field.kind in (Kind.CHOICE, Kind.CHOICES))
        assert bool(field.vocabularies) == (field.kind in (Kind.CONCEPT, Kind.CONCEPTS))
    assert block_with("study") is not None and block_with("nothing") is None


def test_a_field_that_names_somebody_is_never_open_to_hospitals() -> None:
    naming = {"product_code", "study_title", "official_title", "nct_number", "sponsor_name", "condition_text"}
    assert {FIELDS[code].tier for code in naming} == {Tier.CONFIDENTIAL}
    assert {field.tier for field in block_with("requester").fields} == {Tier.WINDOW}  # type: ignore[union-attr]


def test_an_empty_draft_needs_thirteen_fields_and_a_cro_three_more() -> None:
    assert set(standing({}).missing) == NEEDED and standing({}).needed == 13 and not standing({}).started
    cro = standing({"company_kind": typed("company_kind", "cro")})
    assert set(cro.missing) == NEEDED - {"company_kind"} | {
        "company_behind", "company_behind_country", "company_behind_kind"
    }  # fmt: skip
    assert not is_needed(FIELDS["company_behind"], {"company_kind": from_registry("company_kind", "cro")})


def test_a_full_draft_is_complete() -> None:
    done = standing(all_needed())
    assert (done.complete, done.filled, done.needed) == (True, 13, 13)


def test_an_imported_value_counts_only_when_confirmed() -> None:
    values = all_needed() | {"phase": from_registry("phase", "phase.2")}
    waiting = standing(values)
    assert (waiting.missing, waiting.to_confirm, waiting.complete) == (("phase",), ("phase",), False)
    assert "phase" not in settled(values) and provisional(values)["phase"] == "phase.2"
    values["phase"] = from_registry("phase", "phase.2", confirmed=True)
    assert standing(values).complete and settled(values)["phase"] == "phase.2"


def test_a_confirmed_value_that_we_could_not_read_still_does_not_count() -> None:
    unread = Value("condition", None, Source.REGISTRY, as_read=["Healthy"], confirmed_at=NOW)
    assert not unread.counts and "condition" not in provisional({"condition": unread})


def test_each_block_stands_for_itself() -> None:
    found = standings({"company_country": typed("company_country", "US"), "sex": from_registry("sex", "all")})
    assert list(found) == [block.code for block in BLOCKS]
    assert (found["requester"].filled, found["requester"].needed) == (1, 3)
    assert found["study"].to_confirm == ("sex",) and found["study"].started and not found["numbers"].started
    assert found["decentralised"].complete


def test_an_import_takes_empty_places_and_its_own_only() -> None:
    assert may_take(None) and may_take(from_registry("phase", "phase.1"))
    assert not may_take(typed("phase", "phase.1"))
    assert not may_take(from_registry("phase", "phase.1", confirmed=True))


def test_a_study_brings_its_values_and_its_own_words() -> None:
    lookup = Lookup("condition.nsclc", {"United States": "US", "Spain": "ES"})
    found = imported(read_study(fictional.a_study()), lookup)
    assert {field: given.value for field, given in found.items()} == {
        "nct_number": "NCT00000001",
        "study_title": "SB-101 in Adults With Non-small Cell Lung Cancer (fictional)",
        "official_title": "A Phase 2, Open-label Study of SB-101 in Adults With Advanced NSCLC (fictional)",
        "sponsor_name": "Sample Biosciences Inc. (fictional)",
        "phase": "phase.2",
        "condition": "condition.nsclc",
        "condition_text": "Non-small Cell Lung Cancer",
        "is_mrct": "yes",
        "countries": ["US", "ES"],
        "healthy_volunteers": "no",
        "minimum_age": 18,
        "maximum_age": 75,
        "sex": "all",
        "intervention_types": ["drug", "diagnostic_test"],
        "enrolment": 120,
    }
    assert found["minimum_age"].as_read == "18 Years" and found["phase"].as_read == ["PHASE2"]
    assert found["intervention_types"].as_read == ["DRUG", "DIAGNOSTIC_TEST"] and found["sex"].as_read == "ALL"


def test_what_is_not_ours_to_read_keeps_its_words_and_has_no_value() -> None:
    odd = {
        "designModule": {"phases": ["PHASE1", "PHASE4"], "enrollmentInfo": {"count": 2_000_000}},
        "eligibilityModule": {"sex": "OTHER", "minimumAge": "200 Years", "maximumAge": "Adult"},
        "armsInterventionsModule": {"interventions": [{"type": "MAGIC"}]},
        "contactsLocationsModule": {"locations": [{"country": "Atlantis"}]},
    }
    found = imported(read_study(fictional.a_study(**odd)), Lookup())
    for field in ("phase", "enrolment", "sex", "minimum_age", "maximum_age", "intervention_types", "countries"):
        assert found[field].value is None and found[field].as_read, field
    assert "is_mrct" not in found


def test_silence_brings_nothing_and_zero_is_not_silence() -> None:
    assert set(imported(read_study(fictional.studies()[2]), Lookup())) == {"nct_number"}
    withdrawn = imported(read_study(fictional.studies()[6]), Lookup())
    assert (withdrawn["enrolment"].value, withdrawn["enrolment"].as_read) == (0, 0)
    assert imported(read_study(fictional.studies()[1]), Lookup())["minimum_age"].value == 0.5


def test_confidential_values_wait_for_the_terms() -> None:
    found = imported(read_study(fictional.a_study()), Lookup())
    open_now = open_fields(found, terms_accepted=False)
    assert {FIELDS[field].tier for field in open_now} == {Tier.NON_CONFIDENTIAL}
    assert open_fields(found, terms_accepted=True) == found
    assert all(value.waits for value in as_values(found).values())


def test_fingerprints_tell_values_apart() -> None:
    assert fingerprint(["a", "b"]) == fingerprint(["a", "b"]) != fingerprint(["b", "a"])
    assert len({fingerprint(value) for value in (None, "", "None", 0, [], "0", False)}) == 7


@pytest.fixture(scope="module")
def real(shared: Path) -> list[dict[str, Any]]:
    return real_studies(shared)


def test_all_real_studies_map_and_keep_their_words(real: list[dict[str, Any]]) -> None:
    for record in real:
        study = read_study(record)
        found = imported(study, Lookup())
        assert found["study_title"].value == study.title and found["sponsor_name"].value == study.sponsor
        assert found["condition_text"].as_read == study.conditions
        assert (found["phase"].value in PHASES.values()) if study.phases else "phase" not in found
        for age in ("minimum_age", "maximum_age"):
            said = getattr(study, age)
            assert (f"{found[age].value} Years" == said) if said else age not in found
        assert found["enrolment"].value == study.enrolment and found["sex"].as_read == study.sex
