"""The same fictional trials as ClinicalTrials.gov would give them: API v2, numbers NCT9999 that nobody has given out."""

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs

from tools.practice_registry.records import Json

DEFAULT_PAGE, LARGEST_PAGE = 10, 1_000
STATUS = {1: "NOT_YET_RECRUITING", 2: "RECRUITING", 3: "SUSPENDED", 4: "ACTIVE_NOT_RECRUITING", 5: "COMPLETED"}
PHASES = {"1": ["PHASE1"], "2": ["PHASE2"], "1-2": ["PHASE1", "PHASE2"], "3": ["PHASE3"], "4": ["PHASE4"]}
FIRST = date(2026, 1, 5)
SINCE = re.compile(r"AREA\[LastUpdatePostDate\]RANGE\[(\d{4}-\d\d-\d\d),MAX\]")


class Rejected(Exception):
    """A question that the API answers with 400."""


def all_studies(records: dict[str, Json], more: int) -> dict[str, Json]:
    """Return a study for each record that has English words, and so many beside them, by number."""
    named = [record for record in records.values() if record["title"].en]
    studies = [_study_of(record, place) for place, record in enumerate(named, 1)]
    studies += [_another(place) for place in range(1_001, 1_001 + more)]
    return {study["protocolSection"]["identificationModule"]["nctId"]: study for study in studies}


def _study_of(record: Json, place: int) -> Json:
    sites = [record["lead"], *record["others"]]
    # The demonstration's own trials have the numbers below.
    return _study(
        f"NCT9999{5_000 + place:04}",
        title=record["title"].en,
        day=record["day"],
        jrct=record["number"],
        condition=record["condition"].en,
        status=STATUS[record["status_code"]],
        phases=PHASES.get(str(record["phase"]), ["NA"]),
        sponsor=record["sponsor"].en or "Fictional Sponsor",
        facilities=[site["name"].en or "Research Site" for site in sites],
    )


def _another(place: int) -> Json:
    day = FIRST + timedelta(days=place % 300)
    return _study(
        f"NCT9999{place:04}",
        title=f"[Fictional] Trial number {place} of a sample drug",
        day=day.isoformat(),
        jrct="",
        condition=("Lung cancer", "Rheumatoid arthritis", "Asthma")[place % 3],
        status=STATUS[1 + place % 5],
        phases=PHASES[("1", "2", "3", "1-2")[place % 4]],
        sponsor="Sample Biotech Inc.",
        facilities=[f"Fictional Hospital No. {place % 40 + one}" for one in range(1 + place % 4)],
    )


def _study(number: str, *, jrct: str, facilities: list[str], **said: Any) -> Json:
    named: Json = {"nctId": number, "orgStudyIdInfo": {"id": f"SAMPLE-{number[-4:]}"}, "briefTitle": said["title"]}
    if jrct:
        named["secondaryIdInfos"] = [{"id": jrct, "type": "REGISTRY", "domain": "jRCT"}]
    place = {"city": "Sample City", "state": "Tokyo", "country": "Japan", "status": said["status"]}
    return {
        "protocolSection": {
            "identificationModule": {**named, "officialTitle": f"{said['title']}: a study that does not exist"},
            "statusModule": {
                "overallStatus": said["status"],
                "studyFirstPostDateStruct": {"date": said["day"], "type": "ACTUAL"},
                "lastUpdatePostDateStruct": {"date": said["day"], "type": "ACTUAL"},
                "startDateStruct": {"date": said["day"]},
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": said["sponsor"], "class": "OTHER"}},
            "descriptionModule": {"briefSummary": "This record is a sample. No such trial exists."},
            "conditionsModule": {"conditions": [said["condition"]]},
            "designModule": {
                "studyType": "INTERVENTIONAL", "phases": said["phases"], "enrollmentInfo": {"count": 40, "type": "ESTIMATED"},
            },
            "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "sample drug A"}]},
            "eligibilityModule": {"minimumAge": "18 Years", "sex": "ALL", "eligibilityCriteria": "Written informed consent"},
            "contactsLocationsModule": {"locations": [{"facility": name, **place} for name in facilities]},
        },
        "derivedSection": {},
        "hasResults": False,
    }  # fmt: skip


# The number that the forms give as their example; no list has it.
EXAMPLES = {
    "NCT00000000": _study(
        "NCT00000000",
        title="[Fictional] Trial of a sample drug in lung cancer",
        day="2026-10-01",
        jrct="",
        condition="Non-small cell lung cancer",
        status="NOT_YET_RECRUITING",
        phases=["PHASE1"],
        sponsor="Sample Biotech Inc.",
        facilities=["Sample University Hospital"],
    )
}


def page(studies: dict[str, Json], query: str, *, largest: int, generation: int) -> Json:
    """Return one page as /studies gives it. Raises Rejected for a wrong question, or a token of an earlier generation."""
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    known, _dot, place = asked.get("pageToken", f"{generation}.0").partition(".")
    if known != str(generation) or not place.isdecimal():
        raise Rejected("pageToken is not valid any more")
    size = asked.get("pageSize", str(DEFAULT_PAGE))
    if not size.isdecimal():
        raise Rejected("pageSize is not a number")
    since = SINCE.search(asked.get("filter.advanced", ""))
    found = [study for study in studies.values() if since is None or _updated(study) >= since[1]]
    start, size_given = int(place), min(int(size) or DEFAULT_PAGE, largest)
    given: Json = {"studies": found[start : start + size_given]}
    if start == 0 and asked.get("countTotal") == "true":
        given["totalCount"] = len(found)
    if start + size_given < len(found):
        given["nextPageToken"] = f"{generation}.{start + size_given}"
    return given


def _updated(study: Json) -> str:
    day: str = study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
    return day


def without(study: Json, path: str) -> Json:
    """Return a study that lacks the part at a path, as after a change of the API."""
    first, *rest = path.split(".")
    if first not in study:
        return study
    if not rest:
        return {name: part for name, part in study.items() if name != first}
    return {**study, first: without(study[first], ".".join(rest))}
