"""How each capability is filled in: its kind, and the words that name its choices in both languages."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.sites.rules import CHOICES, NOT_STATED_BY_SITES, CapabilityForm
from app.sites.rules.statements import folded
from app.terms.models import Concept, Vocabulary
from app.terms.queries import concepts_of

# The vocabulary that a capability holding a list is filled from.
LISTS = {"site.therapeutic_areas": Vocabulary.AREA, "site.phases": Vocabulary.PHASE}


async def capability_forms(session: AsyncSession) -> dict[str, CapabilityForm]:
    """Return the form of every capability that an institution may state, by code, in the order of the vocabulary."""
    lists = {code: _named(await concepts_of(session, vocabulary)) for code, vocabulary in LISTS.items()}
    capabilities = await concepts_of(session, Vocabulary.CAPABILITY)
    return {one.code: _form(one, lists) for one in capabilities if one.details["group"] not in NOT_STATED_BY_SITES}


def _form(concept: Concept, lists: dict[str, dict[str, str]]) -> CapabilityForm:
    words = lists.get(concept.code, {})
    for value in concept.details.get("values", ()):
        label = CHOICES[value]
        words = words | {folded(word): value for word in (value, label.in_("en"), label.in_("ja"))}
    return CapabilityForm(concept.code, concept.details["kind"], words, concept.details.get("unit_en") or None)


def _named(concepts: list[Concept]) -> dict[str, str]:
    return {
        folded(word): concept.code for concept in concepts for word in (concept.code, concept.name_en, concept.name_ja)
    }
