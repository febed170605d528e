"""What people type becomes a value or a sentence beside the field; texts stay as they were typed."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.enquiries.fields import FIELDS, Field, Kind
from app.enquiries.rules import Wrong, disagreements, is_empty, quoted, read
from app.enquiries.rules.days import day_in
from app.enquiries.rules.typed import LONGEST_TEXT

TODAY = date(2026, 11, 20)
AWKWARD = (
    "<script>alert('x')</script> & \"quoted\"",
    "'; DROP TABLE enquiry; --",
    "\u202eright to left\u202c and עברית",
    "bell \x07 escape \x1b[31m and \u200bnothing",
    "🧬👩🏽\u200d⚕️ 肺がん ＡＢＣ",
    "  spaces are kept  ",
    "x" * 49_999,
)


def typed(code: str, *words: str) -> Any:
    return read(FIELDS[code], words, today=TODAY)


def refusal(code: str, *words: str) -> str:
    with pytest.raises(Wrong) as refused:
        typed(code, *words)
    return refused.value.said.in_("en")


@pytest.mark.parametrize("words", AWKWARD)
def test_awkward_text_is_kept_as_it_was_typed(words: str) -> None:
    assert typed("product_code", words) == words
    assert typed("official_title", words) == words


def test_line_ends_of_a_form_become_those_that_were_typed() -> None:
    assert typed("questions", "one\r\ntwo\r\n") == "one\ntwo\n"


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.code)
def test_spaces_alone_are_no_answer_and_nul_is_refused_everywhere(field: Field) -> None:
    assert is_empty([" ", "\t　"]) and read(field, [" ", "　"], today=TODAY) is None
    with pytest.raises(Wrong, match="cannot be stored"):
        read(field, ["a\0b"], today=TODAY)
    with pytest.raises(Wrong, match="cannot be stored"):
        read(field, ["half \udc00"], today=TODAY)


def test_a_text_that_would_choke_a_page_is_refused_with_its_length() -> None:
    assert refusal("study_title", "x" * (LONGEST_TEXT + 1)) == "Enter at most 50,000 characters. You typed 50,001."


@pytest.mark.parametrize(
    ("words", "number"), [("120", 120), (" 1,200 ", 1200), ("１２０", 120), ("0", 0), ("1,000,000", 1_000_000)]
)
def test_counts_are_read_as_people_write_them(words: str, number: int) -> None:
    assert typed("participants_japan", words) == number


@pytest.mark.parametrize("words", ["-5", "−5", "12.5", "1e9", "many", "約120", "1,20", "５人", "0x10", "1 000", "²"])
def test_what_is_no_count_is_refused_and_named(words: str) -> None:
    assert refusal("participants_japan", words) == f"Enter a whole number, 0 or more. You typed “{words}”."


@pytest.mark.parametrize("words", ["1000001", "9" * 5000])
def test_a_count_beyond_any_trial_is_refused(words: str) -> None:
    assert refusal("enrolment", words) == "Enter at most 1,000,000."


@pytest.mark.parametrize(
    ("words", "years"),
    [
        ("18", 18), ("１８", 18), ("18 years", 18), ("18歳", 18), ("0.5", 0.5), ("6 Months", 0.5), ("6か月", 0.5),
        ("130", 130), ("0", 0), ("52 weeks", 0.9966), ("1 day", 0.0027),
    ],
)  # fmt: skip
def test_ages_are_read_in_years_and_months(words: str, years: float) -> None:
    assert typed("minimum_age", words) == years


@pytest.mark.parametrize("words", ["-1", "131", "eighteen", "18-65", "18 Jahre", "1e1", "9" * 400])
def test_what_is_no_age_is_refused(words: str) -> None:
    assert refusal("minimum_age", words).startswith("Enter an age in years from 0 to 130")


@pytest.mark.parametrize(
    "words",
    [
        "2027-04-01", "2027/4/1", "2027.4.1", "2027年4月1日", "２０２７年４月１日", "令和9年4月1日", "R9.4.1", "r9/04/01",
        "1 Apr 2027", "1 April 2027", "April 1, 2027", "apr 1 2027", " 2027-04-01 ",
    ],
)  # fmt: skip
def test_one_day_is_understood_in_many_writings(words: str) -> None:
    assert typed("last_date_japan", words) == "2027-04-01"


def test_the_first_year_of_an_era_is_written_gannen_and_must_exist() -> None:
    assert day_in("令和元年5月1日") == day_in("R1.5.1") == date(2019, 5, 1)
    assert day_in("平成31年4月30日") == date(2019, 4, 30)
    assert day_in("昭和元年12月25日") == date(1926, 12, 25)
    assert [day_in(no) for no in ("令和元年4月30日", "平成31年5月1日", "昭和元年1月1日", "令和0年5月1日")] == [None] * 4


@pytest.mark.parametrize(
    "words",
    [
        "03/04/2027", "4-1-2027", "2027-02-30", "令和9年2月30日", "2027-13-01", "31 Apr 2027", "1 Foo 2027", "tomorrow",
        "2027", "2027-04", "令和9年", "99999999999", "0000-01-01", "1 Mai 2027",
    ],
)  # fmt: skip
def test_what_is_no_day_or_two_days_is_refused_and_named(words: str) -> None:
    assert refusal("enrolment_start", words).endswith(f"You typed “{words}”.")


@pytest.mark.parametrize("words", ["2026-11-19", "平成30年1月1日", "2057-01-01", "9999-12-31"])
def test_a_day_gone_by_or_out_of_reach_is_refused(words: str) -> None:
    assert refusal("last_date_japan", words).startswith("Enter a day from today on")
    assert typed("last_date_japan", "2026-11-20") == "2026-11-20"


def test_a_leap_day_has_a_horizon_too() -> None:
    assert read(FIELDS["last_date_japan"], ["2029-01-01"], today=date(2028, 2, 29)) == "2029-01-01"


def test_only_the_offered_answers_are_taken() -> None:
    assert typed("is_mrct", "not_decided") == "not_decided"
    assert typed("intervention_types", "drug", "device", "drug") == ["drug", "device"]
    assert (
        refusal("is_mrct", "perhaps") == refusal("intervention_types", "drug", "DRUG") == "Choose one of the answers."
    )


def test_lists_come_one_an_input_or_one_a_line() -> None:
    assert typed("countries", "United States\n 日本 \r\n\nSpain\nSpain") == ["United States", "日本", "Spain"]
    assert typed("needs", "fih.unit", "ct.cpc") == ["fih.unit", "ct.cpc"]
    assert refusal("needs", "\n".join(f"c{n}" for n in range(201))) == "Choose at most 200."


def test_what_is_quoted_back_stays_short() -> None:
    assert quoted("a\n b") == "a b" and len(quoted("x" * 500)) == 61


@given(some.text(max_size=60), some.sampled_from(list(FIELDS.values())))
def test_nothing_typed_breaks_a_reader(words: str, field: Field) -> None:
    try:
        value = read(field, [words], today=TODAY)
    except Wrong as wrong:
        assert wrong.said.in_("en")
    else:
        assert value is None or isinstance(value, list if field.kind.takes_many else (str, int, float))
        assert field.kind is not Kind.TEXT or value in (None, words)


def test_ages_upside_down_are_told_beside_the_maximum() -> None:
    found = disagreements({"minimum_age": 18, "maximum_age": 8})
    assert {field: said.in_("en") for field, said in found.items()} == {
        "maximum_age": "Enter 18 or more. You typed 8, and the minimum age is 18."
    }
    assert disagreements({"minimum_age": 18, "maximum_age": 18}) == disagreements({"maximum_age": 8}) == {}


def test_japan_cannot_have_more_participants_than_the_world() -> None:
    found = disagreements({"enrolment": 1000, "participants_japan": 1200})
    assert found["participants_japan"].in_("en").startswith("Enter 1,000 or less. You typed 1,200")
    assert disagreements({"enrolment": 0, "participants_japan": 5}) == {}
