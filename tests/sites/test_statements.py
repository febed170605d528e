"""What a coordinator types of one item is read as it was meant, or refused beside its field."""

from datetime import date

import pytest

from app.sites.rules import CapabilityForm, FactState, FactStatement, read_fact

TODAY = date(2026, 11, 20)
STATE = CapabilityForm("fih.unit", "state")
BEDS = CapabilityForm("fih.beds", "number", unit="beds")
UNIT = CapabilityForm("site.research_unit", "text")
MEETING = CapabilityForm("irb.next_meeting", "date")
IRB = CapabilityForm("irb.type", "choice", {"own": "own", "own irb": "own", "自施設の治験審査委員会": "own"})
AREAS = CapabilityForm(
    "site.therapeutic_areas",
    "list",
    {"area.oncology": "area.oncology", "がん": "area.oncology", "神経": "area.neurology"},
)


def said(form: CapabilityForm, **typed: str) -> FactStatement:
    statement, errors = read_fact(form, typed, today=TODAY)
    assert statement is not None, errors
    assert errors == {}
    return statement


@pytest.mark.parametrize(
    ("form", "typed", "state", "value"),
    [
        (STATE, {"state": "yes"}, FactState.YES, None),
        (STATE, {"state": "一部対応可"}, FactState.PARTLY, None),
        (STATE, {"state": "Not available"}, FactState.NO, None),
        (STATE, {"state": ""}, FactState.UNKNOWN, None),
        (BEDS, {"value": "１，２００"}, FactState.YES, "1200"),
        (BEDS, {"value": "85.50"}, FactState.YES, "85.5"),
        (BEDS, {"value": "0"}, FactState.YES, "0"),
        (BEDS, {"state": "no"}, FactState.NO, None),
        (UNIT, {"note_ja": "臨床試験センター"}, FactState.YES, None),
        (MEETING, {"value": "令和8年12月9日"}, FactState.YES, "2026-12-09"),
        (IRB, {"value": "Own IRB"}, FactState.YES, "own"),
        (AREAS, {"value": "がん、神経；がん"}, FactState.YES, "area.oncology|area.neurology"),
        (AREAS, {"value": "area.oncology"}, FactState.YES, "area.oncology"),
    ],
)
def test_each_kind_of_item_is_read(
    form: CapabilityForm, typed: dict[str, str], state: FactState, value: str | None
) -> None:
    statement = said(form, **typed)
    assert (statement.state, statement.value) == (state, value)
    assert statement.as_of == TODAY


def test_a_number_carries_the_unit_of_its_item_and_nothing_else_does() -> None:
    assert said(BEDS, value="12").unit == "beds"
    assert said(BEDS, state="no").unit is None


@pytest.mark.parametrize(
    ("form", "typed", "field"),
    [
        (STATE, {"state": "maybe"}, "state"),
        (STATE, {"state": "yes", "value": "12"}, "value"),
        (BEDS, {"value": "a dozen"}, "value"),
        (BEDS, {"value": "-1"}, "value"),
        (BEDS, {"value": "1e999999"}, "value"),
        (BEDS, {"value": "NaN"}, "value"),
        (BEDS, {"value": "9" * 5000}, "value"),
        (BEDS, {"state": "yes"}, "value"),
        (MEETING, {"value": "next week"}, "value"),
        (IRB, {"value": "somebody else's"}, "value"),
        (AREAS, {"value": "がん、占星術"}, "value"),
        (STATE, {"state": "yes", "as_of": "2026-11-21"}, "as_of"),
        (STATE, {"state": "yes", "as_of": "1999-12-31"}, "as_of"),
        (STATE, {"state": "yes", "page": "javascript:alert(1)"}, "page"),
        (STATE, {"state": "yes", "page": "https://[broken"}, "page"),
        (STATE, {"state": "yes", "note_ja": "あ" * 1001}, "note_ja"),
    ],
)
def test_what_cannot_be_taken_is_refused_beside_its_field(
    form: CapabilityForm, typed: dict[str, str], field: str
) -> None:
    statement, errors = read_fact(form, typed, today=TODAY)
    assert statement is None
    assert set(errors) == {field}


def test_a_statement_keeps_its_day_its_page_and_notes_in_both_languages() -> None:
    statement = said(
        STATE, state="yes", as_of="R8.10.1", page=" https://hospital.example/ctc ", note_ja="専用病棟\0", note_en="Ward"
    )
    assert statement.as_of == date(2026, 10, 1)
    assert statement.page == "https://hospital.example/ctc"
    assert (statement.note_ja, statement.note_en) == ("専用病棟", "Ward")
