"""Words of registries and our codes for them: status, study type, sex, phase, yes and no."""

import re
from collections.abc import Iterable

from app.trials.record import Coded, Phases, Text
from app.trials.rules.texts import folded, tight

# Recruitment status (18). `not_recruiting` is what registries say without saying whether it has ended or not begun.
STATUSES: dict[str, tuple[str, ...]] = {
    "not_yet_recruiting": (
        "NOT_YET_RECRUITING", "募集前", "参加募集前", "Pending", "Not yet recruiting", "Preinitiation", "開始前",
        "試験開始前", "Before recruitment",
    ),
    "recruiting": (
        "RECRUITING", "募集中", "参加募集中", "一般募集中", "Open public recruiting", "実施中", "Authorised-recruiting",
    ),
    "by_invitation": ("ENROLLING_BY_INVITATION", "限定募集中", "Enrolling by invitation"),
    "suspended": (
        "SUSPENDED", "募集中断", "参加募集中断", "試験中断", "Temporary halt", "Temporarily halted", "中断", "Suspended",
    ),
    "active": (
        "ACTIVE_NOT_RECRUITING", "Active, not recruiting", "No longer recruiting", "参加募集終了", "参加募集終了-試験継続中",
        "参加募集終了‐試験継続中", "募集終了（試験継続中）", "募集終了",
    ),
    "not_recruiting": ("Not Recruiting",),
    "completed": (
        "COMPLETED", "Complete", "Completed", "研究終了", "試験終了", "試験終了/Completed", "終了", "治験終了",
        "Main results already published", "主な結果の公表済み", "観察期間終了",
    ),
    "terminated": (
        "TERMINATED", "Terminated", "研究中止", "試験中止", "中止", "中止終了", "Prematurely ended", "試験中止/Terminated",
        "Discontinued",
    ),
    "withdrawn": ("WITHDRAWN", "Withdrawn", "取下げ", "届出取下げ", "Not authorised"),
    "unknown": ("UNKNOWN", "Not available", "不明"),
    "expanded_access": ("AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING"),
    "withheld": ("WITHHELD",),
}  # fmt: skip
STUDY_TYPES: dict[str, tuple[str, ...]] = {
    "interventional": (
        "INTERVENTIONAL", "介入研究", "介入", "介入試験", "Interventional", "Interventional study",
        "Interventional clinical trial of medicinal product",
    ),
    "observational": ("OBSERVATIONAL", "観察研究", "観察", "Observational study", "Observational [Patient Registry]"),
    "expanded_access": ("EXPANDED_ACCESS", "拡大治験"),
    "other": ("その他", "Others", "Other", "Others,meta-analysis etc", "その他・メタアナリシス等", "Basic Science"),
}  # fmt: skip
SEXES: dict[str, tuple[str, ...]] = {
    "all": (
        "ALL", "Both", "Male and Female", "男性・女性", "男女", "男女両方", "男性/女性", "Both males and females",
        "Both, male and female", "Male/Female", "男・女", "Female: yes Male: yes",
    ),
    "male": ("MALE", "Male", "男性", "男", "Males", "M", "Female: no Male: yes"),
    "female": ("FEMALE", "Female", "女性", "女", "Females", "F", "Female: yes Male: no"),
}  # fmt: skip
YES = ("あり", "有り", "有", "yes", "該当する", "該当", "true", "1", "承認")
NO = ("なし", "無し", "無", "no", "none", "該当しない", "非該当", "false", "0", "not applicable")
INTERVENTIONS = {
    "drug", "device", "biological", "procedure", "radiation", "behavioral", "genetic", "dietary_supplement",
    "combination_product", "diagnostic_test", "other",
}  # fmt: skip
PRODUCTS: dict[str, tuple[str, ...]] = {
    "drug": ("医薬品", "Drug", "drug"),
    "device": ("医療機器", "Medical device"),
    "regenerative": ("再生医療等製品", "Regenerative medical product"),
    "ivd": ("体外診断用医薬品",),
}
SHARING: dict[str, tuple[str, ...]] = {
    "yes": ("YES", "Yes", "あり", "有"),
    "no": ("NO", "No", "なし", "無"),
    "undecided": ("UNDECIDED", "Undecided", "未定", "Not decided", "Plan is undecided"),
}


def coded(text: Text, table: dict[str, tuple[str, ...]]) -> Coded:
    """Return words with their code in a table; the code is None where neither language is a word of the table."""
    known = {tight(word): code for code, words in table.items() for word in words}
    codes = (known.get(_bare(words)) for words in (text.en, text.ja) if words)
    return Coded(text, next((code for code in codes if code), None))


def _bare(words: str) -> str:
    return tight(words).rstrip(".。 ")


def yes_or_no(text: str | None) -> bool | None:
    """Return True for あり, 該当する, Yes; False for なし, 該当しない, No; None for anything else, or silence."""
    said = tight(text or "")
    if said in {tight(word) for word in YES}:
        return True
    return False if said in {tight(word) for word in NO} else None


# Longer than the longest list of phases (EU records); a text that goes on is not a phase.
_LONGEST_PHASE = 400
_ONE_PHASE = re.compile(r"(0|[1-4]|iv|i{1,3})[abc]?")
# What stands around and between the figures: taken away sign by sign, so that no text takes long.
_AROUND = re.compile(r"第|相|試験|フェーズ|phases?|p(?=\d)|\b(?:and|or|to)\b|及び|および|または|から|[\s/,&+・~〜.:_-]")
_EARLY = re.compile(
    r"early[ _]?phase ?_?1|phase ?0|第?0相|exploratory|探索的(?:早期)?臨床試験|早期第[1i]相(?:\(探索的\))?|0"
)
_NOT_APPLICABLE = re.compile(r"n/?a|not applicable|該当なし|該当せず|適用なし|その他|others?|非該当")
_SILENT = re.compile(r"not selected|not specified|選択なし|未選択|-|—|unknown")
_YES_LIST = re.compile(r"\(phase ([iv]{1,3})\) ?[:：] ?(yes|no)")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_TOGETHER: dict[tuple[str, ...], tuple[str, ...]] = {("1", "2"): ("phase.1_2",), ("2", "3"): ("phase.2_3",)}


def phases_of(text: Text, codes: Iterable[str] = ()) -> Phases:
    """Return the phase in words and in codes of the vocabulary (phase.*); the codes are () where none is understood.

    `codes` are those of ClinicalTrials.gov (PHASE1, PHASE2: both together are phase.1_2). Else the words are read:
    2, Ⅱ, 第Ⅱ相, Phase II/III, 1-2, 1b/2a, N/A; EU records list "(Phase II): yes, (Phase III): no".
    """
    stated = [code.removeprefix("PHASE") for code in codes]
    if stated:
        return Phases(text, _codes(stated))
    read = (_phases_in(folded(words)[:_LONGEST_PHASE]) for words in (text.en, text.ja) if words)
    return Phases(text, next((found for found in read if found), ()))


def is_silent_phase(text: Text) -> bool:
    """Say whether a source's phase is words for "not selected", which is silence, not an unknown phase."""
    words = [words for words in (text.en, text.ja) if words]
    return all(_SILENT.fullmatch(folded(one)) for one in words)


def _phases_in(plain: str) -> tuple[str, ...]:
    if listed := _YES_LIST.findall(plain):
        return _codes([_ROMAN[number] for number, said in listed if said == "yes" and number in _ROMAN])
    if _NOT_APPLICABLE.fullmatch(plain):
        return ("phase.na",)
    if _EARLY.fullmatch(plain):
        return ("phase.early_1",)
    figures = [_ONE_PHASE.fullmatch(word) for word in _AROUND.sub(" ", plain).split()]
    return _codes([_ROMAN.get(one[1], one[1]) for one in figures if one]) if figures and all(figures) else ()


def _codes(stated: list[str]) -> tuple[str, ...]:
    names = {"EARLY_PHASE1": "early_1", "EARLY_1": "early_1", "NA": "na", "0": "early_1"}
    plain = tuple(sorted({names.get(one, one) for one in stated}))
    return _TOGETHER.get(plain, tuple(f"phase.{one}" for one in plain))
