"""Choices of a select, as the form macros take them."""

from collections.abc import Iterable

from app.ground.formats import pick
from app.ground.i18n import Locale
from app.terms.models import Concept

Choice = tuple[str, str, Locale]


def of_terms(concepts: Iterable[Concept], locale: Locale) -> list[Choice]:
    """Return code, name and the language of the name of each term: names are data."""
    return [(concept.code, *pick(concept, locale)) for concept in concepts]
