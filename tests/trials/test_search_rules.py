"""What words mean to the search: one writing for text and question, and every part of a Japanese text a way to find it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trials.rules.searching.asking import Asked, asked
from app.trials.rules.searching.documents import MOST_BYTES, OVERLONG, _fitting
from app.trials.rules.searching.vocabulary import Labels, Term, labels_from
from app.trials.rules.searching.writing import words_of, writings, written

TERMS = (
    Term("cond.cancer", None, ("area.oncology",), (("preferred", "Cancer"), ("preferred", "癌"))),
    Term("cond.lung", "cond.cancer", ("area.oncology", "area.respiratory"), (("preferred", "Lung cancer"), ("preferred", "肺癌"))),
    Term("cond.nsclc", "cond.lung", (), (("preferred", "非小細胞肺癌"), ("abbreviation", "NSCLC"))),
    Term("cond.alport", None, (), (("preferred", "Alport syndrome"), ("abbreviation", "AS"))),
    Term("cond.axspa", None, (), (("preferred", "体軸性脊椎関節炎"), ("abbreviation", "AS"))),
    Term("cond.ms", None, (), (("preferred", "多発性硬化症"), ("abbreviation", "MS"))),
)  # fmt: skip
LABELS = labels_from(TERMS)
NONE: Labels = labels_from(())
SIGNS = "肺癌がんガン患者試験第相蛋白繊維ヴァヴィッャー々、。・　 123ⅡＡＢ/（）-"


def holds(text: str, question: Asked) -> bool:
    """Say whether a text would be found, as the index and its text decide."""
    ways = writings(text)
    lines, words = "\n".join(f" {way} " for way in ways), set().union(*(words_of(way) for way in ways))

    def has(condition: str) -> bool:
        said = re.sub(r"'([^']*)'(:\*)?", lambda one: str(_is_in(one[1], bool(one[2]), words)), condition)
        return bool(eval(said.replace("&", " and ").replace("|", " or ")))

    return all(has(one.words) and one.text in lines for one in question.clauses)


def _is_in(word: str, begins: bool, words: set[str]) -> bool:
    return any(one.startswith(word) for one in words) if begins else word in words


@given(st.text(st.sampled_from(SIGNS), min_size=2, max_size=30), st.data())
def test_every_part_of_a_japanese_text_finds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    part = text[start : data.draw(st.integers(start + 2, len(text)))]
    # A word of Latin letters or figures is found whole: the part begins and ends between words.
    before, after = text[:start][-1:], text[start + len(part) :][:1]
    if re.search(r"[0-9ⅡＡＢ]", before + part[0]) or re.search(r"[0-9ⅡＡＢ]", part[-1] + after):
        return
    question = asked(part, NONE)
    assert question.hopeless or holds(text, question)


@given(
    st.lists(
        st.sampled_from(["Lung", "cells", "PD-L1", "studies", "of", "dose", "肺癌", "EGFR陽性"]), min_size=1, max_size=8
    )
)
def test_every_word_and_every_phrase_of_words_finds_its_text(words: list[str]) -> None:
    text = " ".join(words)
    assert all(holds(text, asked(word, NONE)) for word in words)
    assert all(holds(text, asked(f'"{" ".join(words[at : at + 3])}"', NONE)) for at in range(len(words)))
    assert holds(text, asked(text, NONE))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第Ⅱ相試験", "第2相試験"), ("第II相", "第２相"), ("第Ⅰ/Ⅱ相", "第I/II相"), ("Phase II", "phase 2"), ("第Ib相", "第1b相"),
        ("肺ｶﾞﾝ", "肺癌"), ("ＬＵＮＧ", "lung"), ("Lung cancers", "lung cancer"), ("Studies", "study"), ("PD-L1陽性", "PD‐L1 陽性"),
        ("ニボルマブ", "にぼるまぶ"), ("データ", "デ-タ"),
    ],
)  # fmt: skip
def test_two_writings_are_one(one: str, other: str) -> None:
    assert written(one) == written(other)


def test_words_that_only_look_alike_stay_apart() -> None:
    text = "京浜の糖尿病性腎症。Virus in mice"
    for other in ("京都", "尿病の", '"糖尿病の"', '"mice in"', "mic", "viru", "性腎臓"):
        assert not holds(text, asked(other, NONE)), other


def test_names_become_their_concepts_and_the_longest_wins() -> None:
    assert asked("非小細胞 肺がん 試験", LABELS).concepts == ("cond.nsclc",)
    assert [one.words for one in asked("lung cancer", LABELS).clauses] == ["'c:cond.lung'"]
    assert asked("肺ガン", LABELS) == asked("Lung Cancers", LABELS) == asked("肺癌", LABELS)
    assert asked("肺癌治療", LABELS).concepts == ()


def test_abbreviations_count_as_written_and_where_they_mean_one_thing() -> None:
    assert LABELS.abbreviated_in("MS and AS in adults") == {"cond.ms"}
    assert LABELS.abbreviated_in("A STUDY OF MS IN ADULTS") == LABELS.abbreviated_in("Ms Smith") == set()
    assert asked("MS", LABELS).clauses[0].words == "('c:cond.ms'|('ms'))"
    assert asked("ms", LABELS).concepts == asked("AS", LABELS).concepts == ()
    assert asked("nsclc", LABELS).concepts == ("cond.nsclc",)


def test_names_stand_in_texts_at_the_borders_of_latin_words() -> None:
    found = {code for _at, codes in LABELS.found_in(written("A precancerous lesion, 非小細胞肺癌")) for code in codes}
    assert found == {"cond.nsclc", "cond.lung", "cond.cancer"}
    assert LABELS.found_in(written("lung cancerous")) == []
    assert LABELS.with_above({"cond.nsclc"}) == {"cond.nsclc", "cond.lung", "cond.cancer"}


@pytest.mark.parametrize(
    "typed", ["jRCT2031190264", "JPRN-jRCT2031190264", "ｊＲＣＴ2031190264", "jrct 2031190264", "JRCT-2031190264"]
)
def test_a_number_is_known_in_any_spelling(typed: str) -> None:
    (clause,) = asked(typed, LABELS).clauses
    assert clause.words.startswith("('n:jrct2031190264'|")


def test_words_beside_a_number_still_count() -> None:
    assert len(asked("肺癌 NCT01234567", LABELS).clauses) == 2


@pytest.mark.parametrize("typed", ["！？", "'", '"', "\x00", "&|!()", "、。", "\\"])
def test_signs_alone_ask_for_nothing(typed: str) -> None:
    assert asked(typed, LABELS) == Asked(hopeless=True)


@given(st.text(max_size=600))
def test_whatever_is_typed_becomes_words_in_quotes(typed: str) -> None:
    for clause in asked(typed, LABELS).clauses:
        assert re.fullmatch(r"(?:[&|()]|'[^'\\\s]+'(?::\*)?)+", clause.words), clause


def test_a_text_with_too_many_words_is_marked_and_keeps_its_marks() -> None:
    words = {f"{chr(0x4E00 + n // 500)}{chr(0x5000 + n % 500)}" for n in range(200_000)}
    kept, overlong = _fitting(["c:cond.lung"], words)
    assert overlong and kept[0] == "c:cond.lung" and kept[-1] == OVERLONG and len(kept) < len(words)
    assert sum(len(word.encode()) + 4 for word in kept) < MOST_BYTES + 100
    assert _fitting(["a"], {"b"}) == (["a", "b"], False)
