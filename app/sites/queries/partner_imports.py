"""Files of partners and what they would change now: a coordinator sees their hospital's, officers their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.i18n import _
from app.ground.sheets import Line
from app.identity.models import Organisation
from app.identity.rules import Actor
from app.sites.errors import NoSuchPartnerImport
from app.sites.models import Institution, PartnerImport
from app.sites.queries import visible_to
from app.sites.queries.partner_standing import known_partners, partners_by_code, words_of
from app.sites.rules import SITE_KINDS
from app.sites.rules.partner_files import lines_of
from app.sites.rules.partners import Change, Words, planned

MOST_SHOWN = 20
NO_HUB = _("No hospital has this code or name. Enter the code that stands in the address of its profile.")


@dataclass(frozen=True)
class HubPlan:
    """What the lines about one hub would change; None: lines that name no hub."""

    hub: Institution | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Plan:
    """What a whole file would change now."""

    hubs: tuple[HubPlan, ...]

    @property
    def changes(self) -> list[Change]:
        """Every line: what is refused first, then what changes, what is new, and what stays."""
        order = ("refused", "changed", "new", "unchanged")
        return sorted(
            (change for plan in self.hubs for change in plan.changes), key=lambda one: (order.index(one.what), one.row)
        )

    def number(self, what: str) -> int:
        """How many lines are new, changed, unchanged or refused."""
        return sum(change.what == what for plan in self.hubs for change in plan.changes)


def imports_visible_to(reader: Actor) -> Select[PartnerImport]:
    """Return the files that a person may see: a coordinator those of their hospitals, an officer those of officers."""
    own = PartnerImport.hub_id.in_(reader.institution_ids)
    return select(PartnerImport).where(or_(own, PartnerImport.hub_id.is_(None)) if reader.is_staff else own)


async def get_import(
    session: AsyncSession, hub: Institution | None, import_id: UUID, *, reader: Actor, locked: bool = False
) -> PartnerImport:
    """Return a file of a hub (None: of the officers). Raises NoSuchPartnerImport."""
    wanted = imports_visible_to(reader).where(
        PartnerImport.id == import_id, PartnerImport.hub_id.is_(None) if hub is None else PartnerImport.hub_id == hub.id
    )
    found = await session.scalar(wanted.with_for_update() if locked else wanted)
    if found is None:
        raise NoSuchPartnerImport
    return found


async def imports_of(session: AsyncSession, hub: Institution | None, *, reader: Actor) -> list[PartnerImport]:
    """Return the newest files of a hub (None: of the officers)."""
    whose = PartnerImport.hub_id.is_(None) if hub is None else PartnerImport.hub_id == hub.id
    rows = imports_visible_to(reader).where(whose).order_by(PartnerImport.uploaded_at.desc())
    return list(await session.scalars(rows.limit(MOST_SHOWN)))


async def plan_of(session: AsyncSession, hub: Institution | None, content: dict[str, Any], *, today: date) -> Plan:
    """Return what the lines of a file would change now; of an officer's file, by the hubs that its lines name."""
    words, lines = await words_of(session), lines_of(content)
    if hub is not None:
        return Plan((await _hub_plan(session, hub, lines, words, today),))
    hubs = await _hubs_named(session, {line.texts.get("hub", "").strip() for line in lines})
    by_hub: dict[UUID | None, list[Line]] = {}
    for line in lines:
        named = hubs.get(line.texts.get("hub", "").strip())
        by_hub.setdefault(named.id if named else None, []).append(line)
    places = {place.id: place for place in hubs.values()}
    plans = []
    for key, said in by_hub.items():
        plans.append(await _hub_plan(session, places[key], said, words, today) if key else _nobodys(said))
    return Plan(tuple(plans))


async def _hub_plan(
    session: AsyncSession, hub: Institution, lines: Sequence[Line], words: Words, today: date
) -> HubPlan:
    known = await known_partners(session, hub)
    own = {one.code for one in known}
    codes = {line.texts.get("code", "").strip() for line in lines} - own
    others = await partners_by_code(session, hub, [code for code in codes if code.isprintable() and code])
    return HubPlan(hub, tuple(planned(lines, known, words, today=today, others=others)))


def _nobodys(lines: Sequence[Line]) -> HubPlan:
    refused = [
        Change(line.number, "refused", line.texts.get("name_ja", ""), errors={"hub": NO_HUB, **line.refused})
        for line in lines
    ]
    return HubPlan(None, tuple(refused))


async def _hubs_named(session: AsyncSession, names: set[str]) -> dict[str, Institution]:
    """Return the hospitals that texts name by code or by name; a name of two hospitals names neither."""
    wanted = [name for name in names if name and name.isprintable()]
    named = or_(Institution.code.in_(wanted), Organisation.name_ja.in_(wanted), Organisation.name_en.in_(wanted))
    rows = visible_to(Actor(None)).join(Organisation, Organisation.id == Institution.id)
    found = list(await session.scalars(rows.where(named, Institution.kind.in_(SITE_KINDS))))
    hubs: dict[str, Institution] = {}
    for name in wanted:
        fitting = [place for place in found if name in {place.code, place.name_ja, place.name_en}]
        if len(fitting) == 1:
            hubs[name] = fitting[0]
    return hubs
