"""Values put into words: coded ones in the reader's language, texts as they were typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries.fields import FIELDS, Field, Kind
from app.enquiries.rules import Value
from app.ground.formats import pick
from app.ground.i18n import Locale, Message, Said, _, say
from app.terms import queries as terms

COUNTRY = "country."
YEARS = _("%(number)s years")


@dataclass(frozen=True)
class Word:
    """One thing to say: words of ours, a name in both languages, a text as typed, a number or a day."""

    message: Message | Said | None = None
    name_en: str | None = None
    name_ja: str | None = None
    text: str | None = None
    number: int | None = None
    day: date | None = None


Words = tuple[Word, ...]


def concept_code(field: Field, code: str) -> str:
    """Return the code under which a value stands in the vocabularies."""
    return f"{COUNTRY}{code}" if field.kind in (Kind.COUNTRY, Kind.COUNTRIES) else code


async def spoken(session: AsyncSession, values: Mapping[str, Value]) -> dict[str, Words]:
    """Return field to its value in words, in one query; a value that we could not read is said as it was read."""
    return (await spoken_each(session, [values]))[0]


async def spoken_each(session: AsyncSession, many: Iterable[Mapping[str, Value]]) -> list[dict[str, Words]]:
    """Return the words of several enquiries' values, in one query for all of them."""
    listed = list(many)
    known = await terms.by_codes(session, sorted({code for values in listed for code in _codes(values)}))
    names = {code: Word(name_en=concept.name_en, name_ja=concept.name_ja) for code, concept in known.items()}
    return [{code: _words(value, names) for code, value in values.items() if code in FIELDS} for values in listed]


def _codes(values: Mapping[str, Value]) -> Iterable[str]:
    coded = (Kind.CONCEPT, Kind.CONCEPTS, Kind.COUNTRY, Kind.COUNTRIES)
    for code, value in values.items():
        if code in FIELDS and FIELDS[code].kind in coded and value.value is not None:
            yield from (concept_code(FIELDS[code], one) for one in _several(value.value))


def _words(value: Value, names: Mapping[str, Word]) -> Words:
    field = FIELDS[value.field]
    if value.value is None:
        return tuple(Word(text=str(one)) for one in _several(value.as_read) if one is not None)
    return tuple(_word(field, one, names) for one in _several(value.value))


def _word(field: Field, one: Any, names: Mapping[str, Word]) -> Word:
    if field.kind in (Kind.CHOICE, Kind.CHOICES):
        message = field.label_of(one)
        return Word(message=message) if message else Word(text=str(one))
    if field.kind is Kind.COUNT:
        return Word(number=one)
    if field.kind is Kind.AGE:
        return Word(message=say(YEARS, number=one))
    if field.kind is Kind.DAY:
        return Word(day=date.fromisoformat(one))
    if field.kind in (Kind.TEXT, Kind.LONG_TEXT):
        return Word(text=one)
    return names.get(concept_code(field, one)) or Word(text=str(one))


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def title_in(words: Mapping[str, Words], locale: Locale) -> str | None:
    """Return what a request is about, by its condition and phase; None before either is known."""
    named = [word for code in ("condition", "phase") for word in words.get(code, ()) if word.name_en]
    parted = "、" if locale == "ja" else ", "
    return parted.join(pick({"name_en": word.name_en, "name_ja": word.name_ja}, locale)[0] for word in named) or None
