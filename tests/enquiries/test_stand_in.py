"""The stand-in keeps to the registry's own specification, and our fictional studies to its schema."""

from functools import reduce
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.enquiries import fictional
from tests.enquiries.stand_in import StandIn, busy, studies_to_serve

# Properties that whoever collected the real studies added to some of them.
THE_CRAWLS_OWN = (".locations_nested: unknown", ".interventionMappedName: unknown")


@pytest.fixture(scope="module")
def specification(shared: Path) -> dict[str, Any]:
    return yaml.safe_load((shared / "data/ctgov/ctg-oas-v2.yaml").read_text(encoding="utf-8"))


def wrong_in(value: Any, schema: dict[str, Any], whole: dict[str, Any], place: str = "") -> list[str]:
    """Return where a value leaves the schema: types, enumerations, unknown properties."""
    if "$ref" in schema:
        named: dict[str, Any] = reduce(lambda node, step: node[step], schema["$ref"].split("/")[1:], whole)
        return wrong_in(value, named, whole, place)
    if "enum" in schema and value not in schema["enum"]:
        return [f"{place}: {value!r} is not one of {schema['enum']}"]
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return [f"{place}: {value!r} is not {schema['type']}"]
    if isinstance(value, list):
        return [wrong for item in value for wrong in wrong_in(item, schema["items"], whole, f"{place}[]")]
    known = schema.get("properties", {})
    if not isinstance(value, dict) or not known:
        return []
    unknown = [f"{place}.{name}: unknown" for name in value if name not in known]
    inner = (wrong_in(value[name], known[name], whole, f"{place}.{name}") for name in value if name in known)
    return unknown + [wrong for found in inner for wrong in found]


def test_the_checker_itself_finds_a_wrong_study(specification: dict[str, Any]) -> None:
    wrong = fictional.a_study(designModule={"phases": ["PHASE9"], "enrollmentInfo": {"count": "1"}})
    found = wrong_in(wrong, specification["components"]["schemas"]["Study"], specification)
    assert len(found) == 2, found


def test_every_study_served_is_one_by_the_specification(specification: dict[str, Any], shared: Path) -> None:
    schema = specification["components"]["schemas"]["Study"]
    served = studies_to_serve(shared)
    assert len(served) == 152
    found = [wrong for study in served for wrong in wrong_in(study, schema, specification)]

    assert [wrong for wrong in found if not wrong.endswith(THE_CRAWLS_OWN)] == []


def test_pages_follow_each_other_until_no_token_is_left(specification: dict[str, Any], shared: Path) -> None:
    seen, token, pages = [], "", 0
    with StandIn(studies_to_serve(shared)) as running:
        while token is not None:
            asked = {"pageSize": 50, "countTotal": "true"} | ({"pageToken": token} if token else {})
            page = httpx.get(f"{running.url}/studies", params=asked).json()
            assert set(page) <= set(specification["components"]["schemas"]["PagedStudies"]["properties"])
            assert page.get("totalCount") == (152 if not token else None)
            seen += [study["protocolSection"]["identificationModule"]["nctId"] for study in page["studies"]]
            token, pages = page.get("nextPageToken"), pages + 1
    assert (len(set(seen)), pages) == (152, 4)


def test_errors_are_plain_text_with_the_statuses_of_the_specification() -> None:
    with StandIn(fictional.studies()) as running:
        running.will("NCT00000001", busy(after="7"))
        answers = {
            path: httpx.get(f"{running.url}{path}")
            for path in ("/studies/NCT00000099", "/studies/nonsense", "/studies?pageSize=-1", "/studies/NCT00000001")
        }
    assert [answer.status_code for answer in answers.values()] == [404, 400, 400, 429]
    assert {answer.headers["Content-Type"] for answer in answers.values()} == {"text/plain"}
    assert answers["/studies/NCT00000001"].headers["Retry-After"] == "7"


def test_a_page_holds_ten_studies_by_default_and_only_those_asked_for() -> None:
    with StandIn([fictional.a_study(f"NCT000000{n:02}") for n in range(1, 13)]) as running:
        default = httpx.get(f"{running.url}/studies").json()
        chosen = httpx.get(f"{running.url}/studies", params={"filter.ids": "NCT00000003|nct00000004"}).json()
        version = httpx.get(f"{running.url}/version").json()
        elsewhere = httpx.get(running.url.removesuffix("/api/v2"))
    assert len(default["studies"]) == 10 and len(chosen["studies"]) == 2
    assert version["apiVersion"] and elsewhere.status_code == 404
