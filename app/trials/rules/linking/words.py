"""Words of facility texts that tell no hospital from another, in both languages."""

from app.terms.rules import fold

# Written one way, whatever the record writes.
SAME_WORD = {
    "centre": "center", "centers": "center", "centres": "center", "ctr": "center", "cntr": "center",
    "univ": "university", "uni": "university", "hosp": "hospital", "hospitals": "hospital", "natl": "national",
    "nat": "national", "inst": "institute", "dept": "department", "dep": "department", "div": "division",
    "grad": "graduate", "sch": "school", "fac": "faculty", "med": "medical", "corp": "corporation",
    "organisation": "organization", "inc": "incorporated",
}  # fmt: skip
HEADS = {"hospital", "clinic", "infirmary", "sanatorium", "branch"}
LEGAL = {"national", "public", "school", "corporation", "incorporated", "foundation", "educational", "juridical", "person",
         "administrative", "independent", "agency", "institution"}  # fmt: skip
# Parts of a hospital: departments, wards and offices. A word that could be a place or a person is not among them.
PARTS = set(
    """
department division section unit office center graduate school faculty medicine medical clinical research trial trials
surgery surgical oncology hematology haematology respiratory pulmonary pulmonology thoracic cardiology cardiovascular
cardiac vascular gastroenterology gastroenterological gastrointestinal hepatology hepatobiliary pancreatic nephrology
kidney renal urology urological neurology neurological neurosurgery psychiatry psychiatric dermatology ophthalmology
otolaryngology otorhinolaryngology head neck radiology radiation radiotherapy anesthesiology anaesthesiology emergency
intensive care pediatrics pediatric paediatrics paediatric obstetrics gynecology gynaecology gynecologic rheumatology
rheumatic immunology allergy infectious infection diseases disease endocrinology metabolism metabolic diabetes
diabetology internal general breast orthopedic orthopaedic orthopedics orthopaedics plastic reconstructive
rehabilitation transplantation transplant cell therapy regenerative genetics genetic genomic laboratory pathology
pharmacy pharmaceutical experimental therapeutics advanced translational innovation innovative development management
support promotion coordination stroke cerebrovascular liver blood bone marrow esophageal gastric colorectal prostate
head lung hepato biliary first second third 1st 2nd 3rd phase early comprehensive and of for the at in on de
attn attention dr prof affiliated attached cancer tumor tumour skin eye
""".split()  # noqa: SIM905
)
# Spelt as they are: these are English, and no place or name.
COMMON = {"university", "institute", "college", "japan", "japanese", "east", "west", "south", "north", "prefectural", "municipal",
          "metropolitan", "red", "cross", "children", "womens", "dental", "dentistry", "sciences", "science", "welfare",
          "international", "site", "sites", "investigational", "investigative", "company", "limited", "society", "street"}  # fmt: skip
PERSON = {"attn", "attention", "dr", "prof"}
JOINING = {"and", "of", "for", "the", "at", "in", "on", "de"}
PARTS -= PERSON
MASKS = (
    r"\b(investigati(ve|onal)|research|study|clinical|trial|selected|recruiting|participating)\s+(trial\s+)?(sites?|facilit(y|ies)|institutions?)\b",
    r"\blocal institution\b", r"\bsite reference\b", r"\bnot disclosed\b", r"\bundisclosed\b",
    r"\bfor additional information\b",
)  # fmt: skip
MASKS_JA = tuple(
    fold(word) for word in ("非公開", "非開示", "未公開", "治験実施施設", "治験施設", "実施施設", "研究実施施設")
)

LEGAL_JA = ("国立大学法人", "公立大学法人", "学校法人", "国立研究開発法人", "独立行政法人", "地方独立行政法人",
            "大学法人", "財団法人", "公益財団法人", "一般財団法人", "社会医療法人", "医療法人", "特別の法律により設立される法人")  # fmt: skip
# Departments are put together from these; `科学分野` and the like follow from their parts.
PARTS_JA = (
    "呼吸器", "消化器", "循環器", "内分泌", "代謝", "糖尿病", "腎臓", "腎", "血液", "腫瘍", "がん", "癌", "小児", "神経", "精神",
    "脳", "卒中", "心臓", "心", "血管", "大動脈", "肝", "胆", "膵", "臓", "胃", "食道", "腸", "大腸", "肛門", "乳腺", "甲状腺",
    "皮膚", "泌尿器", "泌尿", "産", "婦人", "産婦人", "周産期", "母子", "女性", "男性", "眼", "耳鼻", "咽喉", "耳鼻咽喉", "頭頸部",
    "頭頸", "放射線", "診断", "治療", "麻酔", "救急", "救命", "集中", "リウマチ", "膠原病", "免疫", "アレルギー", "感染症", "感染",
    "感染制御", "総合", "診療", "内科", "外科", "整形", "形成", "美容", "移植", "再生", "遺伝", "遺伝子", "輸血", "細胞", "療法",
    "検査", "病理", "薬剤", "薬", "看護", "緩和", "支持", "老年", "高齢", "リハビリテーション", "臨床", "研究", "試験", "治験",
    "管理", "推進", "支援", "開発", "先端", "先進", "先制", "医療", "医科", "医", "学", "科", "部", "室", "門", "系", "班", "分野",
    "領域", "講座", "教室", "専攻", "部門", "診療科", "診療部", "病態", "制御", "解析", "統合", "センター", "機構", "事務", "局",
    "相談", "病棟", "外来", "第一", "第二", "第三", "第", *"0123456789", "橋渡し", "トランスレーショナル",
    "器官", "機能", "病", "疾患", "及び", "および", "と", "の", "・", "造血", "幹", "大学院", "系研究科", "研究科", "医学", "医学部",
    "附属", "感覚", "運動", "生殖", "発達", "発生", "成育", "基盤", "難病", "希少", "未来", "創薬", "早期", "相", "第i",
)  # fmt: skip
HEADS_JA = tuple(
    fold(head) for head in ("病院", "医院", "クリニック", "診療所", "療養所", "分院", "病員", "研究所", "医療センター")
)


def one_writing(folded: str) -> str:
    """Undo the ways in which one Japanese name is written: 付属 and 附属, old characters, 医学部附属病院 and 病院.

    東北大病院 and 東北大学病院 become one as well. 歯学部附属病院 stays what it is: a hospital of its own.
    """
    for written, meant in OLD_CHARACTERS:
        folded = folded.replace(written, meant)
    for written, meant in SHORTER:
        folded = folded.replace(written, meant)
    return folded


OLD_CHARACTERS = (("付属", "附属"), ("應", "応"), ("學", "学"), ("醫", "医"), ("國", "国"), ("廣", "広"), ("澤", "沢"),
                  ("病員", "病院"), ("センタ", "せんた"))  # fmt: skip
SHORTER = (("大学医学部歯学部附属", "大学"), ("大学医学部附属", "大学"), ("大学附属病院", "大学病院"), ("大学医学部病院", "大学病院"),
           ("大病院", "大学病院"))  # fmt: skip
COVERED_JA = frozenset(one_writing(fold(word)) for word in (*LEGAL_JA, *PARTS_JA)) - {""}
LONGEST_JA = max(map(len, COVERED_JA))
LEGAL_FOLDED = tuple(sorted({fold(word) for word in LEGAL_JA}, key=len, reverse=True))


UNITS_JA = tuple(
    fold(unit)
    for unit in ("科", "部", "室", "門", "学", "座", "野", "域", "系", "班", "局", "棟", "外来", "センター", "機構")
)
MEDICAL_CENTER = fold("医療センター")


def explained(piece: str, own: frozenset[str]) -> bool:
    """Whether a folded Japanese text is a department, a legal person or the institution's own words, and no hospital.

    It is made of nothing else, and ends as one of these does: 第二内科 is a department, 第二 may make another hospital.
    A 医療センター may be a department or a hospital, so it explains nothing.
    """
    ends = (*UNITS_JA, *LEGAL_FOLDED, *own)
    if (
        piece
        and (not piece.rstrip("0123456789").endswith(ends) or piece.endswith(MEDICAL_CENTER))
        and not piece.isdigit()
    ):
        return False
    return made_of_known_words(piece, own)


def made_of_known_words(piece: str, own: frozenset[str] = frozenset()) -> bool:
    """Whether a folded Japanese text is made of words of departments, legal persons and `own` words, and nothing else."""
    reached = [True] + [False] * len(piece)
    longest = max(LONGEST_JA, *map(len, own)) if own else LONGEST_JA
    for end in range(1, len(piece) + 1):
        for start in range(max(0, end - longest), end):
            if reached[start] and ((word := piece[start:end]) in COVERED_JA or word in own):
                reached[end] = True
                break
    return reached[-1]
