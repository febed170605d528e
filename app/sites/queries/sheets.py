"""What stands, as the sheets of a coordinator show it, and what stood when a file was made."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.ground.calendar import in_japan
from app.ground.i18n import Locale
from app.ground.sheets import Value
from app.identity.rules import Actor
from app.sites.errors import NoSuchSheetImport
from app.sites.models import Capacity, Fact, Institution, SheetImport
from app.sites.queries import capacity_of
from app.sites.queries.forms import capability_forms
from app.sites.queries.freshness import periods
from app.sites.queries.profile import Item, profile
from app.sites.rules import due_again
from app.sites.rules.sheets import (
    FACT_CELLS,
    ROOM_CELLS,
    FactSheet,
    RoomSheet,
    Version,
    fact_version,
    room_key,
    room_version,
)
from app.terms.models import Concept, Vocabulary
from app.terms.queries import concepts_of

SHOWN_IMPORTS = 10
DATES = frozenset({"as_of", "from_day"})
Labels = Mapping[str, Mapping[Locale, str]]
Was = dict[str, tuple[str, Version]]


@dataclass(frozen=True)
class Standing:
    """Everything that the sheets of an institution say now.

    `names` are those of what a line speaks of, by its key; `own` are the ids of the institution's own statements.
    """

    facts: FactSheet
    rooms: RoomSheet
    items: tuple[Item, ...]
    rows: tuple[Capacity, ...]
    months: Mapping[str, int | None]

    @property
    def fact_versions(self) -> dict[str, Version]:
        """The facts that count, as the sheet shows them, by capability."""
        return {item.capability.code: _fact_version(item.fact, self.facts.labels) for item in self.items if item.fact}

    @property
    def room_versions(self) -> dict[str, Version]:
        """The rows of capacity, as the sheet shows them, by area and phase."""
        return {room_key(row.area_code, row.phase_code): _room_version(row) for row in self.rows}

    @property
    def own(self) -> dict[str, str]:
        """The id of what the institution itself says, by capability, whether it counts or not."""
        return {item.capability.code: str(item.own.id) if item.own else "" for item in self.items}

    @property
    def names(self) -> dict[str, dict[str, str]]:
        """The names of capabilities, and of areas with their phases, by key."""
        named = {
            item.capability.code: {"name_en": item.capability.name_en, "name_ja": item.capability.name_ja}
            for item in self.items
        }
        pairs = {
            room_key(area, phase): {"name_en": f"{a['en']}, {p['en']}", "name_ja": f"{a['ja']}・{p['ja']}"}
            for area, a in self.rooms.areas.items()
            for phase, p in self.rooms.phases.items()
        }
        return named | pairs

    def fact_rows(self, locale: Locale) -> list[dict[str, Value]]:
        """Return the lines of the sheet of facts, in the order of the vocabulary."""
        versions = self.fact_versions
        return [self._fact_row(item, versions.get(item.capability.code), locale) for item in self.items]

    def _fact_row(self, item: Item, version: Version | None, locale: Locale) -> dict[str, Value]:
        capability, fact = item.capability, item.fact
        since = fact and (in_japan(fact.confirmed_at) if fact.confirmed_at else fact.as_of)
        months = self.months.get(capability.code)
        return {
            "code": capability.code,
            "name": capability.name_ja if locale == "ja" else capability.name_en,
            "unit": capability.details.get(f"unit_{locale}") or "",
            **_cells(version or self.facts.empty, FACT_CELLS, locale),
            "confirmed": in_japan(fact.confirmed_at) if fact and fact.confirmed_at else None,
            "due": due_again(since, months) if since and months and item.is_known else None,
            "seen": version.seen if version else "",
        }

    def room_rows(self, locale: Locale) -> list[dict[str, Value]]:
        """Return the lines of the sheet of capacity, by area and phase."""
        return [
            {
                "area": row.area.name_ja if locale == "ja" else row.area.name_en,
                "phase": row.phase.name_ja if locale == "ja" else row.phase.name_en,
                **_cells(_room_version(row), ROOM_CELLS, locale),
                "seen": str(row.id),
            }
            for row in self.rows
        ]


def _cells(version: Version, names: Iterable[str], locale: Locale) -> dict[str, Value]:
    words = version.words[locale]
    return {
        name: date.fromisoformat(text) if name in DATES and (text := words.get(name, "")) else words.get(name, "")
        for name in names
    }


def _fact_version(fact: Fact, labels: Labels) -> Version:
    return fact_version(str(fact.id), fact, fact.source_url, labels)


def _room_version(row: Capacity) -> Version:
    return room_version(str(row.id), row, row.note_ja or row.note_en)


async def standing_of(session: AsyncSession, institution: Institution, *, reader: Actor, now: datetime) -> Standing:
    """Return what the sheets of an institution say now, to a reader who speaks for it."""
    sections = await profile(session, institution, reader=reader, now=now, whole=True)
    areas = _labels(await concepts_of(session, Vocabulary.AREA))
    phases = _labels(await concepts_of(session, Vocabulary.PHASE))
    forms = await capability_forms(session)
    items = tuple(item for section in sections.values() for item in section.items if item.capability.code in forms)
    return Standing(
        FactSheet(forms, areas | phases, in_japan(now)),
        RoomSheet(areas, phases, in_japan(now)),
        items,
        tuple(await capacity_of(session, institution.id, reader=reader)),
        await periods(session),
    )


def _labels(concepts: Iterable[Concept]) -> dict[str, dict[Locale, str]]:
    return {concept.code: {"en": concept.name_en, "ja": concept.name_ja} for concept in concepts}


async def seen_facts(session: AsyncSession, institution: Institution, ids: Collection[UUID], labels: Labels) -> Was:
    """Return what an institution's facts with these ids said, superseded or not: nothing that was said is lost."""
    rows = select(Fact).where(Fact.institution_id == institution.id, Fact.id.in_(ids))
    return {str(fact.id): (fact.capability_code, _fact_version(fact, labels)) for fact in await session.scalars(rows)}


async def seen_rooms(session: AsyncSession, institution: Institution, ids: Collection[UUID]) -> Was:
    """Return what an institution's rows of capacity with these ids said, superseded or not."""
    rows = select(Capacity).where(Capacity.institution_id == institution.id, Capacity.id.in_(ids))
    found = await session.scalars(rows)
    return {str(row.id): (room_key(row.area_code, row.phase_code), _room_version(row)) for row in found}


async def get_import(
    session: AsyncSession, institution: Institution, import_id: UUID, *, locked: bool = False
) -> SheetImport:
    """Return a file that was sent in for an institution; `locked` until the transaction ends.

    The institution has been found for a reader who speaks for it. Raises NoSuchSheetImport for any other's.
    """
    rows = select(SheetImport).where(SheetImport.institution_id == institution.id, SheetImport.id == import_id)
    rows = rows.options(joinedload(SheetImport.uploaded_by, innerjoin=True), joinedload(SheetImport.applied_by))
    found = await session.scalar(rows.with_for_update(of=SheetImport) if locked else rows)
    if found is None:
        raise NoSuchSheetImport
    return found


async def imports_of(session: AsyncSession, institution: Institution) -> list[SheetImport]:
    """Return the files that were last sent in for an institution, the newest first."""
    rows = select(SheetImport).where(SheetImport.institution_id == institution.id)
    people = (joinedload(SheetImport.uploaded_by, innerjoin=True), joinedload(SheetImport.applied_by))
    latest = rows.order_by(SheetImport.uploaded_at.desc(), SheetImport.id).limit(SHOWN_IMPORTS)
    return list(await session.scalars(latest.options(*people)))
