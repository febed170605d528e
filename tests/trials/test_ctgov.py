"""A study of ClinicalTrials.gov becomes a record; masked names stay masked, and people stay out."""

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.trials.reading.ctgov import read_study
from app.trials.reading.found import Unreadable
from app.trials.record import Record
from app.trials.written import as_json, digest, record_from
from tests.trials.pages import a_study


@pytest.fixture(scope="module")
def studies(shared: Path) -> list[dict[str, Any]]:
    lines = (shared / "data/ctgov/studies.jsonl").read_text(encoding="utf-8").split("\n")
    return [orjson.loads(line) for line in lines if line]


@pytest.fixture(scope="module")
def real(studies: list[dict[str, Any]]) -> list[Record]:
    return [read_study(study) for study in studies]


def test_all_real_studies_are_read_with_every_item_that_they_state(real: list[Record]) -> None:
    assert len({record.number for record in real}) == 145
    filled = Counter(
        name
        for record in real
        for name in Record.__dataclass_fields__
        if getattr(record, name) not in (None, (), "")
        and getattr(record, name) != Record.__dataclass_fields__[name].default
    )
    assert (
        filled["registered"] == filled["status"] == filled["sponsor"] == filled["conditions"] == filled["design"] == 145
    )
    assert (filled["acronym"], filled["size"], filled["public_title"], filled["updated"]) == (47, 145, 145, 145)
    assert sum(len(record.primary_outcomes) for record in real) == 278
    assert sum(len(record.secondary_outcomes) for record in real) == 970 + 94
    assert sum(len(record.interventions) for record in real) == 244
    assert sum(len(record.sites) for record in real) == 2088
    assert sum(record.eligibility.maximum_age is not None for record in real) == 61
    assert sum(record.sharing.plan.code is not None for record in real) == 105
    assert sum(record.results.available is True for record in real) == 9
    lower = [record.eligibility.minimum_age for record in real if record.eligibility.minimum_age]
    assert len(lower) == 141 and all(age.value is not None and age.unit for age in lower)


def test_nothing_in_the_real_studies_is_misunderstood(real: list[Record]) -> None:
    reasons = Counter(finding.reason for record in real for finding in record.findings)
    assert set(reasons) == {"name_withheld", "contact_removed"} and reasons["name_withheld"] == 10


def test_masked_names_of_real_sites_in_japan_are_flagged(real: list[Record]) -> None:
    japan = [site for record in real for site in record.sites if site.country and site.country.code == "country.JP"]
    why = Counter(site.undisclosed_because for site in japan)
    assert why == {None: 145, "masked": 121, "company": 2, "sponsor": 1}
    masked = ("Research Site", "Investigational Site", "Investigative Site", "selected site", "investigational Site")
    for site in japan:
        assert site.disclosed != any(word in (site.facility.en or "") for word in (*masked, "CMIC", "Pfizer"))


def test_nobody_in_the_real_studies_comes_out(studies: list[dict[str, Any]], real: list[Record]) -> None:
    for study, record in zip(studies, real, strict=True):
        written = as_json(record).decode()
        module = study["protocolSection"].get("contactsLocationsModule", {})
        people = [*module.get("centralContacts", []), *module.get("overallOfficials", [])]
        people += [contact for site in module.get("locations", []) for contact in site.get("contacts", [])]
        for person in people:
            for personal in (person.get("email"), person.get("phone")):
                assert not personal or len(personal) < 8 or personal not in written, record.number
            name = person.get("name", "")
            doctor = any(title in name for title in (", MD", ", PhD", "M.D", "Dr.", "Prof"))
            assert not doctor or name not in written, record.number
        assert "geoPoint" not in written


def test_the_order_of_keys_does_not_matter(studies: list[dict[str, Any]], real: list[Record]) -> None:
    turned = [orjson.loads(orjson.dumps(study, option=orjson.OPT_SORT_KEYS)) for study in studies]
    assert [digest(read_study(study)) for study in turned] == [digest(record) for record in real]
    assert all(record_from(as_json(record)) == record for record in real)


def test_a_study_is_read_with_its_site() -> None:
    record = read_study(a_study())
    (site,) = record.sites
    assert (site.facility.en, site.prefecture, site.status.code, site.disclosed) == (
        "Kakuu University Hospital", "pref.13", "recruiting", True,
    )  # fmt: skip
    assert record.design.phase.codes == ("phase.1_2",) and record.international is False
    assert record.completed and (record.completed.value, record.completed.kind) == ("2028-12", "estimated")
    assert "Hanako" not in as_json(record).decode() and "139.93" not in as_json(record).decode()
    assert record.findings == ()


def test_numbers_of_other_registries_are_found_whatever_the_domain_says() -> None:
    named = {
        "nctId": "NCT99999901", "briefTitle": "Fiction", "orgStudyIdInfo": {"id": "ABC-1"},
        "secondaryIdInfos": [{"id": "JPRN-JRCT9999999901", "domain": "JAPIC"}, {"id": "x", "domain": "jRCTs099999901"}],
    }  # fmt: skip
    record = read_study(a_study(identificationModule=named))
    assert [number.value for number in record.numbers] == ["ABC-1", "jRCT9999999901", "x", "jRCTs099999901"]


def test_an_individual_sponsor_is_left_out() -> None:
    party = {
        "leadSponsor": {"name": "Hanako Kakuu", "class": "INDIV"},
        "responsibleParty": {"investigatorAffiliation": "Kakuu"},
    }
    record = read_study(a_study(sponsorCollaboratorsModule=party))
    assert record.sponsor and record.sponsor.person and record.sponsor.affiliation.en == "Kakuu"
    assert "Hanako" not in as_json(record).decode()


SHAPES: list[tuple[str, Any]] = [
    ("statusModule", []), ("statusModule", {"startDateStruct": "2026"}), ("designModule", {"phases": "PHASE2"}),
    ("designModule", {"enrollmentInfo": {"count": "many"}}), ("conditionsModule", {"conditions": [7]}),
    ("contactsLocationsModule", {"locations": ["x", {"facility": 7, "country": "Japan"}]}),
    ("eligibilityModule", {"minimumAge": 18, "sex": "?"}), ("armsInterventionsModule", {"interventions": {}}),
    ("identificationModule", {"nctId": "NCT99999901", "briefTitle": "half \ud800 nul \0"}),
    ("descriptionModule", {"briefSummary": "long " * 40_000}),
]  # fmt: skip


@pytest.mark.parametrize(("module", "content"), SHAPES)
def test_another_shape_is_a_finding_and_never_an_end(module: str, content: Any) -> None:
    record = read_study(a_study(**{module: content}))
    assert record.findings and record_from(as_json(record)) == record


@pytest.mark.parametrize(
    "study", [None, 7, [], {}, {"protocolSection": []}, a_study("EUCT 1"), {"protocolSection": {}}]
)
def test_what_is_no_study_is_refused(study: object) -> None:
    with pytest.raises(Unreadable):
        read_study(study)


def test_padded_mesh_numbers_are_the_usual_ones() -> None:
    derived = {"conditionBrowseModule": {"meshes": [{"id": "D000012595", "term": "S"}, {"id": "D001943", "term": "B"}]}}
    record = read_study(a_study() | {"derivedSection": derived})
    assert [condition.code for condition in record.conditions] == [None, "D012595", "D001943"]
