"""The rules of matching are public."""

from app.matching.rules import CRITERIA, LADDER, RULE_VERSION


async def test_the_criteria_are_public_in_both_languages_with_their_version(client):
    answer = (await client.get("/api/v1/matching/criteria")).json()

    criteria = {one["code"]: one for one in answer["criteria"]}
    unit = criteria["fih.unit"]
    assert answer["rule_version"] == RULE_VERSION
    assert len(criteria) == len(CRITERIA)
    assert unit["label"] == {"en": "First-in-human unit", "ja": "FIH試験の実施体制"}
    assert (unit["weight"], unit["capabilities"], unit["shown_to_sponsors"]) == (5, ["fih.unit"], True)
    assert unit["asked_by"][0]["required"] is True
    assert unit["asked_by"][0]["when"] == [{"field": "first_in_human", "values": ["yes"]}]
    assert [says["field"] for says in unit["asked_by"][0]["unless"]] == ["modality"]
    assert not criteria["capacity"]["shown_to_sponsors"]


async def test_the_ladder_of_points_is_public(client):
    ladder = (await client.get("/api/v1/matching/criteria")).json()["ladder"]

    assert [rung["points"] for rung in ladder] == [standing.points for standing in LADDER.values()]
    assert ladder[0]["label"] == {"en": "Yes, confirmed by the site", "ja": "対応可（施設確認済み）"}
    assert {rung["verdict"] for rung in ladder} == {"meets", "unknown", "fails"}
