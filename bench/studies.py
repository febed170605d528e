"""Invented bilingual trial records for the measurement of the search: none is made from a real one.

62 groups of diseases of the project's own vocabulary, each written in one of its ways; 12,000 Japanese nouns and 30,000
English words of which a few are frequent and most are rare; names of drugs that about a hundred records share; a code
that only one has. About 960 Japanese and 2,340 English characters of searchable text each.
"""

import csv
import random
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path

import orjson

from app.terms.models import LabelKind
from app.terms.seeding import labels_of
from app.trials.record import Coded, Condition, Design, Eligibility, Intervention, Outcome, Party, Phases, Record, Text
from app.trials.rules.searching.documents import Stored
from app.trials.rules.searching.vocabulary import Term
from app.trials.written import as_json

CONDITIONS = Path(__file__).parents[1] / "seed_data" / "terms" / "conditions.csv"
GROUPS, NOUNS, WORDS, RECORDS_A_DRUG = 62, 12_000, 30_000, 100
STATUSES = ("recruiting", "completed", "not_yet_recruiting", "terminated", "active")
PHASES = ("phase.1", "phase.2", "phase.3", "phase.4")
_KANJI = [chr(sign) for sign in range(0x4E00, 0x4E00 + 3_000, 2)]
_KANA = "アイウカキクケサシスセタチツテナニネノハヒフヘマミムメラリルレロ"
_SYLLABLES = [f"{a}{b}{c}" for a in "bdfgklmnprstvz" for b in "aeiou" for c in "lmnrstx"]
# How often a record has each: the shares of frequent words in titles and criteria.
COMMON_JA = {
    "無作為化": 0.35, "二重盲検": 0.3, "プラセボ": 0.3, "安全性": 0.33, "有効性": 0.33, "全生存期間": 0.2, "併用療法": 0.2,
    "有害事象": 0.3, "多施設共同": 0.25, "観察期間": 0.15,
}  # fmt: skip
COMMON_EN = {
    "randomized": 0.33, "placebo": 0.3, "safety": 0.33, "efficacy": 0.3, "survival": 0.25, "multicenter": 0.2,
    "tolerability": 0.15, "baseline": 0.3,
}  # fmt: skip
PHRASES_EN = {"overall survival": 0.08, "double blind": 0.08, "dose escalation": 0.05, "adverse event": 0.08}
EVERYWHERE_JA, EVERYWHERE_EN = "臨床試験", "trial"


@dataclass(frozen=True)
class World:
    """The words that records are made of."""

    diseases: list[tuple[str, list[str], list[str]]]
    nouns: list[str]
    words: list[str]
    weights_ja: list[float]
    weights_en: list[float]


def terms() -> list[Term]:
    """Return the conditions of the project's vocabulary."""
    with CONDITIONS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        Term(
            row["code"], row["parent"] or None, tuple(row["areas"].split(";")),
            tuple((label["kind"].value, label["label"]) for label in labels_of(row)),
        )
        for row in rows
    ]  # fmt: skip


def a_world(most_drugs: int) -> World:
    """Return the words, always the same ones; `most_drugs` is how many drugs there are."""
    chance = random.Random(4)
    groups = []
    for term in terms():
        names = [label for kind, label in term.labels if kind != LabelKind.ABBREVIATION.value]
        ja, en = [[n for n in names if n.isascii() is ascii_ and len(n) < 30] for ascii_ in (False, True)]
        if len(ja) > 1 and len(en) > 1:
            groups.append((term.code, ja, en))
    nouns = list(
        dict.fromkeys("".join(chance.choices(_KANJI, k=chance.choice((2, 2, 3, 4)))) for _ in range(NOUNS + 200))
    )
    words = list(
        dict.fromkeys("".join(chance.choices(_SYLLABLES, k=chance.choice((2, 2, 3)))) for _ in range(WORDS + 999))
    )
    return World(
        groups[:GROUPS], nouns[:NOUNS], words[:WORDS],
        list(accumulate(1 / (at + 12) for at in range(NOUNS))), list(accumulate(1 / (at + 12) for at in range(WORDS))),
    )  # fmt: skip


def drug_of(number: int, records: int) -> tuple[str, str]:
    """Return the drug of a record, in Japanese and English: about a hundred records share one."""
    chance = random.Random(number % max(1, records // RECORDS_A_DRUG))
    return "".join(chance.choices(_KANA, k=6)) + "マブ", "".join(chance.choices(_SYLLABLES, k=3)) + "mab"


def code_of(number: int) -> str:
    """Return the code that only this record has."""
    return f"MDG-{number + 10_000}"


class Writer:
    """Writes the texts of one record, with the frequent words that fell to it."""

    def __init__(self, number: int, world: World) -> None:
        self.chance, self._world = random.Random(number), world
        self.ja = [word for word, share in COMMON_JA.items() if self.chance.random() < share]
        self.en = [word for word, share in (COMMON_EN | PHRASES_EN).items() if self.chance.random() < share]

    def japanese(self, signs: int) -> str:
        """Return about so many characters."""
        nouns = self.chance.choices(self._world.nouns, cum_weights=self._world.weights_ja, k=round(signs / 3.2))
        common = self.chance.sample(self.ja, min(1, len(self.ja)))
        return "を".join([*nouns[::2], *common]) + "の" + "と".join(nouns[1::2])

    def english(self, count: int) -> str:
        """Return about so many words."""
        words = self.chance.choices(self._world.words, cum_weights=self._world.weights_en, k=count)
        return " ".join([*words, *self.chance.sample(self.en, min(1, len(self.en)))]).capitalize() + "."

    def both(self, signs: int, count: int) -> Text:
        """Return a text in both languages."""
        return Text(self.japanese(signs), self.english(count))


def a_record(number: int, writer: Writer, world: World, most: int) -> Record:
    """Return an invented record of a disease and a drug."""
    chance = writer.chance
    _code, ja, en = world.diseases[int(len(world.diseases) * chance.random() ** 1.6)]
    disease = Text(chance.choice(ja), chance.choice(en))
    drug_ja, drug_en = drug_of(number, most)
    head_ja = f"{disease.ja}患者を対象とした{drug_ja}の{''.join(writer.ja[:2])}{EVERYWHERE_JA}"
    head_en = f"A {' '.join(writer.en[:2])} {EVERYWHERE_EN} of {drug_en} in {disease.en}"
    excluded = chance.choice(world.diseases)
    return Record(
        source="ctgov",
        registry="nct",
        number=f"NCT{number:08}",
        public_title=Text(head_ja, head_en),
        scientific_title=Text(f"{head_ja}：{writer.japanese(40)}", f"{head_en}: {writer.english(10)}"),
        conditions=(Condition(disease),),
        keywords=(Text(chance.choice(world.nouns), chance.choice(world.words)),),
        interventions=(
            Intervention(name=Text(drug_ja, drug_en), description=writer.both(40, 12), other_names=(code_of(number),)),
        ),
        sponsor=Party(writer.both(12, 3)),
        eligibility=Eligibility(
            Text(writer.japanese(230), f"{writer.english(90)} {writer.english(10)}"),
            Text(
                f"{writer.japanese(140)}。{excluded[1][0]}の既往", f"{writer.english(60)} History of {excluded[2][0]}."
            ),
        ),
        design=Design(
            kind=Coded(Text("介入研究", "Interventional"), "interventional"), phase=Phases(Text("2", "Phase 2"), ())
        ),
        primary_outcomes=(Outcome(writer.both(40, 12), writer.both(10, 4)),),
        secondary_outcomes=(Outcome(writer.both(40, 12)), Outcome(writer.both(40, 12))),
        summary=writer.both(180, 60),
    )


def a_study(number: int, world: World, most: int) -> Stored:
    """Return an invented record as it is stored; `most` is how many there will be."""
    writer = Writer(number, world)
    record, chance = a_record(number, writer, world, most), writer.chance
    return Stored(
        source=chance.choice(("jrct", "ctgov")),
        content=orjson.loads(as_json(record)),
        registered_on=date(2006 + int(20 * chance.random() ** 0.6), chance.randint(1, 12), chance.randint(1, 28)),
        status=chance.choice(STATUSES),
        phases=[chance.choice(PHASES)],
        modalities=["modality.antibody"] if chance.random() < 0.3 else [],
        first_in_human=chance.random() < 0.03,
        decentralised=chance.random() < 0.05,
        numbers=[record.number],
        prefectures=sorted({f"pref.{1 + int(47 * chance.random() ** 2):02}" for _site in range(chance.randint(1, 8))}),
    )
