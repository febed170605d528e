"""One fact of one institution: what counts now and why, what else stands, and all that was ever said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.ground.i18n import Message, _
from app.identity.models import Person
from app.identity.rules import Actor
from app.sites.errors import NoSuchCapability
from app.sites.models import Fact, FactCheck, Institution
from app.sites.queries import fact_readable_by
from app.sites.queries.freshness import freshness
from app.sites.queries.profile import Item, alone, codes_in
from app.sites.rules import counting
from app.terms.models import Concept, Vocabulary
from app.terms.queries import by_codes


class Why(StrEnum):
    """Why one of several sources is believed; see `rules.authority`."""

    SILENT = "silent"
    ALONE = "alone"
    OWN_WORD = "own_word"
    NEWEST = "newest"

    @property
    def label(self) -> Message:
        """The reason in the reader's words."""
        return _REASONS[self]


_REASONS = {
    Why.SILENT: _("No source says anything."),
    Why.ALONE: _("It is the only source that says anything."),
    Why.OWN_WORD: _("The institution itself confirmed it, and not too long ago: that comes before every other source."),
    Why.NEWEST: _("The institution has not confirmed it lately, so that the source of the latest date counts."),
}


@dataclass(frozen=True)
class Told:
    """One thing that was said: as an item, with who recorded and who confirmed it where the reader may know."""

    item: Item
    fact: Fact
    recorded_by: str | None
    confirmed_by: str | None
    replaced_by: Item | None


@dataclass(frozen=True)
class Check:
    """An officer's check of a fact."""

    check: FactCheck
    by: str


@dataclass(frozen=True)
class History:
    """All that is known of one capability of an institution, the latest first; `checks` are for officers alone."""

    capability: Concept
    counts: Item | None
    why: Why
    current: Sequence[Told]
    told: Sequence[Told]
    checks: Sequence[Check]
    names_people: bool

    @property
    def disagree(self) -> bool:
        """Whether sources that stand now say different things."""
        said = {(one.fact.state, one.fact.value) for one in self.current if one.fact.speaks}
        return len(said) > 1


async def history_of(
    session: AsyncSession, institution: Institution, capability: str, *, reader: Actor, now: datetime
) -> History:
    """Return what the reader may know of one capability, from the first word on. Raises NoSuchCapability.

    Officers and the institution's own coordinators also learn who recorded and confirmed it.
    """
    found = (await by_codes(session, [capability])).get(capability) if capability.isprintable() else None
    if found is None or found.vocabulary is not Vocabulary.CAPABILITY:
        raise NoSuchCapability
    facts = await _facts(session, institution, capability, reader)
    fresh = await freshness(session, now=now)
    terms = await by_codes(session, codes_in({capability: facts}))
    items = {fact.id: alone(found, fact, terms, fresh) for fact in facts}
    names_people = reader.is_staff or institution.id in reader.institution_ids
    people = await _names(session, facts) if names_people else {}
    told = [_told(fact, facts, items, people) for fact in facts]
    current = [one for one in told if one.fact.superseded_at is None]
    counts = counting([one.fact for one in current], fresh.is_stale)
    return History(
        capability=found,
        counts=items[counts.id] if counts else None,
        why=_why(items[counts.id] if counts else None, current),
        current=current,
        told=told,
        checks=await _checks(session, facts) if reader.is_staff else [],
        names_people=names_people,
    )


def _why(counts: Item | None, current: Sequence[Told]) -> Why:
    if counts is None or not counts.speaks:
        return Why.SILENT
    if sum(one.fact.speaks for one in current) == 1:
        return Why.ALONE
    own = counts.standing is not None and counts.standing.confirmed and not counts.standing.stale
    return Why.OWN_WORD if own else Why.NEWEST


async def _facts(session: AsyncSession, institution: Institution, capability: str, reader: Actor) -> list[Fact]:
    rows = select(Fact).where(Fact.institution_id == institution.id, Fact.capability_code == capability)
    rows = rows.where(fact_readable_by(reader)).options(joinedload(Fact.hub).joinedload(Institution.organisation))
    return list(await session.scalars(rows.order_by(Fact.recorded_at.desc(), Fact.as_of.desc(), Fact.id)))


def _told(fact: Fact, facts: Iterable[Fact], items: Mapping[UUID, Item], people: Mapping[UUID | None, str]) -> Told:
    # What replaced a fact was recorded at the moment that ended it, by whoever may replace it.
    ended = fact.superseded_at
    after = [one for one in facts if ended and one.recorded_at == ended and one.is_own == fact.is_own]
    return Told(
        items[fact.id],
        fact,
        people.get(fact.recorded_by_id),
        people.get(fact.confirmed_by_id),
        items[after[0].id] if after else None,
    )


async def _names(session: AsyncSession, facts: Iterable[Fact]) -> dict[UUID | None, str]:
    ids = {one for fact in facts for one in (fact.recorded_by_id, fact.confirmed_by_id) if one}
    rows = await session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


async def _checks(session: AsyncSession, facts: Iterable[Fact]) -> list[Check]:
    rows = select(FactCheck, Person.name).join(Person, Person.id == FactCheck.checked_by_id)
    rows = rows.where(FactCheck.fact_id.in_([fact.id for fact in facts]))
    return [Check(*row) for row in await session.execute(rows.order_by(FactCheck.checked_at.desc()))]
