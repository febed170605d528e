"""Reads of the vocabularies. They are public: there is nobody to hide a term from."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.ground.paging import Paged, Paging
from app.terms.errors import NoSuchTerm
from app.terms.models import Concept, ConceptLabel, Vocabulary
from app.terms.rules import Label, compact, fold, ranked

# Labels looked at before they are ranked. They come shortest first, so an exact word is always among them.
LOOKED_AT = 500
MOST_WORDS = 8


@dataclass(frozen=True)
class Found:
    """A concept, and which of its labels was hit."""

    concept: Concept
    label: str
    language: str
    kind: str


async def search(
    session: AsyncSession, text: str, *, vocabularies: Collection[Vocabulary], limit: int = 10
) -> list[Found]:
    """Return the concepts that some label finds, the nearest first; two queries. Text of signs alone finds nothing."""
    words = fold(text).split()[:MOST_WORDS]
    if not words:
        return []
    typed = " ".join(words)
    labels = await session.scalars(
        select(ConceptLabel)
        .join(Concept, Concept.code == ConceptLabel.concept_code)
        .where(Concept.vocabulary.in_(vocabularies), *(_tight().contains(word, autoescape=True) for word in words))
        .order_by(func.length(ConceptLabel.folded), ConceptLabel.folded, ConceptLabel.concept_code)
        .limit(LOOKED_AT)
    )
    hits = ranked(typed, (_as_label(label) for label in labels))[:limit]
    concepts = await by_codes(session, [hit.label.code for hit in hits])
    return [Found(concepts[hit.label.code], hit.label.label, hit.label.language, hit.label.kind) for hit in hits]


def _tight() -> ColumnElement[str]:
    return func.replace(ConceptLabel.folded, " ", "")


def _as_label(row: ConceptLabel) -> Label:
    return Label(row.concept_code, row.language, row.kind.value, row.label, row.folded)


async def exact(session: AsyncSession, text: str, *, vocabularies: Collection[Vocabulary]) -> list[Concept]:
    """Return the concepts that have a label written like this text, by whatever folding ignores."""
    typed = compact(fold(text))
    if not typed:
        return []
    having = select(ConceptLabel.concept_code).where(_tight() == typed)
    found = select(Concept).where(Concept.vocabulary.in_(vocabularies), Concept.code.in_(having))
    return list(await session.scalars(found.order_by(Concept.vocabulary, Concept.position)))


async def concept(session: AsyncSession, code: str) -> Concept:
    """Return the concept of a code. Raises NoSuchTerm."""
    # PostgreSQL takes no NUL in a text, and no code holds a sign that cannot be printed.
    found = await session.get(Concept, code) if code.isprintable() else None
    if found is None:
        raise NoSuchTerm
    return found


async def by_codes(session: AsyncSession, codes: Iterable[str]) -> dict[str, Concept]:
    """Return the concepts of these codes, unknown codes left out; one query."""
    found = await session.scalars(select(Concept).where(Concept.code.in_(set(codes))))
    return {concept.code: concept for concept in found}


async def concepts_of(session: AsyncSession, vocabulary: Vocabulary) -> list[Concept]:
    """Return a whole vocabulary in its own order: choices of a form."""
    wanted = select(Concept).where(Concept.vocabulary == vocabulary).order_by(Concept.position)
    return list(await session.scalars(wanted))


async def concepts_in(session: AsyncSession, vocabularies: Iterable[Vocabulary]) -> dict[str, Concept]:
    """Return several whole vocabularies by code, each in its own order; one query."""
    wanted = select(Concept).where(Concept.vocabulary.in_(set(vocabularies)))
    found = await session.scalars(wanted.order_by(Concept.vocabulary, Concept.position))
    return {concept.code: concept for concept in found}


async def by_mesh(session: AsyncSession, ids: Iterable[str], vocabulary: Vocabulary) -> list[Concept]:
    """Return the concepts that say the same as one of these MeSH headings, in the vocabulary's order."""
    mesh = Concept.codes["mesh"]
    wanted = select(Concept).where(
        Concept.vocabulary == vocabulary, mesh["code"].astext.in_(set(ids)), mesh["fit"].astext == "same"
    )
    return list(await session.scalars(wanted.order_by(Concept.position)))


async def children(session: AsyncSession, code: str) -> list[Concept]:
    """Return the concepts directly under one, in order."""
    wanted = select(Concept).where(Concept.parent_code == code).order_by(Concept.position)
    return list(await session.scalars(wanted))


async def ancestors(session: AsyncSession, codes: Iterable[str]) -> dict[str, list[str]]:
    """Return for each code the codes above it, the nearest first; one query. A code without any has an empty list."""
    return await _walk(session, codes, up=True)


async def descendants(session: AsyncSession, codes: Iterable[str]) -> dict[str, list[str]]:
    """Return for each code all codes below it, the nearest first; one query."""
    return await _walk(session, codes, up=False)


async def _walk(session: AsyncSession, codes: Iterable[str], *, up: bool) -> dict[str, list[str]]:
    wanted = set(codes)
    start = select(Concept.code.label("start"), Concept.code, Concept.parent_code, literal(0).label("steps"))
    walk = start.where(Concept.code.in_(wanted)).cte("walk", recursive=True)
    step = aliased(Concept)
    joined = step.code == walk.c.parent_code if up else step.parent_code == walk.c.code
    further = select(walk.c.start, step.code, step.parent_code, walk.c.steps + 1).join(step, joined)
    walk = walk.union_all(further)
    reached = select(walk.c.start, walk.c.code).where(walk.c.steps > 0).order_by(walk.c.steps, walk.c.code)
    found: dict[str, list[str]] = defaultdict(list, {code: [] for code in wanted})
    for origin, code in await session.execute(reached):
        found[origin].append(code)
    return dict(found)


async def labels_of(session: AsyncSession, codes: Iterable[str]) -> dict[str, list[ConceptLabel]]:
    """Return every word that finds these concepts: names first, then abbreviations and synonyms; one query."""
    kind = func.array_position(["preferred", "abbreviation", "synonym"], ConceptLabel.kind)
    wanted = select(ConceptLabel).where(ConceptLabel.concept_code.in_(set(codes)))
    found: dict[str, list[ConceptLabel]] = defaultdict(list)
    for label in await session.scalars(wanted.order_by(ConceptLabel.language, kind, ConceptLabel.label)):
        found[label.concept_code].append(label)
    return dict(found)


async def page_of(session: AsyncSession, vocabulary: Vocabulary, paging: Paging) -> Paged[Concept]:
    """Return one page of a vocabulary in its own order."""
    wanted = select(Concept).where(Concept.vocabulary == vocabulary)
    total = await session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = await session.scalars(wanted.order_by(Concept.position).offset(paging.offset).limit(paging.size))
    return Paged(list(rows), total, paging)


@dataclass(frozen=True)
class Size:
    """How many concepts a vocabulary has, and how many of its Japanese names nobody has reviewed yet."""

    vocabulary: Vocabulary
    count: int
    unreviewed: int


async def sizes(session: AsyncSession) -> list[Size]:
    """Return the vocabularies with their sizes, in the order in which a reader wants them."""
    unreviewed = func.count().filter(~Concept.reviewed)
    rows = await session.execute(select(Concept.vocabulary, func.count(), unreviewed).group_by(Concept.vocabulary))
    order = list(Vocabulary)
    return sorted((Size(*row) for row in rows), key=lambda size: order.index(size.vocabulary))
