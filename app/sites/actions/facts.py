"""What a coordinator says of their institution: stated or confirmed, added beside what was said before."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.ground.i18n import Message, Said
from app.identity.rules import Actor
from app.sites import queries
from app.sites.actions.questions import answer_by_stating
from app.sites.errors import FactsMovedOn, NoSuchCapability
from app.sites.models import Fact, Institution
from app.sites.queries.forms import capability_forms
from app.sites.rules import OWN_WORD, FactStatement, SourceKind, read_fact

Typed = Mapping[str, str]


async def state_facts(
    session: AsyncSession, code: str, rows: Mapping[str, Typed], *, by: Actor, now: datetime
) -> list[Fact]:
    """Record what the coordinator's institution says of several capabilities; return the facts that are new.

    `rows` holds, by capability, what `rules.read_fact` reads as it was typed, and in `seen` the id of the
    institution's own statement that the page showed, empty for none. What says the same as before, in the same words
    and of the same day, is left as it is. A statement that says nothing withdraws what was said before, and public
    sources count again. All or nothing: raises NoSuchInstitution for an institution that `by` does not speak for,
    NoSuchCapability, Unacceptable with a sentence for each field ("capability:field") that cannot be taken, FactsMovedOn
    naming the capabilities where another statement stands by now.
    """
    institution = await queries.own_institution(session, code, reader=by)
    said = await _read(session, rows, now)
    before = await _own_words(session, institution, rows)
    changed = {capability: one for capability, one in said.items() if _differs(before.get(capability), one)}
    _refuse_what_moved_on(before, {capability: rows[capability].get("seen", "") for capability in changed})
    return await _supersede(session, institution, before, changed, by=by, now=now)


async def confirm_facts(
    session: AsyncSession, code: str, seen: Mapping[str, str], *, by: Actor, now: datetime
) -> list[Fact]:
    """Record that facts still hold today; return the institution's new statements.

    `seen` holds, by capability, the id of the fact that the page showed, be it the institution's own word or what a
    public page says: confirming the latter makes it the institution's word, with that page as its source. Raises
    NoSuchInstitution for an institution that `by` does not speak for, FactsMovedOn where a fact no longer stands.
    """
    institution = await queries.own_institution(session, code, reader=by)
    await queries.lock_institution(session, institution.id)
    wanted = {capability: _uuid(key) for capability, key in seen.items()}
    rows = select(Fact).where(Fact.id.in_([key for key in wanted.values() if key]), Fact.superseded_at.is_(None))
    shown = {fact.id: fact for fact in await session.scalars(rows.where(Fact.institution_id == institution.id))}
    said: dict[str, FactStatement] = {}
    for capability, key in wanted.items():
        fact = shown.get(key) if key else None
        if fact is None or fact.capability_code != capability or not fact.speaks:
            raise FactsMovedOn([capability])
        said[capability] = FactStatement(
            fact.state, fact.value, fact.unit, fact.note_ja, fact.note_en, fact.source_url, in_japan(now)
        )
    before = await _own_words(session, institution, said)
    return await _supersede(session, institution, before, said, by=by, now=now)


async def _read(session: AsyncSession, rows: Mapping[str, Typed], now: datetime) -> dict[str, FactStatement]:
    forms = await capability_forms(session)
    said: dict[str, FactStatement] = {}
    errors: dict[str, Message | Said] = {}
    for capability, typed in rows.items():
        if capability not in forms:
            raise NoSuchCapability
        statement, wrong = read_fact(forms[capability], typed, today=in_japan(now))
        errors |= {f"{capability}:{name}": sentence for name, sentence in wrong.items()}
        if statement is not None:
            said[capability] = statement
    if errors:
        raise Unacceptable(errors)
    return said


async def _own_words(session: AsyncSession, institution: Institution, capabilities: Collection[str]) -> dict[str, Fact]:
    """Return what the institution itself says now; it is locked first, so that two coordinators take turns."""
    await queries.lock_institution(session, institution.id)
    current = select(Fact).where(
        Fact.institution_id == institution.id,
        Fact.capability_code.in_(capabilities),
        Fact.source_kind.in_(OWN_WORD),
        Fact.superseded_at.is_(None),
    )
    return {fact.capability_code: fact for fact in await session.scalars(current)}


def _differs(before: Fact | None, said: FactStatement) -> bool:
    if before is None:
        return said.speaks
    was = (before.state, before.value, before.note_ja, before.note_en, before.source_url)
    return was != (said.state, said.value, said.note_ja, said.note_en, said.page) or (
        said.speaks and before.as_of != said.as_of
    )


def _refuse_what_moved_on(before: Mapping[str, Fact], seen: Mapping[str, str]) -> None:
    stands = {capability: str(before[capability].id) if capability in before else "" for capability in seen}
    if moved := [capability for capability in seen if seen[capability] != stands[capability]]:
        raise FactsMovedOn(moved)


async def _supersede(
    session: AsyncSession,
    institution: Institution,
    before: Mapping[str, Fact],
    said: Mapping[str, FactStatement],
    *,
    by: Actor,
    now: datetime,
) -> list[Fact]:
    for capability in said:
        if capability in before:
            before[capability].superseded_at = now
    await session.flush()
    facts = [_fact(institution.id, capability, one, by=by, now=now) for capability, one in said.items()]
    session.add_all(facts)
    await session.flush()
    if facts:
        audit.record(session, "facts.stated", subject=institution.id, by=by, now=now, capabilities=sorted(said))
        spoken = [capability for capability, one in said.items() if one.speaks]
        await answer_by_stating(session, institution.id, spoken, by=by, now=now)
    return facts


def _fact(institution_id: UUID, capability: str, said: FactStatement, *, by: Actor, now: datetime) -> Fact:
    """Return a row of the institution's own word: it vouches for what it says, and for nothing when it says nothing."""
    return Fact(
        institution_id=institution_id,
        capability_code=capability,
        state=said.state,
        value=said.value,
        unit=said.unit,
        note_ja=said.note_ja,
        note_en=said.note_en,
        source_kind=SourceKind.SITE,
        source_url=said.page,
        as_of=said.as_of,
        confidence="site",
        confirmed_by_id=by.person_id if said.speaks else None,
        confirmed_at=now if said.speaks else None,
        recorded_at=now,
        recorded_by_id=by.person_id,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
