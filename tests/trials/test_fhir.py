"""A trial as FHIR R5: valid for every real and fictional record, with the words of its sources and whose they are."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fhir.resources.researchstudy import ResearchStudy
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.identity.rules import SERVICE
from app.seeding import DEMO_DATA
from app.trials.actions import incoming, load
from app.trials.exports import r5_codes
from app.trials.exports.contents import codes_of
from app.trials.exports.fhir import Known, Reading, study
from app.trials.reading.ctgov import read_study
from app.trials.reading.files import records_in
from app.trials.record import (
    NOTHING,
    Coded,
    Condition,
    Count,
    Country,
    Day,
    Design,
    Ethics,
    Link,
    Number,
    Outcome,
    Party,
    Phases,
    Record,
    Results,
    Site,
    Text,
)
from app.trials.words import STATUSES
from app.trials.written import record_from
from tests.conftest import NOW
from tests.trials.make import a_number, a_record

BASE = "https://window.example"
READ_AT = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)  # the 20th in Japan


def fhir(*records: Record, demo: bool = False, **known: Any) -> dict[str, Any]:
    """Return a trial as a FHIR server would read it: what is not valid is refused here."""
    resource = study([Reading(one, 3, NOW, READ_AT, demo) for one in records], Known(BASE, **known))
    ResearchStudy.model_validate_json(orjson.dumps(resource))
    return resource


def test_every_real_and_every_fictional_record_is_valid(shared: Path) -> None:
    lines = (shared / "data/ctgov/studies.jsonl").read_text(encoding="utf-8").split("\n")
    real = [read_study(orjson.loads(line)) for line in lines if line]
    for name in ("data/jrct/jRCTs051180190.html", "data/ictrp/jprn.csv"):
        with (shared / name).open("rb") as file:
            real += [one.record for one in records_in(file) if one.record]
    demo = [
        record_from(line) for line in (DEMO_DATA / "trials.jsonl").read_bytes().splitlines() if line
    ]  # fmt: skip
    assert (len(real), len(demo)) == (145 + 1 + 25, 12)
    for record in real:
        resource = fhir(record)
        assert resource["title"]
        assert len(resource.get("site", [])) == len(record.sites)
        assert len(resource.get("condition", [])) == len(record.conditions)
        assert "security" not in resource["meta"]
    for record in demo:
        resource = fhir(record, demo=True)
        assert resource["meta"]["security"] == [r5_codes.FICTIONAL]
        assert resource["note"][0]["text"].startswith("Fictional")


def test_what_is_hidden_deep_in_a_record_comes_out_in_both_languages() -> None:
    resource = fhir(
        a_record(
            "jRCT9999000001",
            "jrct",
            summary=Text("目的です", "The purpose"),
            conditions=(Condition(Text("肺癌", "Lung cancer"), "D008175"), Condition(Text("独自の病名"), "X1")),
            primary_outcomes=(Outcome(Text("生存", "Survival"), Text(None, "24 weeks"), Text(None, "By call")),),
            ethics=(Ethics(Text("見本委員会")),),
            enrolled=Count("12", 12, "actual"),
            size=Count("60", 60, "estimated"),
        )
    )
    assert resource["title"] == "A phase 1 trial of sample drug"
    (translated,) = resource["_title"]["extension"]
    assert [part.get("valueCode") or part["valueString"] for part in translated["extension"]] == [
        "ja", "見本薬の第Ⅰ相試験",
    ]  # fmt: skip
    first, second = resource["condition"]
    assert first["coding"] == [{"system": "https://www.nlm.nih.gov/mesh", "code": "D008175"}]
    assert second == {
        "text": "独自の病名",
        "_text": {"extension": [{"url": r5_codes.LANGUAGE, "valueCode": "ja"}]},
    }
    assert resource["outcomeMeasure"][0]["description"] == "24 weeks\nBy call"
    assert resource["recruitment"] == {"targetNumber": 60, "actualNumber": 12}
    assert resource["objective"][0]["description"] == resource["descriptionSummary"] == "The purpose"
    roles = [party["role"]["coding"][0]["code"] for party in resource["associatedParty"]]
    assert roles == ["lead-sponsor", "irb"]
    assert resource["contained"][0]["name"] == resource["site"][0]["display"] == "Sample University Hospital"
    assert resource["contained"][0]["address"] == {"city": "Sample City", "country": "JP"}


def test_records_of_several_registries_are_one_study_in_which_the_leading_one_speaks_first() -> None:
    jrct = a_record(
        "jRCT9999000001", "jrct", numbers=(a_number("NCT99900001"), Number("ABC-1", None, "ABC-1", Text("会社")))
    )
    ctgov = a_record("NCT99900001", public_title=Text(None, "Another title"), summary=Text(None, "Only here"))
    resource = fhir(jrct, ctgov)
    assert [(one["use"], one.get("system"), one["value"]) for one in resource["identifier"]] == [
        ("official", "https://jrct.mhlw.go.jp", "jRCT9999000001"),
        ("official", "http://clinicaltrials.gov", "NCT99900001"),
        ("secondary", None, "ABC-1"),
    ]
    assert resource["descriptionSummary"] == "Only here"
    assert "Another title" in [one["value"] for one in resource["label"]]
    assert resource["url"] == f"{BASE}/trials/jRCT9999000001"
    notes = [note["text"] for note in resource["note"]]
    assert "Public Data License 1.0" in notes[0]
    assert notes[0].endswith("jRCT9999000001 was read on 2026-11-20.")
    assert "ClinicalTrials.gov" in notes[1]
    addresses = [one["document"]["url"] for one in resource["relatedArtifact"]]
    assert addresses[:2] == ["https://registry.example/jRCT9999000001", "https://registry.example/NCT99900001"]
    assert "https://jrct.mhlw.go.jp/agreement" in addresses


@pytest.mark.parametrize("code", [*STATUSES, None])
def test_a_status_has_the_code_of_the_same_meaning_or_none(code: str | None) -> None:
    resource = fhir(a_record(status=Coded(Text(None, "As written"), code)))
    (state,) = resource["progressStatus"]
    assert state["state"]["text"] == "As written"
    found = [one["code"] for one in state["state"].get("coding", [])]
    assert found == ([r5_codes.STATUSES[code][0]] if code in r5_codes.STATUSES else [])
    assert resource["status"] == ("unknown" if code == "withheld" else "active")


def test_only_one_phase_has_a_code() -> None:
    def phase(*codes: str) -> dict[str, Any]:
        found: dict[str, Any] = fhir(a_record(design=Design(phase=Phases(Text(None, "As written"), codes))))["phase"]
        return found

    assert phase("phase.1_2")["coding"][0]["code"] == "phase-1-phase-2"
    assert phase("phase.1", "phase.3") == phase() == {"text": "As written"}


def test_a_person_is_named_nowhere_and_has_no_role_as_an_organisation() -> None:
    record = a_record(sponsor=Party(person=True, affiliation=Text(None, "Sample Hospital")))
    (party,) = fhir(record)["associatedParty"]
    assert "name" not in party
    assert party["party"] == {"display": "Sample Hospital"}


def test_what_fhir_does_not_allow_is_left_out() -> None:
    record = replace(
        a_record("ABC/2020/01 ü" + "9" * 80),
        address="javascript:alert(1)",
        started=Day("2026-05", "2026-05"),
        completed=Day("2025", "2025"),
        public_title=Text(None, "A\x00\x07 title"),
        scientific_title=NOTHING,
        results=Results(links=(Link("ftp://x"), Link("https://results.example/1"))),
        countries=(Country(Text(None, "Japan"), "country.JP"), Country(Text(None, "Elsewhere"))),
        sites=(Site(1), Site(2, Text(None, "Research Site"), disclosed=False)),
    )
    resource = fhir(record)
    assert resource["id"].startswith("ABC-2020-01--9")
    assert len(resource["id"]) == 64
    assert resource["period"] == {"start": "2026-05"}
    assert resource["title"] == "A title"
    assert "javascript" not in orjson.dumps(resource).decode()
    assert resource["relatedArtifact"][0]["document"]["url"] == "https://results.example/1"
    assert [one.get("coding", [{}])[0].get("code") for one in resource["region"]] == ["JP", None]
    assert [one.get("description") for one in resource["contained"]] == [None, "Not disclosed"]


async def test_a_condition_that_the_vocabulary_knows_by_name_has_its_published_codes(session: AsyncSession) -> None:
    names = [Text("気管支喘息", "Asthma"), Text(None, "asthma, or something like it"), Text(None, "cancer"), NOTHING]
    known = await codes_of(session, names)
    record = a_record(conditions=tuple(Condition(name) for name in names))
    conditions = fhir(record, conditions=known)["condition"]
    systems = {one["system"]: one["code"] for one in conditions[0]["coding"]}
    assert systems["https://www.nlm.nih.gov/mesh"] == "D001249"
    assert systems["http://hl7.org/fhir/sid/icd-10"] == "J45"
    assert all("coding" not in one for one in conditions[1:])


async def test_one_trial_is_taken_away_from_its_page_by_any_number(
    sessions: async_sessionmaker[AsyncSession], client: httpx.AsyncClient
) -> None:
    records = [a_record("jRCT9999000001", "jrct", numbers=(a_number("NCT99900001"),)), a_record("NCT99900002")]
    await load(sessions, [incoming(one) for one in records], by=SERVICE, now=NOW)
    page = (await client.get("/trials/jRCT9999000001")).text
    assert 'href="/trials/jRCT9999000001/fhir.json"' in page
    assert 'href="/api/v1/trials/jRCT9999000001"' in page
    answer = await client.get("/trials/nct99900001/fhir.json")
    assert answer.headers["content-type"] == "application/fhir+json"
    assert 'filename="jRCT9999000001.fhir.json"' in answer.headers["content-disposition"]
    assert ResearchStudy.model_validate_json(answer.content).id == "jRCT9999000001"
    assert (await client.get("/trials/NCT00000000/fhir.json")).status_code == 404
    assert (await client.get("/trials/%00/fhir.json")).status_code == 404
