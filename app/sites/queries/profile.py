"""The profile of one institution: what is said of each capability, by whom, and how that stands today."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.ground.i18n import Message
from app.identity.rules import Actor
from app.sites.models import Fact, Institution
from app.sites.queries import facts_visible_to
from app.sites.queries.freshness import Freshness, freshness
from app.sites.rules import (
    ALWAYS_SHOWN,
    ALWAYS_SHOWN_OF_PARTNERS,
    CHOICES,
    SECTIONS,
    FactState,
    Standing,
    counting,
)
from app.terms.models import Concept, Vocabulary
from app.terms.queries import by_codes, concepts_of

LISTS_OF_TERMS = ("area.", "phase.")


@dataclass(frozen=True)
class Item:
    """One capability of the institution with the fact that counts.

    `others` are facts that say something else, `disagreeing` the same as items; `own` is what the institution itself says,
    whether it counts or not.
    """

    capability: Concept
    fact: Fact | None
    standing: Standing | None
    others: tuple[Fact, ...]
    terms: tuple[Concept, ...]
    own: Fact | None = None
    disagreeing: tuple["Item", ...] = ()

    @property
    def state(self) -> FactState:
        """What is known; unknown where nothing is said."""
        return self.fact.state if self.fact else FactState.UNKNOWN

    @property
    def is_known(self) -> bool:
        """Whether anything is known at all."""
        return self.state is not FactState.UNKNOWN

    @property
    def speaks(self) -> bool:
        """Whether its sources say anything, be it only a remark; that nothing was found is silence."""
        return self.fact is not None and self.fact.speaks

    @property
    def kind(self) -> str:
        """How the value is shown: state, number, text, date, list or choice."""
        return str(self.capability.details.get("kind", "state"))

    @property
    def choice(self) -> Message | None:
        """What the value of a choice is called."""
        return CHOICES.get(self.fact.value or "") if self.fact else None

    @property
    def day(self) -> date | None:
        """The day that the value of a date names."""
        return date.fromisoformat(self.fact.value) if self.kind == "date" and self.fact and self.fact.value else None


@dataclass(frozen=True)
class Section:
    """A part of the profile with its items, in the order of the vocabulary."""

    name: str
    items: tuple[Item, ...]

    @property
    def known(self) -> int:
        """On how many of its items something is known."""
        return sum(item.is_known for item in self.items)


async def profile(
    session: AsyncSession,
    institution: Institution,
    *,
    reader: Actor,
    now: datetime,
    at: datetime | None = None,
    whole: bool = False,
) -> dict[str, Section]:
    """Return what the reader may know of an institution, by the names of `rules.SECTIONS`; empty parts are left out.

    With `at` it is what was believed at that past moment, and how it stood on that day. With `whole` every
    capability of the vocabulary is there, known or not.
    """
    facts = await _facts(session, institution, reader, at)
    capabilities = await concepts_of(session, Vocabulary.CAPABILITY)
    terms = await by_codes(session, codes_in(facts))
    fresh = await freshness(session, now=now, at=at)
    items = [_item(capability, facts.get(capability.code, []), terms, fresh) for capability in capabilities]
    always = ALWAYS_SHOWN_OF_PARTNERS if institution.kind.is_of_a_hub else ALWAYS_SHOWN
    shown = [item for item in items if whole or item.fact or item.capability.code in always]
    sections = {name: _section(name, groups, shown) for name, groups in SECTIONS.items()}
    return {name: section for name, section in sections.items() if section.items}


async def _facts(
    session: AsyncSession, institution: Institution, reader: Actor, at: datetime | None
) -> dict[str, list[Fact]]:
    visible = facts_visible_to(reader, at=at)
    rows = select(Fact).where(visible, Fact.institution_id == institution.id).order_by(Fact.as_of, Fact.id)
    rows = rows.options(joinedload(Fact.hub).joinedload(Institution.organisation))
    facts: dict[str, list[Fact]] = {}
    for fact in await session.scalars(rows):
        facts.setdefault(fact.capability_code, []).append(fact)
    return facts


def codes_in(facts: Mapping[str, Sequence[Fact]]) -> set[str]:
    """Return the codes of terms that values hold, so that their names can be read at once."""
    values = (fact.value for said in facts.values() for fact in said if fact.value)
    return {code for value in values for code in value.split("|") if code.startswith(LISTS_OF_TERMS)}


def _item(capability: Concept, said: Sequence[Fact], terms: Mapping[str, Concept], fresh: Freshness) -> Item:
    fact = counting(said, fresh.is_stale)
    if fact is None:
        return Item(capability, None, None, (), ())
    others = tuple(one for one in said if one.speaks and (one.state, one.value) != (fact.state, fact.value))
    own = next((one for one in said if one.is_own), None)
    differing = tuple(alone(capability, one, terms, fresh) for one in others)
    return Item(capability, fact, fresh.of(fact), others, _named(fact, terms), own, differing)


def alone(capability: Concept, fact: Fact, terms: Mapping[str, Concept], fresh: Freshness) -> Item:
    """Return one fact as an item of its own, to be shown beside others."""
    return Item(capability, fact, fresh.of(fact), (), _named(fact, terms))


def _named(fact: Fact, terms: Mapping[str, Concept]) -> tuple[Concept, ...]:
    return tuple(terms[code] for code in (fact.value or "").split("|") if code in terms)


def _section(name: str, groups: Sequence[str], items: Sequence[Item]) -> Section:
    return Section(name, tuple(item for item in items if item.capability.details.get("group") in groups))


@dataclass(frozen=True)
class Summary:
    """How many items of a profile stand how; every item is in one of the four."""

    confirmed: int
    stale: int
    unconfirmed: int
    unknown: int

    @property
    def total(self) -> int:
        """How many items there are."""
        return self.confirmed + self.stale + self.unconfirmed + self.unknown

    @property
    def is_silent(self) -> bool:
        """Whether nothing at all is known."""
        return self.unknown == self.total


def summary(sections: Mapping[str, Section]) -> Summary:
    """Count how the items of a profile stand. A known item that is due again counts as stale, confirmed or not."""
    counts = Counter(standing_of(item) for section in sections.values() for item in section.items)
    return Summary(counts["confirmed"], counts["stale"], counts["unconfirmed"], counts["unknown"])


def standing_of(item: Item) -> str:
    """Say how an item stands: confirmed, stale (confirmed or not), unconfirmed or unknown."""
    if not item.is_known or item.standing is None:
        return "unknown"
    if item.standing.stale:
        return "stale"
    return "confirmed" if item.standing.confirmed else "unconfirmed"
