"""Fictional studies in the shape of the ClinicalTrials.gov API v2; numbers below NCT00000100 were never given out."""

from typing import Any

Json = dict[str, Any]
NSCLC = {"id": "D002289", "term": "Carcinoma, Non-Small-Cell Lung"}


def a_study(number: str = "NCT00000001", **modules: Any) -> Json:
    """Return one complete study; a module given as None is left out, one given as a dict takes its place."""
    whole: Json = {
        "identificationModule": {
            "nctId": number,
            "orgStudyIdInfo": {"id": f"SB-{number[-3:]}"},
            "organization": {"fullName": "Sample Biosciences Inc. (fictional)", "class": "INDUSTRY"},
            "briefTitle": "SB-101 in Adults With Non-small Cell Lung Cancer (fictional)",
            "officialTitle": "A Phase 2, Open-label Study of SB-101 in Adults With Advanced NSCLC (fictional)",
        },
        "statusModule": {"overallStatus": "NOT_YET_RECRUITING", "startDateStruct": {"date": "2027-04"}},
        "sponsorCollaboratorsModule": {
            "leadSponsor": {"name": "Sample Biosciences Inc. (fictional)", "class": "INDUSTRY"}
        },
        "descriptionModule": {"briefSummary": "A fictional study for tests and the demonstration."},
        "conditionsModule": {"conditions": ["Non-small Cell Lung Cancer"], "keywords": ["fictional"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2"],
            "enrollmentInfo": {"count": 120, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {
            "interventions": [{"type": "DRUG", "name": "SB-101"}, {"type": "DIAGNOSTIC_TEST", "name": "SB-101 assay"}]
        },
        "eligibilityModule": {
            "healthyVolunteers": False,
            "sex": "ALL",
            "minimumAge": "18 Years",
            "maximumAge": "75 Years",
        },
        "contactsLocationsModule": {
            "locations": [
                {"facility": "Sample Site 1 (fictional)", "country": "United States"},
                {"facility": "Sample Site 2 (fictional)", "country": "Spain"},
                {"facility": "Sample Site 3 (fictional)", "country": "United States"},
            ]
        },
    }
    whole.update(modules)
    return {
        "protocolSection": {name: module for name, module in whole.items() if module is not None},
        # The registry derives headings from the conditions; those of other conditions are left out here.
        "derivedSection": {} if "conditionsModule" in modules else {"conditionBrowseModule": {"meshes": [NSCLC]}},
        "hasResults": False,
    }


def studies() -> list[Json]:
    """Return fictional studies that differ in what they say and in what they leave out."""
    return [
        a_study("NCT00000001"),
        a_study("NCT00000002", **_child()),
        a_study("NCT00000003", **_silent()),
        a_study("NCT00000004", **_device()),
        a_study("NCT00000005", **_first_in_human()),
        a_study("NCT00000006", **_awkward_words()),
        a_study("NCT00000007", **_withdrawn()),
    ]


def _child() -> Json:
    return {
        "conditionsModule": {"conditions": ["Duchenne Muscular Dystrophy", "Muscular Dystrophies"]},
        "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE1", "PHASE2"]},
        "eligibilityModule": {"sex": "MALE", "minimumAge": "6 Months", "maximumAge": "17 Years"},
    }


def _silent() -> Json:
    number = {"identificationModule": {"nctId": "NCT00000003"}}
    others = ("conditionsModule", "designModule", "eligibilityModule", "armsInterventionsModule")
    return number | dict.fromkeys((*others, "contactsLocationsModule", "sponsorCollaboratorsModule"))


def _device() -> Json:
    return {
        "designModule": {"studyType": "INTERVENTIONAL", "phases": ["NA"], "enrollmentInfo": {"count": 40}},
        "armsInterventionsModule": {"interventions": [{"type": "DEVICE", "name": "SB-D1"}]},
    }


def _first_in_human() -> Json:
    return {
        "conditionsModule": {"conditions": ["Healthy"]},
        "designModule": {"phases": ["EARLY_PHASE1"], "enrollmentInfo": {"count": 8, "type": "ESTIMATED"}},
        "eligibilityModule": {"sex": "FEMALE", "minimumAge": "20 Years", "healthyVolunteers": True},
    }


def _awkward_words() -> Json:
    title = "<b>SB-106</b> & \u202eright to left\u202c; DROP TABLE enquiry; -- \U0001f9ec \x07 (fictional)"
    return {
        "identificationModule": {"nctId": "NCT00000006", "briefTitle": title, "officialTitle": "ＳＢ１０６　試験"},
        "conditionsModule": {"conditions": ["COVID-19 <script>alert(1)</script>"]},
    }


def _withdrawn() -> Json:
    return {"designModule": {"phases": ["PHASE3"], "enrollmentInfo": {"count": 0, "type": "ACTUAL"}}}
