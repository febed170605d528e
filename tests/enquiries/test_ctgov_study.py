"""A study is read exactly as it stands in the source, or refused with its place."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from app.enquiries.ctgov.study import SAID, NotAStudy, read_study, study_from
from tests.enquiries import fictional
from tests.enquiries.stand_in import real_studies


def test_each_value_arrives_as_it_stands() -> None:
    assert read_study(fictional.a_study("NCT00000001")).said() == {
        "source": "ClinicalTrials.gov",
        "number": "NCT00000001",
        "title": "SB-101 in Adults With Non-small Cell Lung Cancer (fictional)",
        "official_title": "A Phase 2, Open-label Study of SB-101 in Adults With Advanced NSCLC (fictional)",
        "phases": ["PHASE2"],
        "conditions": ["Non-small Cell Lung Cancer"],
        "minimum_age": "18 Years",
        "maximum_age": "75 Years",
        "sex": "ALL",
        "enrolment": 120,
        "intervention_types": ["DRUG", "DIAGNOSTIC_TEST"],
        "sponsor": "Sample Biosciences Inc. (fictional)",
    }


def test_what_the_source_leaves_out_is_null_and_zero_stays_zero() -> None:
    silent = read_study(fictional.studies()[2]).said()
    assert silent.pop("source") and silent.pop("number") == "NCT00000003"
    assert set(silent) == set(SAID[2:]) and set(silent.values()) == {None}
    assert read_study(fictional.studies()[6]).enrolment == 0


def test_awkward_words_are_not_touched() -> None:
    study = read_study(fictional.studies()[5])
    assert study.title is not None and "\x07" in study.title and "\u202e" in study.title and "<b>" in study.title
    assert study.official_title == "ＳＢ１０６　試験"


def test_countries_are_named_once_and_a_kept_study_comes_back_whole() -> None:
    study = read_study(fictional.a_study())
    assert study.countries == ["United States", "Spain"]
    assert study_from(orjson.loads(orjson.dumps(study.kept()))) == study


SHAPES: list[tuple[str, Any]] = [
    ("conditionsModule", {"conditions": "Asthma"}),
    ("conditionsModule", {"conditions": [{"name": "Asthma"}]}),
    ("conditionsModule", ["Asthma"]),
    ("designModule", {"phases": "PHASE2"}),
    ("designModule", {"enrollmentInfo": {"count": "120"}}),
    ("designModule", {"enrollmentInfo": {"count": -1}}),
    ("designModule", {"enrollmentInfo": {"count": True}}),
    ("designModule", {"enrollmentInfo": {"count": 2**40}}),
    ("eligibilityModule", {"minimumAge": 18}),
    ("eligibilityModule", {"healthyVolunteers": "yes"}),
    ("armsInterventionsModule", {"interventions": {"type": "DRUG"}}),
    ("armsInterventionsModule", {"interventions": ["DRUG"]}),
    ("identificationModule", {"nctId": "NCT00000001", "briefTitle": ["a"]}),
    ("identificationModule", {"nctId": "NCT00000001", "briefTitle": "nul \0 in it"}),
    ("identificationModule", {"nctId": "NCT00000001", "briefTitle": "half a pair \ud800"}),
    ("identificationModule", {"nctId": "NCT00000001", "briefTitle": "long " * 5000}),
    ("identificationModule", {"nctId": "EUCT 2026-500001-11-00"}),
    ("identificationModule", {"nctId": "NCT００００００００"}),
    ("identificationModule", {}),
]


@pytest.mark.parametrize(("module", "content"), SHAPES)
def test_json_of_another_shape_is_refused_with_its_place(module: str, content: Any) -> None:
    with pytest.raises(NotAStudy) as refused:
        read_study(fictional.a_study(**{module: content}))
    assert module in refused.value.in_("en") or "NCT number" in refused.value.in_("en")


@pytest.mark.parametrize("record", [None, 1, "x", [], {}, {"protocolSection": []}, {"study": {"versions": []}}])
def test_what_is_no_study_at_all_is_refused(record: Any) -> None:
    with pytest.raises(NotAStudy, match="protocolSection"):
        read_study(record)


def test_all_real_studies_arrive_exactly(shared: Path) -> None:
    studies = real_studies(shared)
    assert len(studies) == 145
    for record in studies:
        assert read_study(record).said() == _as_it_stands(record["protocolSection"])


def _as_it_stands(protocol: dict[str, Any]) -> dict[str, Any]:
    """Read the source by the shortest way there is, to compare with."""
    named, design = protocol["identificationModule"], protocol.get("designModule", {})
    eligible, arms = (protocol.get("eligibilityModule", {}), protocol.get("armsInterventionsModule", {}))
    interventions = arms.get("interventions")
    return {
        "source": "ClinicalTrials.gov",
        "number": named["nctId"],
        "title": named.get("briefTitle"),
        "official_title": named.get("officialTitle"),
        "phases": design.get("phases"),
        "conditions": protocol.get("conditionsModule", {}).get("conditions"),
        "minimum_age": eligible.get("minimumAge"),
        "maximum_age": eligible.get("maximumAge"),
        "sex": eligible.get("sex"),
        "enrolment": design.get("enrollmentInfo", {}).get("count"),
        "intervention_types": None if interventions is None else [item["type"] for item in interventions],
        "sponsor": protocol.get("sponsorCollaboratorsModule", {}).get("leadSponsor", {}).get("name"),
    }
