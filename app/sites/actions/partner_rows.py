"""Partners written in bulk: some eight statements, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Uuid, any_, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.models import Organisation, OrganisationKind
from app.identity.rules import Actor
from app.sites.models import Fact, Institution, Partnership
from app.sites.rules import FactState, SourceKind
from app.sites.rules.partners import OF_ITSELF, Change, Known, PartnerStatement, restated

Rows = list[dict[str, Any]]
# Columns of the institution by the field of the statement.
PLACE = {"kind": "kind", "prefecture_code": "prefecture", "city_ja": "city", "website": "website"}


@dataclass(frozen=True)
class Placed:
    """A change with the partner that it is about: as it stands, or with the id and code that it gets."""

    change: Change
    said: PartnerStatement
    known: Known

    @property
    def key(self) -> UUID:
        """The partner's id."""
        return self.known.institution_id

    def kept(self, name: str) -> Any:
        """Return a field as it is stated, or as it stood where the statement does not speak of it."""
        return getattr(self.said if name in self.said.spoken else self.known.said, name)

    @property
    def name_en(self) -> str:
        """The English name; without one the Japanese name stands for both."""
        return str(self.kept("name_en") or self.kept("name_ja"))


async def write_partners(
    session: AsyncSession, hub: Institution, changes: Sequence[Change], *, by: Actor, now: datetime
) -> None:
    """Write what is new and changed of a hub's partners; whoever calls has locked the hub and writes the audit row."""
    placed = await _placed(session, hub, changes)
    await _write_institutions(session, hub, placed, now=now)
    await _supersede(session, placed, now=now)
    if placed:
        await session.execute(insert(Partnership), _partnership_rows(hub, placed, by, now))
    if facts := _fact_rows(hub, placed, by, now):
        await session.execute(insert(Fact), facts)


async def _placed(session: AsyncSession, hub: Institution, changes: Sequence[Change]) -> list[Placed]:
    """Give the new partners an id and a code: the code of the hub, P and a running number."""
    pattern = f"{hub.code}-P"
    taken = await session.scalars(select(Institution.code).where(Institution.code.startswith(pattern, autoescape=True)))
    numbers = [int(code.removeprefix(pattern)) for code in taken if code.removeprefix(pattern).isdecimal()]
    number, placed = max(numbers, default=0), []
    for change in changes:
        if change.said is None or change.what not in {"new", "changed"}:
            continue
        number += change.known is None
        placed.append(Placed(change, change.said, change.known or Known(f"{pattern}{number:03}", uuid4(), change.said)))
    return placed


async def _write_institutions(session: AsyncSession, hub: Institution, placed: list[Placed], *, now: datetime) -> None:
    if new := [one for one in placed if one.change.known is None]:
        await session.execute(insert(Organisation), [_organisation(one, hub, now) for one in new])
        await session.execute(insert(Institution), [_institution(one, hub) for one in new])
    if changed := [one for one in placed if any(name in OF_ITSELF for name, *_ in one.change.details)]:
        names = [{"id": one.key, "name_ja": one.kept("name_ja"), "name_en": one.name_en} for one in changed]
        await session.execute(update(Organisation), names)
        await session.execute(update(Institution), [{"id": one.key, **_place(one)} for one in changed])


def _place(one: Placed) -> dict[str, Any]:
    return {column: one.kept(name) for column, name in PLACE.items()}


def _organisation(one: Placed, hub: Institution, now: datetime) -> dict[str, Any]:
    return {
        "id": one.key,
        "kind": OrganisationKind.INSTITUTION,
        "name_en": one.name_en,
        "name_ja": one.kept("name_ja"),
        "demo": hub.demo,
        "created_at": now,
    }


def _institution(one: Placed, hub: Institution) -> dict[str, Any]:
    return {"id": one.key, "code": one.known.code, **_place(one), "as_of": one.said.as_of, "demo": hub.demo}


async def _supersede(session: AsyncSession, placed: list[Placed], *, now: datetime) -> None:
    partnerships = [one.known.partnership_id for one in placed if one.known.partnership_id is not None]
    facts = [one.known.fact_ids[code] for one in placed for code in restated(one.change) if code in one.known.fact_ids]
    for table, ids in ((Partnership, partnerships), (Fact, facts)):
        if ids:
            ended = update(table).where(table.id == any_(literal(ids, ARRAY(Uuid)))).values(superseded_at=now)
            await session.execute(ended.execution_options(synchronize_session=False))


def _partnership_rows(hub: Institution, placed: list[Placed], by: Actor, now: datetime) -> Rows:
    return [
        {
            "hub_id": hub.id,
            "partner_id": one.key,
            "since": one.kept("since"),
            "source_url": one.kept("source"),
            "as_of": one.said.as_of,
            "recorded_at": now,
            "recorded_by_id": by.person_id,
        }
        for one in placed
    ]


def _fact_rows(hub: Institution, placed: list[Placed], by: Actor, now: datetime) -> Rows:
    """Return a fact for each capability stated; that nothing is known withdraws what stood, and adds none."""
    return [
        {
            "institution_id": one.key,
            "capability_code": code,
            "state": state,
            "source_kind": SourceKind.PUBLIC_PAGE if one.kept("source") else SourceKind.HUB,
            "source_url": one.kept("source"),
            "further_sources": [],
            "hub_id": hub.id,
            "as_of": one.said.as_of,
            "confidence": "stated by the hub",
            "recorded_at": now,
            "recorded_by_id": by.person_id,
        }
        for one in placed
        for code, state in restated(one.change).items()
        if state is not FactState.UNKNOWN
    ]
