"""Two writings of one word find the same term, and the nearest label comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.terms.rules import Closeness, Label, closeness, compact, fold, ranked

KANA = st.text(
    st.sampled_from("アカサタナハマヤラワンガザダバパァィゥェォッャュョヴー"),
    max_size=8,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("肺癌", "肺がん"),
        ("肺がん", "肺ガン"),
        ("肺ｶﾞﾝ", "肺 癌"),
        ("NSCLC", "ｎｓｃｌｃ"),
        ("Sjögren syndrome", "sjogren  Syndrome"),
        ("フォン・ヴィレブランド病", "フォンビレブランド病"),
        ("インフルエンザウィルス", "インフルエンザウイルス"),
        ("Ⅰ型糖尿病", "1型糖尿病"),
        ("頭頚部癌", "頭頸部がん"),
        ("non-small-cell lung cancer", "non small cell lung cancer"),
        ("線維筋痛症", "繊維筋痛症"),
        ("CAR-T細胞療法", "CAR T 細胞療法"),
    ],
)
def test_two_writings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("A型肝炎", "B型肝炎"), ("2型糖尿病", "1型糖尿病"), ("HER2+", "HER2")],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40), st.text(max_size=10))
def test_space_around_a_word_never_matters(text: str, space: str) -> None:
    padding = "".join(" 　\t"[ord(sign) % 3] for sign in space)
    assert fold(padding + text + padding) == fold(text)


@given(KANA)
def test_katakana_and_hiragana_are_one(kana: str) -> None:
    hiragana = "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in kana)
    assert fold(kana) == fold(hiragana)


@given(st.text(min_size=1, max_size=20))
def test_a_label_finds_itself_exactly(text: str) -> None:
    folded = fold(text)
    assert closeness(folded, folded) == (Closeness.EXACT if folded else None)


def a_label(label: str, code: str = "cond.x", kind: str = "preferred", language: str = "en") -> Label:
    return Label(code=code, language=language, kind=kind, label=label, folded=fold(label))


@pytest.mark.parametrize(
    ("typed", "label", "expected"),
    [
        ("covid19", "COVID-19", Closeness.EXACT),
        ("lung", "Lung cancer", Closeness.PREFIX),
        ("lung", "Small cell lung cancer", Closeness.WORD),
        ("肺癌", "非小細胞肺癌", Closeness.WITHIN),
        ("cancer lung", "Small cell lung cancer", Closeness.SCATTERED),
        ("lung asthma", "Lung cancer", None),
        ("・", "Lung cancer", None),
    ],
)
def test_nearness_has_five_steps_and_a_miss(typed: str, label: str, expected: Closeness | None) -> None:
    assert closeness(fold(typed), fold(label)) == expected


def test_exact_comes_first_and_each_term_comes_once() -> None:
    labels = [
        a_label("Small cell lung cancer", "cond.sclc"),
        a_label("Lung cancer", "cond.lung"),
        a_label("lung cancer, any", "cond.lung", "synonym"),
        a_label("Asthma", "cond.asthma"),
    ]
    assert [hit.label.code for hit in ranked("lung cancer", labels)] == [
        "cond.lung",
        "cond.sclc",
    ]


def test_an_abbreviation_outranks_a_synonym_and_yields_to_a_name() -> None:
    labels = [
        a_label("MS", "cond.synonym", "synonym"),
        a_label("MS", "cond.ms", "abbreviation"),
        a_label("MS", "cond.name"),
    ]
    assert [hit.label.code for hit in ranked("ms", labels)] == [
        "cond.name",
        "cond.ms",
        "cond.synonym",
    ]


LABELS = st.lists(
    st.builds(
        a_label,
        st.text("ab c肺癌がん", min_size=1, max_size=6),
        st.sampled_from(["cond.a", "cond.b", "cond.c"]),
        st.sampled_from(["preferred", "abbreviation", "synonym"]),
        st.sampled_from(["en", "ja"]),
    ),
    max_size=12,
)


@given(st.text("ab c肺癌がん", max_size=4), LABELS, st.randoms())
def test_the_order_of_the_labels_changes_nothing(typed: str, labels: list[Label], chance: object) -> None:
    shuffled = sorted(labels, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert ranked(typed, labels) == ranked(typed, shuffled)


@given(st.text("ab c肺癌がん", max_size=4), LABELS)
def test_hits_come_nearest_first_and_hold_every_typed_word(typed: str, labels: list[Label]) -> None:
    hits = ranked(typed, labels)
    assert [hit.closeness for hit in hits] == sorted(hit.closeness for hit in hits)
    for hit in hits:
        assert all(word in compact(hit.label.folded) for word in fold(typed).split())
