"""Criteria are called what the vocabulary calls their capabilities, in both languages."""

import csv
from pathlib import Path

import pytest

from app.ground.i18n import LOCALES
from app.matching.rules import (
    BY_CODE,
    CRITERIA,
    Band,
    Fact,
    Place,
    Request,
    Rung,
    SourceKind,
    State,
    Verdict,
    capacity_code,
    offers,
    rank,
    reasons_json,
    say_fact,
    site_with,
    speak,
)
from app.matching.rules.words import BANDS, ROOM, RUNGS, VERDICTS, label_of

VOCABULARY = Path(__file__).parents[2] / "seed_data" / "terms" / "capabilities.csv"
# The areas of a site are read as one criterion of their own, against the areas of the condition.
READ_OTHERWISE = {"site.therapeutic_areas"}
# The vocabulary's word alone ("Phases") means something else elsewhere on our pages.
CALLED_OTHERWISE = {"site.phases"}


def the_askable():
    with VOCABULARY.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["criterion"] == "true" and row["code"] not in READ_OTHERWISE]


@pytest.mark.parametrize("row", the_askable(), ids=lambda row: row["code"])
def test_what_a_sponsor_may_ask_for_has_a_criterion_of_the_same_name(row):
    assert BY_CODE[row["code"]].capabilities == (row["code"],)
    if row["code"] not in CALLED_OTHERWISE:
        assert label_of(row["code"], "en") == row["name_en"]
        assert label_of(row["code"], "ja") == row["name_ja"]


def test_every_criterion_reads_capabilities_that_the_vocabulary_has():
    with VOCABULARY.open(encoding="utf-8") as file:
        known = {row["code"] for row in csv.DictReader(file)}

    assert {code for criterion in CRITERIA for code in criterion.capabilities} <= known


@pytest.mark.parametrize("locale", LOCALES)
def test_every_verdict_band_and_rung_has_its_words(locale):
    for words, codes in ((VERDICTS, Verdict), (BANDS, Band), (RUNGS, Rung), (ROOM, State)):
        said = [words[code].in_(locale) for code in codes]
        assert all(said)
        assert len(set(said)) == len(said)


def test_verdicts_in_japanese_are_the_agreed_terms():
    assert [VERDICTS[verdict].in_("ja") for verdict in Verdict] == ["条件を満たす", "情報なし", "条件を満たさない"]


def test_reasons_are_spoken_in_japanese_with_the_japanese_note():
    place = Place("i", "S-1", "Sample University Hospital", "見本大学病院", "fictional", "p", "region.kanto",
                  prefecture_en="Tokyo", prefecture_ja="東京都")  # fmt: skip
    unit = Fact("fih.unit", State.YES, SourceKind.SITE, True, note_en="Ward, 12 beds", note_ja="第Ⅰ相病棟12床")
    request = Request(first_in_human="yes", regions=("region.kinki",))
    (offer,) = offers(rank(request, [site_with(place, [unit])]))

    region, fih = speak(reasons_json(offer.reasons), "ja")

    assert (fih.label, fih.verdict_label) == ("FIH試験の実施体制", "条件を満たす")
    assert (fih.evidence[0].text, fih.evidence[0].lang, fih.evidence[0].confirmed) == ("第Ⅰ相病棟12床", "ja", True)
    assert (region.verdict_label, region.evidence[0].text) == ("条件を満たさない", "東京都")
    assert region.evidence[0].is_address
    assert not region.evidence[0].confirmed


def test_room_is_said_in_the_readers_words_and_a_fact_without_a_note_by_its_value():
    room = say_fact(Fact(capacity_code("area.oncology", "phase.1"), State.PARTLY, SourceKind.SITE, True), "ja")
    beds = say_fact(Fact("fih.beds", State.YES, value="30", unit="beds"), "en")
    bare = say_fact(Fact("ct.cpc", State.YES), "en")

    assert (room.text, room.said) == ("要相談", True)
    assert (beds.text, beds.said) == ("30 beds", False)
    assert bare.text is None


def test_both_languages_read_one_order():
    sites = [
        site_with(
            Place(str(n), f"S-{n}", f"Z{9 - n}", f"あ{n}", "partner", "p", "r"), [Fact("ct.cpc", State.YES)] * (n % 2)
        )
        for n in range(4)
    ]
    codes = [row.place.code for row in rank(Request(needs=("ct.cpc",)), sites).rows]

    assert codes == ["S-1", "S-3", "S-0", "S-2"]
