"""What titles and texts say of modality, first-in-human and decentralised elements: a code and the words that say it."""

import re
from collections.abc import Iterable

from app.trials.record import Hint, Text

Named = tuple[str, Text]  # an item of the record and its words

# Only words that name a kind of product. What a drug is made of is not read from the word "drug".
_MODALITIES: dict[str, str] = {
    "modality.car_t": r"CAR[- ]?T\b|chimeric antigen receptor|キメラ抗原受容体",
    "modality.adc": r"antibody[- –]drug conjugate|\bADCs?\b|\b\w+(?:vedotin|deruxtecan|govitecan|emtansine|tesirine)\b"
    r"|抗体薬物複合体|抗体[－-]薬物複合体|デルクステカン|ベドチン",
    "modality.bispecific": r"bi[- ]?specific|二重特異性|バイスペシフィック",
    "modality.antibody": r"monoclonal antibod|\b[a-z]{4,}mab\b|モノクローナル抗体|抗体医薬|[ァ-ヴー]{3,20}マブ",
    "modality.oligonucleotide": r"antisense|\bsi-?RNA\b|small interfering RNA|oligonucleotide|アンチセンス|核酸医薬",
    "modality.mrna": r"\bmRNA[- ](?:vaccine|\d|therap|encod|LNP)|messenger RNA|mRNAワクチン|メッセンジャーRNA",
    "modality.vaccine": r"\bvaccin(?:e|es|ation)\b|ワクチン",
    "modality.oncolytic_virus": r"oncolytic|腫瘍溶解性",
    "modality.gene_therapy_in_vivo": r"gene therap|\bAAV\d*\b|adeno-associated|遺伝子治療|アデノ随伴",
    "modality.cell_therapy": r"mesenchymal (?:stem|stromal)|\biPS\b|iPSC|pluripotent stem|(?:stem )?cell therapy|"
    r"間葉系幹細胞|iPS細胞|人工多能性幹細胞|細胞治療|細胞療法",
    "modality.regenerative": r"cell sheet|tissue[- ]engineered|細胞シート|再生医療等製品",
    "modality.microbiome": r"f[a]?ecal microbiota|live biotherapeutic|糞便(?:微生物|細菌叢|移植)|腸内細菌叢移植",
    "modality.radiopharmaceutical": r"radio(?:ligand|pharmaceutical|nuclide therap)|\[?(?:177Lu|225Ac|211At|223Ra|131I|90Y)\]?\b|"
    r"放射性医薬品|放射性リガンド|核医学治療",
    "modality.samd": r"digital therapeutic|software as a medical device|\bSaMD\b|mobile app|治療(?:用)?アプリ|"
    r"プログラム医療機器",
    "modality.robotics": r"\brobot(?:ic|s|-assisted)?\b|ロボット",
    "modality.contrast": r"contrast (?:agent|medium|media)|gadolinium|造影剤",
    "modality.kampo": r"\bkampo\b|漢方",
}
# What ClinicalTrials.gov and jRCT themselves call the product.
_KINDS = {
    "DEVICE": "modality.device", "COMBINATION_PRODUCT": "modality.combination",
    "device": "modality.device", "regenerative": "modality.regenerative", "ivd": "modality.ivd",
}  # fmt: skip
_FIRST_IN_HUMAN = re.compile(
    r"(?<!not a )(?<!not )(?<!after the )(?<!previous )first[- ]?(?:time[- ])?in[- –]?(?:hu)?man\b|\bFIH\b|"
    r"ヒト(?:に)?(?:おける)?初回投与|初めてヒトに|ヒトに初めて|ファースト・?イン・?ヒューマン",
    re.IGNORECASE,
)
_DECENTRALISED: dict[str, str] = {
    "dct.trials_run": r"decentrali[sz]ed (?:clinical )?(?:trial|study|design)|fully remote|virtual (?:clinical )?trial|site-?less|"
    r"分散型(?:臨床試験|治験)|遠隔(?:での)?(?:臨床試験|治験)",
    "dct.econsent": r"e-?consent|electronic(?:ally)? (?:informed )?consent|remote(?:ly)? (?:informed )?consent|遠隔同意|電子的同意|eConsent",
    "dct.telemedicine": r"tele-?(?:medicine|health|visit|consult\w*)|video (?:visit|call|consultation)|virtual visit|"
    r"オンライン診療|遠隔診療|遠隔医療",
    "dct.home_nursing": r"home (?:nurs\w+|health nurse|visit)|visiting nurse|訪問看護|在宅訪問",
    "dct.partner_site": r"(?:satellite|partner) (?:site|clinic|hospital)s?|サテライト医療機関|パートナー医療機関",
    "dct.dtp_ip": r"direct[- ]to[- ]patient|(?:shipped|mailed|delivered|sent) (?:directly )?to (?:the )?(?:patient|participant|subject)'?s?'? home|"
    r"(?:治験薬|被験薬)(?:の)?(?:配送|直送)",
    "dct.epro": r"\bePRO\b|electronic patient[- ]reported|e-?diary|electronic diar|電子患者日誌|電子日誌",
    "dct.wearable": r"\bwearables?\b|smart ?watch|apple watch|actigraph\w*|ウェアラブル|スマートウォッチ|活動量計",
    "dct.remote_sdv": r"remote (?:source data verification|SDV|monitoring visit)|リモートSDV",
}
_READ_MODALITIES = {code: re.compile(words, re.IGNORECASE) for code, words in _MODALITIES.items()}
_READ_DECENTRALISED = {code: re.compile(words, re.IGNORECASE) for code, words in _DECENTRALISED.items()}
# These codes hold the general one already: an ADC is an antibody, CAR-T is a cell therapy.
_NARROWER = {
    "modality.antibody": {"modality.adc", "modality.bispecific"},
    "modality.cell_therapy": {"modality.car_t"},
    "modality.device": {"modality.samd", "modality.robotics"},
}


def modalities_in(texts: Iterable[Named], kinds: Iterable[tuple[str, str]] = ()) -> tuple[Hint, ...]:
    """Return the modalities that titles and interventions name: the first words for each code.

    `kinds` are what the registry calls the products, as (item, word): DEVICE, COMBINATION_PRODUCT, regenerative.
    """
    hints = {hint.code: hint for hint in _found(texts, _READ_MODALITIES)}
    for item, kind in kinds:
        if kind in _KINDS:
            hints.setdefault(_KINDS[kind], Hint(_KINDS[kind], kind, item))
    return tuple(
        hints[code]
        for code in sorted(hints)
        if not _NARROWER.get(code, set()) & set(hints) or hints[code].words in _KINDS
    )


def first_in_human_in(texts: Iterable[Named]) -> Hint | None:
    """Return the words that say that the product is given to people for the first time; None where none do."""
    found = _found(texts, {"fih": _FIRST_IN_HUMAN})
    return found[0] if found else None


def decentralised_in(texts: Iterable[Named]) -> tuple[Hint, ...]:
    """Return the decentralised elements that the texts name (dct.*), each with the first words that name it."""
    return tuple(_found(texts, _READ_DECENTRALISED))


def _found(texts: Iterable[Named], patterns: dict[str, re.Pattern[str]]) -> list[Hint]:
    said = [(item, words) for item, text in texts for words in (text.en, text.ja) if words]
    hints = []
    for code, pattern in patterns.items():
        first = next(((item, match[0]) for item, words in said if (match := pattern.search(words))), None)
        if first:
            hints.append(Hint(code, first[1], first[0]))
    return hints
