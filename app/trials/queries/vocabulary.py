"""The vocabulary as searching uses it, made once per process and again when the database's has changed."""

from collections import defaultdict
from dataclasses import dataclass
from time import monotonic

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.terms.models import Concept, ConceptLabel, Vocabulary
from app.trials.rules.searching.vocabulary import Labels, Term, labels_from

# Seconds for which a search trusts the vocabulary that it knows; whoever writes the index always asks.
TRUSTED = 60.0
STATE = text("""
    SELECT coalesce(sum(hashtextextended(concat_ws('|', l.concept_code, l.kind, l.label, c.parent_code, c.details), 0)), 0)
    FROM concept_label l JOIN concept c ON c.code = l.concept_code WHERE c.vocabulary = :vocabulary
""")


@dataclass
class _Known:
    state: object
    labels: Labels
    until: float


_known: list[_Known] = []


async def labels_now(session: AsyncSession) -> Labels:
    """Return the labels of the conditions as they stand in the database now."""
    state = await session.scalar(STATE, {"vocabulary": Vocabulary.CONDITION})
    if not _known or _known[0].state != state:
        labels = labels_from(await _terms(session))
        _known[:] = [_Known(state, labels, 0)]
    _known[0].until = monotonic() + TRUSTED
    return _known[0].labels


async def labels_lately(session: AsyncSession) -> Labels:
    """Return the labels of the conditions as they stood at most a minute ago."""
    if _known and monotonic() < _known[0].until:
        return _known[0].labels
    return await labels_now(session)


async def _terms(session: AsyncSession) -> list[Term]:
    labels: dict[str, list[tuple[str, str]]] = defaultdict(list)
    wanted = select(ConceptLabel.concept_code, ConceptLabel.kind, ConceptLabel.label).join(
        Concept, Concept.code == ConceptLabel.concept_code
    )
    conditions = Concept.vocabulary == Vocabulary.CONDITION
    for code, kind, label in await session.execute(wanted.where(conditions)):
        labels[code].append((kind.value, label))
    rows = await session.execute(select(Concept.code, Concept.parent_code, Concept.details).where(conditions))
    return [Term(code, parent, tuple(details.get("areas", ())), tuple(labels[code])) for code, parent, details in rows]
