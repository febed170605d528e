"""From a facility's text to an institution: certain, doubtful, or none."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trials.names import known_homes, known_names, linking_index
from app.trials.rules.linking import SENTENCES, Facility, Home, Index, Linked, Name, Why, link, remembered_as

INDEX = linking_index()


def read(en: str = "", ja: str = "", **place: str) -> Linked:
    return link(Facility(en=en, ja=ja, **place), INDEX)


CERTAIN = [
    # departments, appended and prepended
    ("", "大阪大学医学部附属病院 呼吸器内科", "CCRH-03"),
    ("", "血液・腫瘍内科　名古屋大学医学部附属病院", "CCRH-05"),
    ("", "長崎大学病院 第二内科", "CCRH-15"),
    ("Department of Respiratory Medicine, Nagasaki University Hospital", "", "CCRH-15"),
    ("Division of Cardiology Osaka University Hospital", "", "CCRH-03"),
    ("Chiba University Hospital, Clinical Research Center", "", "CCRH-09"),
    ("Chiba University Graduate School of Medicine, Chiba University Hospital", "", "CCRH-09"),
    # legal persons
    ("", "国立大学法人東京大学医学部附属病院", "CCRH-07"),
    ("", "学校法人慶應義塾 慶應義塾大学病院", "CCRH-08"),
    ("", "学校法人順天堂　順天堂大学医学部附属順天堂医院", "CCRH-13"),
    ("", "国立研究開発法人国立がん研究センター東病院", "CCRH-04"),
    ("National University Corporation Kobe University Hospital", "", "CCRH-14"),
    # slips in words that every hospital has
    ("Osaka University Hosital", "", "CCRH-03"),
    ("Okayama Univeristy Hospital", "", "CCRH-11"),
    ("Natinal Cancer Centre Hospital East", "", "CCRH-04"),
    ("Universuty of Tokyo Hospital", "", "CCRH-07"),
    # romanisation, width, old characters, kana
    ("Kyusyu University Hospital", "", "CCRH-06"),
    ("Tōhoku University Hospital", "", "CCRH-02"),
    ("Ohsaka University Hospital", "", "CCRH-03"),
    ("Ｈｏｋｋａｉｄｏ　Ｕｎｉｖｅｒｓｉｔｙ　Ｈｏｓｐｉｔａｌ", "", "CCRH-12"),
    ("", "慶応義塾大学病院", "CCRH-08"),
    ("", "国立ｶﾞﾝ研究ｾﾝﾀｰ中央病院", "CCRH-01"),
    ("", "神戸大学医学部付属病院", "CCRH-14"),
    ("", "京都大學醫學部附属病院", "CCRH-10"),
    # orders and abbreviated words
    ("Hospital, Osaka University", "", "CCRH-03"),
    ("University Hospital, Nagoya University", "", "CCRH-05"),
    ("Keio Univ. Hosp.", "", "CCRH-08"),
    ("Kyoto University School of Medicine Hospital", "", "CCRH-10"),
    ("East Hospital, National Cancer Center", "", "CCRH-04"),
    ("", "東北大病院", "CCRH-02"),
    # former names
    ("", "国立国際医療研究センター病院", "JIHS-01"),
    ("", "国立がんセンター東病院", "CCRH-04"),
    ("", "国立精神・神経センター武蔵病院", "NC-04"),
    ("", "国立成育医療センター", "NC-06"),
    # numbers that a sponsor gives a site, and an address of its own
    ("Kyoto University Hospital (Site 0123)", "", "CCRH-10"),
    ("Tohoku University Hospital /ID# 253267", "", "CCRH-02"),
    ("Osaka University Hospital, Suita, Osaka 565-0871, Japan", "", "CCRH-03"),
    # both languages, in one field or in two
    ("東北大学病院 Tohoku University Hospital", "", "CCRH-02"),
    ("Kyoto University", "京都大学医学部附属病院", "CCRH-10"),
]


@pytest.mark.parametrize(("en", "ja", "code"), CERTAIN)
def test_a_name_however_written_is_certain(en: str, ja: str, code: str) -> None:
    found = read(en, ja)
    assert (found.code, found.certain) == (code, True), found
    assert found.score > 0.9


OTHERS = [
    "Juntendo University Urayasu Hospital",
    "Juntendo University, Shizuoka Hospital",
    "順天堂大学医学部附属浦安病院",
    "順天堂大学医学部附属練馬病院",
    "九州大学病院別府病院",
    "東京大学医科学研究所附属病院",
    "Research Hospital, The Institute of Medical Science, The University of Tokyo",
    "大阪大学歯学部附属病院",
    "Osaka University Dental Hospital",
    "国立国際医療研究センター国府台病院",
    "Kohnodai Hospital, National Center for Global Health and Medicine",
    "愛知県がんセンター愛知病院",
    "岡山大学病院三朝医療センター",
    "国立病院機構名古屋医療センター",
    "国立精神・神経センター国府台病院",
    "名古屋大学医学部附属病院大幸医療センター",
    "京都大学医学部附属病院 京都医療センター",
    "Kyoto University Hospital Kyoto Medical Center",
    "National Cancer Center Hospital Central Clinic",
    "National Hospital Organization Kyushu Medical Center",
]


@pytest.mark.parametrize("text", OTHERS)
def test_another_hospital_of_the_same_body_is_never_the_seeded_one(text: str) -> None:
    found = read(text)
    assert (found.code, found.why) == (None, Why.OTHER_HOSPITAL), found


STRANGERS = [
    "埼玉医科大学国際医療センター",
    "埼玉医科大学病院",
    "近畿大学奈良病院",
    "京都府立医科大学附属病院",
    "University Hospital,Kyoto Prefectural University of Medicine",
    "名古屋市立大学病院",
    "Nagoya City University Hospital",
    "東京医科歯科大学病院",
    "Tokyo Medical University Hospital",
    "Tokyo Women's Medical University Hospital",
    "Tohoku Medical and Pharmaceutical University Hospital",
    "Health Sciences University of Hokkaido Hospital",
    "Kyushu University of Health and Welfare",
    "Kobe City Medical Center General Hospital",
    "Osaka Metropolitan University Hospital",
    "Kyushu Cancer Center",
    "埼玉県立がんセンター",
    "Aichi Medical University Hospital",
    "Chibahigashi National Hospital",
]


@pytest.mark.parametrize("text", STRANGERS)
def test_a_hospital_with_a_similar_name_is_none_of_ours(text: str) -> None:
    assert (read(text).code, read(text).why) == (None, Why.NO_NAME)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Research Site", Why.MASKED),
        ("Aozora Pharma Investigational Site", Why.MASKED),
        ("Site #123", Why.MASKED),
        ("Investigative site no. 12", Why.MASKED),
        ("Local Institution", Why.MASKED),
        ("治験実施施設（非公開）", Why.MASKED),
        ("Nagoya", Why.NO_NAME),
        ("Japan", Why.NO_NAME),
        ("University Hospital", Why.NO_NAME),
        ("大学病院", Why.NO_NAME),
        ("Kyoto, University Hospital", Why.NO_NAME),
        ("University Hospital, Nagoya", Why.NO_NAME),
        ("Taro Aozora", Why.NO_NAME),
        ("Aozora Pharma K.K.", Why.NO_NAME),
        ("東京都", Why.NO_NAME),
        ("", Why.EMPTY),
        ("　", Why.EMPTY),
    ],
)
def test_masked_and_vague_texts_are_left_alone_whatever_the_place_suggests(text: str, why: Why) -> None:
    found = link(Facility(en=text, city="Kashiwa", prefecture="Chiba", postal_code="277-8577"), INDEX)
    assert (found.code, found.score, found.why) == (None, 0.0, why)


DOUBTFUL = [
    ("Kyoto University", "", {}, "CCRH-10", Why.BODY_ONLY),
    ("", "順天堂大学", {}, "CCRH-13", Why.BODY_ONLY),
    ("Japan Institute for Health Security", "", {}, "JIHS-01", Why.BODY_ONLY),
    ("Hokaido University Hospital", "", {}, "CCRH-12", Why.MISSPELT),
    ("Juntendo University Hospital", "", {"city": "Nerima-ku", "prefecture": "Tokyo"}, "CCRH-13", Why.OTHER_PLACE),
    ("Kyushu University Hospital", "", {"city": "Beppu", "prefecture": "Oita"}, "CCRH-06", Why.OTHER_PLACE),
    ("The University of Tokyo Hospital", "", {"postal_code": "277-0882"}, "CCRH-07", Why.OTHER_PLACE),
    ("Kobe University Hospital International Clinical Cancer Research Center", "", {}, "CCRH-14", Why.MORE_WORDS),
    ("", "神戸大学医学部附属病院 国際がん医療・研究センター", {}, "CCRH-14", Why.MORE_WORDS),
    ("", "順天堂大学医学部附属病院", {}, "CCRH-13", Why.MORE_WORDS),
    ("", "架空市立病院／京都大学医学部", {}, "CCRH-10", Why.SECOND_HOSPITAL),
    ("National Cancer Center", "", {}, None, Why.SHARED_NAME),
    ("", "国立国際医療研究センター", {}, "JIHS-01", Why.SHARED_NAME),
    ("", "国立がん研究センター 先端医療開発センター", {"city": "柏市"}, "CCRH-04", Why.MORE_WORDS),
    ("National Cancer Center, Center for Research", "", {"city": "Kashiwa"}, "CCRH-04", Why.MORE_WORDS),
    ("National Cancer Center Research Institute", "", {"city": "Chuo-ku"}, "CCRH-01", Why.MORE_WORDS),
    ("Osaka University Hospital, Osaka Stroke Center", "", {}, "CCRH-03", Why.SECOND_HOSPITAL),
    ("Dr Aozora, Kyoto University Hospital", "", {}, "CCRH-10", Why.MORE_WORDS),
    ("Investigational Site at Kyoto University Hospital", "", {}, "CCRH-10", Why.MORE_WORDS),
    ("NCNP", "", {}, "NC-04", Why.ABBREVIATION),
    ("", "大阪大学医学部附属病院、京都大学医学部附属病院", {}, None, Why.SEVERAL),
    ("Osaka University Hospital", "京都大学医学部附属病院", {}, None, Why.LANGUAGES_DIFFER),
    ("Osaka University Hospital", "架空総合病院", {}, "CCRH-03", Why.LANGUAGES_DIFFER),
    ("Juntendo University Hospital", "順天堂大学医学部附属浦安病院", {}, "CCRH-13", Why.LANGUAGES_DIFFER),
]


@pytest.mark.parametrize(("en", "ja", "place", "code", "why"), DOUBTFUL)
def test_what_a_person_must_decide_comes_with_score_and_reason(
    en: str, ja: str, place: dict[str, str], code: str | None, why: Why
) -> None:
    found = read(en, ja, **place)
    assert (found.code, found.why, found.certain) == (code, why, False), found
    assert 0 < found.score < 0.9
    assert found.reason.in_("ja") != found.reason.in_("en")


@pytest.mark.parametrize("first", ["第一", "第二", "新", "東", "西", "総合", "小児", "医療", "県立", "旧"])
@pytest.mark.parametrize("name", ["大阪大学病院", "九州大学病院", "国立がん研究センター東病院", "愛知県がんセンター"])
def test_a_name_within_a_longer_name_is_never_certain(first: str, name: str) -> None:
    assert not read(ja=first + name).certain


@pytest.mark.parametrize(
    "last", ["第二病院", "医療センター", "総合医療センター", "分院", "附属クリニック", "薬学部附属病院", "西病院"]
)
@pytest.mark.parametrize(
    "name", ["大阪大学医学部附属病院", "岡山大学", "国立循環器病研究センター", "国立がん研究センター"]
)
def test_a_name_with_another_facility_behind_it_is_never_certain(name: str, last: str) -> None:
    assert not read(ja=name + last, city="Suita").certain


@pytest.mark.parametrize(
    "text",
    [
        "First {}", "West {}", "National {}", "New {}", "Medical {}", "Nishi {}", "{} Medical Center", "{} General Medical Center",
        "{} Second Hospital", "{} Clinic", "{} Branch", "{} West", "{} Children's Hospital",
    ],
)  # fmt: skip
def test_an_english_name_within_a_longer_name_is_never_certain(text: str) -> None:
    for name in ("Osaka University Hospital", "National Cancer Center Hospital East", "Aichi Cancer Center"):
        assert not read(text.format(name)).certain


def test_a_university_in_one_language_and_its_branch_in_the_other_is_the_branch() -> None:
    assert read("Juntendo University", "順天堂大学医学部附属静岡病院").why is Why.OTHER_HOSPITAL


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ({"city": "Chuo-ku", "prefecture": "Tokyo"}, "CCRH-01"),
        ({"city": "Kashiwa", "postal_code": "2778577"}, "CCRH-04"),
        ({"city": "千葉県柏市"}, "CCRH-04"),
        ({"city": "Goyang"}, None),
        ({"prefecture": "Osaka"}, None),
    ],
)
def test_a_name_of_two_hospitals_is_told_by_the_place_or_not_at_all(place: dict[str, str], code: str | None) -> None:
    found = read("National Cancer Center", **place)
    assert (found.code if found.certain else None) == code


@pytest.mark.parametrize(
    "place", [{"prefecture": "Tokyo"}, {"city": "小平市", "prefecture": "東京都"}, {"postal_code": "187-8551"}]
)
def test_an_abbreviation_counts_where_the_place_agrees(place: dict[str, str]) -> None:
    assert read("NCNP", **place).certain


@pytest.mark.parametrize(
    "place",
    [
        {"city": "Fukuoka", "prefecture": "Hukuoka", "postal_code": "8128582"},
        {"city": "福岡市東区", "prefecture": "福岡県"},
        {"city": "Fukuoka-shi", "prefecture": "Fukuoka, Japan"},
        {"city": "Fukuoka", "postal_code": "〒812-8582"},
        {},
    ],
)
def test_the_place_may_be_written_as_people_write_it(place: dict[str, str]) -> None:
    assert read("Kyushu University Hospital", **place).certain


def test_a_leading_zero_that_a_sheet_ate_does_not_move_a_hospital() -> None:
    assert read("Hokkaido University Hospital", city="Sapporo", postal_code="608648").certain


def test_what_a_person_decided_wins_and_a_site_number_does_not_matter() -> None:
    asked = Facility(en="Kyoto University /ID# 77", city="Kyoto")
    again = Facility(en="KYOTO  University (Site 12)", city="kyoto")
    assert remembered_as(asked) == remembered_as(again)
    decided = {remembered_as(asked): "CCRH-10"}
    assert link(again, INDEX, decided).why is Why.DECIDED
    assert link(again, INDEX, decided).certain
    refused = link(again, INDEX, {remembered_as(asked): None})
    assert (refused.code, refused.why) == (None, Why.DECIDED_NONE)
    elsewhere = Facility(en="Kyoto University", city="Uji")
    assert link(elsewhere, INDEX, decided).why is not Why.DECIDED, "one name can be two hospitals"


def test_a_fictional_hospital_is_found_like_a_real_one() -> None:
    names = [Name("X-1", "架空大学病院", "ja"), Name("X-1", "Kakuu University Hospital", "en")]
    index = linking_index(names, [Home("X-1", "pref.13", "Chiyoda-ku", "千代田区")])
    for text in ("国立大学法人架空大学医学部附属病院 小児科", "Kaku Univ. Hosital"):
        assert link(Facility(text), index).code == "X-1"
    assert link(Facility("Osaka University Hospital"), index).code is None


def test_the_reason_reads_as_the_record_was_written() -> None:
    found = read(ja="神戸大学医学部附属病院 国際がん医療・研究センター")
    assert "国際がん医療・研究センター" in found.reason.in_("ja")


def test_every_reason_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Why)


WORDS = st.sampled_from(
    ["University", "Hospital", "Medical", "Center", "National", "of", "for", ",", "/", "School", "Medicine", "Research",
     "Site", "Japan", "Kamome", "Suita", "General", "East", "#12", "病院", "大学", "附属", "医学部", "センター", "内科", "・"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=9))
def test_no_text_links_without_a_word_that_tells_hospitals_apart(words: list[str]) -> None:
    assert read(" ".join(words), "".join(words)).code is None


@given(st.text(max_size=80), st.text(max_size=40))
def test_any_text_at_all_gets_an_answer_and_the_same_one_twice(en: str, ja: str) -> None:
    facility = Facility(en=en, ja=ja, city=ja, prefecture=en, postal_code=en)
    assert link(facility, INDEX) == link(facility, INDEX)


def test_the_order_of_the_names_makes_no_difference() -> None:
    names, homes = known_names(), known_homes()
    random.Random(4).shuffle(names)
    shuffled: Index = linking_index(names, homes[::-1])
    texts = [(en, ja) for en, ja, _code in CERTAIN] + [(text, "") for text in OTHERS + STRANGERS]
    for en, ja in texts + [(row[0], row[1]) for row in DOUBTFUL]:
        assert link(Facility(en, ja), shuffled) == link(Facility(en, ja), INDEX)
