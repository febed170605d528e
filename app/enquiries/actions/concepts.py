"""What was typed for a coded field becomes a code of the vocabularies, or a sentence with what it could mean."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries.fields import FIELDS, Field, Kind
from app.enquiries.offers import CODED, is_offered, vocabularies_of
from app.enquiries.rules import quoted
from app.enquiries.words import COUNTRY, concept_code
from app.ground.i18n import Message, Said, _, say
from app.terms import queries as terms
from app.terms.models import Concept

NOT_IN_THE_LIST = _("“%(typed)s” is not in our list. Choose one of the suggestions, or a wider word.")
SEVERAL = _("“%(typed)s” could mean several things. Choose one of the suggestions.")
NO_COUNTRY = _("“%(typed)s” is not a country that we know. Type its English or Japanese name, or its two-letter code.")


async def resolved(session: AsyncSession, read: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Said]]:
    """Return the values with every coded one as codes, and a sentence for each that is none of ours.

    A code passes as it is; a word that names exactly one concept becomes its code.
    """
    values, wrong = dict(read), dict[str, Said]()
    coded = {code: value for code, value in read.items() if value is not None and FIELDS[code].kind in CODED}
    known = await terms.by_codes(session, sorted(_as_codes(coded)))
    for code, value in coded.items():
        field = FIELDS[code]
        try:
            found = [
                await _one(session, field, typed, known) for typed in (value if field.kind.takes_many else [value])
            ]
        except _Unknown as unknown:
            wrong[code] = unknown.said
            continue
        values[code] = list(dict.fromkeys(found)) if field.kind.takes_many else found[0]
    return values, wrong


class _Unknown(Exception):
    def __init__(self, words: Message, typed: str) -> None:
        super().__init__(words.msgid)
        self.said = say(words, typed=quoted(typed))


def _as_codes(coded: Mapping[str, Any]) -> Iterable[str]:
    for code, value in coded.items():
        field = FIELDS[code]
        for typed in value if field.kind.takes_many else [value]:
            yield _written(field, typed)


def _written(field: Field, typed: str) -> str:
    """Return what was typed as a code would be written: two letters are a country's."""
    if field.kind in (Kind.COUNTRY, Kind.COUNTRIES):
        return concept_code(field, typed.removeprefix(COUNTRY).upper())
    return typed


async def _one(session: AsyncSession, field: Field, typed: str, known: Mapping[str, Concept]) -> str:
    """Return the code of one typed thing. Raises _Unknown."""
    concept = known.get(_written(field, typed))
    if concept is not None and is_offered(field, concept):
        return concept.code.removeprefix(COUNTRY)
    named = await terms.exact(session, typed, vocabularies=vocabularies_of(field))
    meant = [one for one in named if is_offered(field, one)]
    if len(meant) == 1:
        return meant[0].code.removeprefix(COUNTRY)
    if field.kind in (Kind.COUNTRY, Kind.COUNTRIES):
        raise _Unknown(NO_COUNTRY, typed)
    raise _Unknown(SEVERAL if meant else NOT_IN_THE_LIST, typed)
