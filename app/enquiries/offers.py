"""Which concepts of the vocabularies a coded field may take."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries.fields import Field, Kind
from app.terms import queries as terms
from app.terms.models import Concept, Vocabulary

CODED = (Kind.CONCEPT, Kind.CONCEPTS, Kind.COUNTRY, Kind.COUNTRIES)
# Too many to list on a form: these are searched as one types.
SEARCHED = (Vocabulary.CONDITION,)


def vocabularies_of(field: Field) -> list[Vocabulary]:
    """Return the vocabularies that a coded field takes its values from."""
    if field.kind in (Kind.COUNTRY, Kind.COUNTRIES):
        return [Vocabulary.COUNTRY]
    return [Vocabulary(name) for name in field.vocabularies]


def is_offered(field: Field, concept: Concept) -> bool:
    """Say whether a concept may be a field's value; of the capabilities only those that a trial can ask for."""
    return (
        concept.vocabulary in vocabularies_of(field)
        and concept.code.startswith(field.prefixes)
        and not (field.without and concept.code.startswith(field.without))
        and (concept.vocabulary is not Vocabulary.CAPABILITY or bool(concept.details.get("criterion")))
    )


async def offered(session: AsyncSession, fields: Iterable[Field]) -> dict[str, list[Concept]]:
    """Return field to every concept that it may take, in the order of its vocabularies, in one query for all fields.

    Fields whose vocabulary is searched and not listed are left out.
    """
    listed = [field for field in fields if field.kind in CODED and not is_searched(field)]
    wanted = {name for field in listed for name in vocabularies_of(field)}
    rows = select(Concept).where(Concept.vocabulary.in_(wanted)).order_by(Concept.vocabulary, Concept.position)
    concepts = list(await session.scalars(rows)) if wanted else []
    return {field.code: [concept for concept in concepts if is_offered(field, concept)] for field in listed}


def is_searched(field: Field) -> bool:
    """Say whether a field's vocabulary is searched as one types, and not listed."""
    return any(name in SEARCHED for name in vocabularies_of(field))


async def suggestions(session: AsyncSession, field: Field, typed: str, *, limit: int = 8) -> list[Concept]:
    """Return what typed words could mean, the nearest first."""
    found = await terms.search(session, typed, vocabularies=vocabularies_of(field), limit=limit)
    return [one.concept for one in found if is_offered(field, one.concept)]
