"""Whether a name tells a hospital from others: only such a name may find one."""

from app.terms.rules import fold
from app.trials.rules.linking.english import COMMA, split
from app.trials.rules.linking.japanese import line_of
from app.trials.rules.linking.shapes import Name
from app.trials.rules.linking.words import COMMON, HEADS, HEADS_JA, JOINING, LEGAL, PARTS, made_of_known_words

EVERYBODYS = PARTS | LEGAL | HEADS | COMMON | JOINING | {"center", COMMA}
SHORTEST = 2
SHORT_HEADS = (*HEADS_JA, fold("訪問看護ステーション"), fold("サテライト"))


def tells(name: Name) -> bool:
    """Whether a name has a word of its own; General Hospital and 内科クリニック have none and stand for nobody."""
    if name.language == "en":
        return any(len(word) > 1 and not word.isdigit() and word not in EVERYBODYS for word in split(name.text))
    own = line_of(name.text)
    for head in SHORT_HEADS:
        own = own.replace(head, "")
    return len(own) >= SHORTEST and not made_of_known_words(own)
