"""Dates, ages, numbers, phases and places of registries: normalised beside their text, never guessed."""

from datetime import date
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trials.reading.ictrp import read_trial
from app.trials.record import Text
from app.trials.rules import codes, hints, places
from app.trials.rules.ages import age_of
from app.trials.rules.days import day_of, value_of
from app.trials.rules.hints import decentralised_in, first_in_human_in, modalities_in
from app.trials.rules.numbers import number_of, numbers_in
from app.trials.rules.personal import LEFT_OUT, Names, is_organisation, without_contacts
from app.trials.rules.texts import kept, unmarked


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("平成31年3月26日", "2019-03-26"),
        ("令和元年5月1日", "2019-05-01"),
        ("令和８年９月３日", "2026-09-03"),
        ("平成33年3月31日", "2021-03-31"),
        ("2017年07月01日", "2017-07-01"),
        ("令和8年9月", "2026-09"),
        ("Aug. 06, 2019", "2019-08-06"),
        ("June. 23, 2026", "2026-06-23"),
        ("18 June 2020", "2020-06-18"),
        ("2020-04-20 00:00:00", "2020-04-20"),
        ("20200327", "2020-03-27"),
        ("4/29/2020 3:13:32 PM", "2020-04-29"),
        ("29/04/2020", "2020-04-29"),
        ("2028-12", "2028-12"),
        ("December 2028", "2028-12"),
        ("2028", "2028"),
        ("04/05/2020", None),
        ("令和元年4月30日", None),
        ("2026年2月30日", None),
        ("令和0年1月1日", None),
        ("2026-00-10", None),
        ("2026-13", None),
        ("未定", None),
        ("", None),
        ("2026-02-29 25:00:00", None),
    ],
)
def test_a_date_is_read_or_left_as_it_stands(text: str, value: str | None) -> None:
    day = day_of(text)
    assert (day.text, day.value) == (text, value)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_way_of_writing_a_day_is_the_same_day(day: date) -> None:
    heisei = f"平成{day.year - 1988}年{day.month}月{day.day}日"
    english = f"{day:%b}. {day.day:02d}, {day.year}"
    texts = [day.isoformat(), day.strftime("%Y%m%d"), f"{day.year}年{day.month:02d}月{day.day:02d}日", heisei, english]
    assert {value_of(text) for text in texts} == {day.isoformat()}


@given(st.text(max_size=80))
def test_no_text_breaks_the_rules_and_every_text_is_kept(text: str) -> None:
    assert day_of(text).text == text
    age = age_of(Text(en=text or None))
    assert age is None or age.text.en == text
    codes.phases_of(Text(ja=text or None))
    numbers_in(text)
    places.undisclosed(Text(en=text or None), (text,), (text,), japan=True)
    places.countries_in(Text(en=text or None))
    places.prefecture_of(text)


@pytest.mark.parametrize(
    ("text", "value", "unit", "unlimited", "inclusive"),
    [
        ("20age old", 20, "years", False, None),
        (">= 20age old", 20, "years", False, True),
        ("18age old over", 18, "years", False, True),
        ("< 75age old", 75, "years", False, False),
        ("18歳以上", 18, "years", False, True),
        ("７５歳未満", 75, "years", False, False),
        ("20years-old", 20, "years", False, None),
        ("74", 74, "years", False, None),
        ("18 Years", 18, "years", False, None),
        ("6 Months", 6, "months", False, None),
        ("6ヶ月以上", 6, "months", False, True),
        ("20age 0month old over", 20, "years", False, True),
        ("16歳6ヶ月", 198, "months", False, None),
        ("No limit", None, None, True, None),
        ("Not applicable", None, None, True, None),
        ("上限なし", None, None, True, None),
        ("適用なし", None, None, True, None),
        ("成人", None, None, False, None),
        ("20 to 30", None, None, False, None),
        ("about 20", None, None, False, None),
    ],
)
def test_an_age_is_read_with_its_bound(
    text: str, value: int | None, unit: str | None, unlimited: bool, inclusive: bool | None
) -> None:
    age = age_of(Text(en=text))
    assert age is not None and (age.value, age.unit, age.unlimited, age.inclusive) == (
        value,
        unit,
        unlimited,
        inclusive,
    )
    assert age_of(Text()) is None


@given(st.integers(0, 120))
def test_every_spelling_of_an_age_is_the_same_age(years: int) -> None:
    texts = [
        f"{years}age old",
        f">= {years}age old",
        f"{years}歳",
        f"{years} Years",
        f"{years}years-old",
        f"{years}歳以上",
    ]
    assert {(age.value, age.unit) for text in texts if (age := age_of(Text(ja=text)))} == {(years, "years")}


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("jRCTs099999901", "jrct", "jRCTs099999901"),
        ("JPRN-JRCTS099999901", "jrct", "jRCTs099999901"),
        ("jprn-jrct9999999901", "jrct", "jRCT9999999901"),
        ("ｊＲＣＴ２０８０９９９９０１", "jrct", "jRCT2080999901"),
        ("jRCTb 099999901", "jrct", "jRCTb099999901"),
        ("nct99999901", "nct", "NCT99999901"),
        ("JPRN-UMIN999999901", "umin", "UMIN999999901"),
        ("C000999901", "umin", "C000999901"),
        ("JapicCTI-999901", "japiccti", "JapicCTI-999901"),
        ("JPRN-JapicCTI-999901", "japiccti", "JapicCTI-999901"),
        ("EUCT 2099-599999-01-00", "euct", "2099-599999-01"),
        ("EUCTR2014-099999-35-DE", "eudract", "2014-099999-35"),
        ("U1111-9999-0001", "utn", "U1111-9999-0001"),
    ],
)
def test_a_number_has_one_spelling(text: str, scheme: str, value: str) -> None:
    number = number_of(text)
    assert number is not None and (number.scheme, number.value) == (scheme, value)


def test_a_text_may_hold_several_numbers_or_none_that_we_know() -> None:
    found = numbers_in("jRCT9999999901 (NCT99999901), again JRCT9999999901")
    assert [number.value for number in found] == ["jRCT9999999901", "NCT99999901"]
    assert [(n.scheme, n.value) for n in numbers_in("ABC-1; DEF 2")] == [(None, "ABC-1"), (None, "DEF 2")]
    assert numbers_in("なし") == numbers_in("") == () and number_of("jRCT99999") is None


@given(st.from_regex(r"(JPRN-)?jRCT([a-z][0-9]{9}|[0-9]{10})", fullmatch=True))
def test_every_pattern_of_jrct_is_one_number_in_any_case(written: str) -> None:
    spellings = {number.value for text in (written, written.upper(), written.lower()) for number in numbers_in(text)}
    assert len(spellings) == 1 and spellings.pop().startswith("jRCT")


@pytest.mark.parametrize(
    ("text", "codes_of_it"),
    [
        ("2", ("phase.2",)),
        ("第Ⅱ相", ("phase.2",)),
        ("Phase II/III", ("phase.2_3",)),
        ("1-2", ("phase.1_2",)),
        ("Phase 1b/2a", ("phase.1_2",)),
        ("第Ⅰ/Ⅱ相試験", ("phase.1_2",)),
        ("Phase IV", ("phase.4",)),
        ("N/A", ("phase.na",)),
        ("0", ("phase.early_1",)),
        ("Early Phase 1", ("phase.early_1",)),
        (
            "Human pharmacology (Phase I): no\nTherapeutic exploratory (Phase II): yes\n(Phase III): yes",
            ("phase.2_3",),
        ),
        ("Not selected", ()),
        ("Phase 12", ()),
        ("5", ()),
    ],
)
def test_a_phase_becomes_codes_of_the_vocabulary(text: str, codes_of_it: tuple[str, ...]) -> None:
    assert codes.phases_of(Text(en=text)).codes == codes_of_it


def test_the_codes_of_the_vocabulary_exist() -> None:
    seeded = "".join(path.read_text() for path in Path("seed_data/terms").glob("*.csv"))
    for code in (*hints._MODALITIES, *hints._KINDS.values(), *hints._DECENTRALISED, *places._BY_NAME.values()):
        assert f"\n{code}," in seeded, code
    assert {places.country_code(name) for name in places._ALIASES} <= {
        line.split(",")[0] for line in Path("seed_data/terms/countries.csv").read_text().splitlines()
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("神奈川県架空市見本143", "pref.14"),
        ("北海道 見本市1", "pref.01"),
        ("Bunkyo-ku, Tokyo", "pref.13"),
        ("Fukushima, Japan", "pref.07"),
        ("Kōchi", "pref.39"),
        ("Chiba-shi", "pref.12"),
        ("Ibaraki", None),
        ("Ibaraki, Japan", "pref.08"),
        ("Yokohama", None),
    ],
)
def test_a_prefecture_is_read_where_the_text_names_it(text: str, code: str | None) -> None:
    assert places.prefecture_of(text) == code


@pytest.mark.parametrize(
    ("facility", "city", "reason"),
    [
        ("Kakuu University Hospital /ID# 999999", "Tokyo", None),
        ("架空総合病院", "", None),
        ("Research Site", "Tokyo", "masked"),
        ("Sample Investigative Site", "Tokyo", "masked"),
        ("Site 1001", "Tokyo", "masked"),
        ("Local Institution - 0012", "Tokyo", "masked"),
        ("施設名非公開", "", "masked"),
        ("Nagoya", "Nagoya", "place"),
        ("Tokyo, Japan", "Chiyoda", "place"),
        ("Sample", "Tokyo", "sponsor"),
        ("Kakuu Trial Support Co., Ltd", "Tokyo", "company"),
        ("Dr. Hanako Kakuu", "Tokyo", "person"),
        (None, "Tokyo", "silent"),
    ],
)
def test_a_masked_or_vague_facility_is_not_disclosed(facility: str | None, city: str, reason: str | None) -> None:
    assert places.undisclosed(Text(en=facility), (city, "Japan"), ["Sample Pharma Inc."], japan=True) == reason


def test_countries_become_codes_and_regions_stay_words() -> None:
    found = places.countries_in(Text("米国／台湾", "USA/Taiwan/ASIA"))
    assert [country.code for country in found] == ["country.US", "country.TW", None]
    assert [c.code for c in places.countries_in(Text(en="Korea, Republic of, Japan"))] == ["country.KR", "country.JP"]
    assert places.countries_in(Text("なし", "none")) == ()


def test_hints_carry_the_words_that_say_them() -> None:
    titles = [
        (
            "public_title",
            Text("キメラ抗原受容体を用いた治験", "First-in-human CAR-T study with samplumab and telemedicine"),
        )
    ]
    assert {hint.code: hint.words for hint in modalities_in(titles)} == {
        "modality.antibody": "samplumab",
        "modality.car_t": "CAR-T",
    }
    first = first_in_human_in(titles)
    assert first is not None and (first.words, first.item) == ("First-in-human", "public_title")
    assert [hint.code for hint in decentralised_in(titles)] == ["dct.telemedicine"]
    assert modalities_in([], [("interventions", "DEVICE")])[0].code == "modality.device"
    assert first_in_human_in([("summary", Text(en="This is not a first-in-human study."))]) is None


def test_contacts_and_names_leave_the_texts() -> None:
    text = "Ask Hanako Kakuu or KAKUU, Hanako (tel. 03-9999-0001, hanako@kakuu.example), 架空　花子; dose 0.5-1.0 mg"
    clean = without_contacts(Names(["架空 花子", "KAKUU Hanako", "Study Director"]).left_out(text))
    assert clean == f"Ask {LEFT_OUT} or {LEFT_OUT} (tel. {LEFT_OUT}, {LEFT_OUT}), {LEFT_OUT}; dose 0.5-1.0 mg"
    assert is_organisation("Sample Pharma Inc.") and not is_organisation("Kakuu Hanako")


def test_texts_lose_markup_of_exports_and_spaces_at_ends_only() -> None:
    assert unmarked("one<br>two &amp;#39;x&#39; &lt;script&gt;") == "one\ntwo 'x' <script>"
    assert kept("  ｶﾅ \r\n\r\n\r\n b　\n") == "ｶﾅ\n\n b"


def test_statuses_of_every_registry_have_a_code() -> None:
    said = {
        "募集中": "recruiting",
        "Not Recruiting": "not_recruiting",
        "ACTIVE_NOT_RECRUITING": "active",
        "Complete": "completed",
    }
    assert {word: codes.coded(Text(en=word), codes.STATUSES).code for word in said} == said
    assert codes.coded(Text("何か"), codes.STATUSES).code is None
    assert [codes.yes_or_no(word) for word in ("あり", "該当しない", "?", None)] == [True, False, None, None]


@pytest.mark.parametrize("unit", ["0-", " ", "a.", "tel ", "/", "+81 ", "shipped to ", "<br ", "漢", "(", "nct"])
def test_no_long_text_takes_long(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    fields = ("publictitle", "phase", "dateregistration", "countries", "secondaryid", "targetsize", "inclusionagemin")
    began = perf_counter()
    read_trial({"trialid": "NCT99999901", **dict.fromkeys(fields, text)})
    assert perf_counter() - began < 10
