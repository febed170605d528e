"""What matching reads: a request from an enquiry's values, the sites in a bounded number of queries, stored runs."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, false, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.ground.calendar import in_japan
from app.identity.models import Organisation, Person
from app.identity.rules import Actor
from app.matching import rules
from app.matching.models import MatchRun
from app.sites.models import Institution
from app.sites.queries import gathering
from app.sites.rules import SITE_KINDS, CapacityState, months_since
from app.terms import queries as terms
from app.terms.models import Concept, Vocabulary

# The fields of an enquiry that matching reads; all of them are non-confidential.
READ_FIELDS = (
    "first_in_human", "healthy_volunteers", "modality", "phase", "condition", "needs", "wishes", "dct", "regions",
)  # fmt: skip
# Room for new trials is confirmed every month (product.md); what was said two months ago is asked again.
ROOM_STALE_AFTER_MONTHS = 2
# A site whose address is not on record stands after all others.
NOWHERE = 999
_ROOM = {
    CapacityState.OPEN: rules.State.YES,
    CapacityState.LIMITED: rules.State.PARTLY,
    CapacityState.CLOSED: rules.State.NO,
}


@dataclass(frozen=True)
class StoredRun:
    """A run as it was stored, read back."""

    id: UUID
    enquiry_id: UUID
    at: datetime
    by_name: str | None
    digest: str
    run: rules.Run

    @property
    def request(self) -> rules.Request:
        """What was asked."""
        return self.run.request

    @property
    def rows(self) -> tuple[rules.Ranked, ...]:
        """The sites, best first: for staff."""
        return self.run.rows

    @property
    def offers(self) -> tuple[rules.Offer, ...]:
        """The sites as staff may release them: bands and reasons, no points, no capacity."""
        return rules.offers(self.run)


def visible_to(reader: Actor) -> Select[MatchRun]:
    """The one place that decides which runs a person may see: they hold capacity and points, so officers alone."""
    runs = select(MatchRun)
    return runs if reader.is_staff or reader.is_service else runs.where(false())


async def latest_run(session: AsyncSession, enquiry_id: UUID, *, reader: Actor) -> StoredRun | None:
    """Return the newest run of an enquiry that the reader may see, or None."""
    newest = visible_to(reader).where(MatchRun.enquiry_id == enquiry_id).order_by(MatchRun.at.desc(), MatchRun.id)
    row = await session.scalar(newest.limit(1))
    if row is None:
        return None
    by_name = await session.scalar(select(Person.name).where(Person.id == row.by_id))
    run = rules.run_of(row.request, row.result)
    return StoredRun(row.id, row.enquiry_id, row.at, by_name, row.digest, run)


async def request_from(session: AsyncSession, values: Mapping[str, Any]) -> rules.Request:
    """Return what an enquiry's values (field to value) ask of a site; fields that matching does not read are ignored."""
    (request,) = await requests_from(session, [values])
    return request


async def requests_from(session: AsyncSession, each: Sequence[Mapping[str, Any]]) -> list[rules.Request]:
    """Return what each of several enquiries asks of a site, as `request_from`; two queries, however many there are."""
    areas = await areas_of_each(session, {code for values in each if (code := _code(values.get("condition")))})
    return [_request(values, areas) for values in each]


def _request(values: Mapping[str, Any], areas: Mapping[str, tuple[str, ...]]) -> rules.Request:
    condition = _code(values.get("condition"))
    return rules.Request(
        first_in_human=_code(values.get("first_in_human")),
        healthy_volunteers=_code(values.get("healthy_volunteers")),
        modality=_code(values.get("modality")),
        phase=_code(values.get("phase")),
        condition=condition,
        areas=areas.get(condition or "", ()),
        needs=_codes(values.get("needs")),
        wishes=_codes(values.get("wishes")),
        dct=_codes(values.get("dct")),
        regions=_codes(values.get("regions")),
    )


async def areas_of_each(session: AsyncSession, conditions: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the therapeutic areas of each condition, or of the nearest concept above it that has any.

    An area is its own.
    """
    if not conditions:
        return {}
    above = await terms.ancestors(session, conditions)
    concepts = await terms.by_codes(session, {*conditions, *(code for line in above.values() for code in line)})
    return {one: _areas_along([one, *above[one]], concepts) for one in conditions}


def _areas_along(line: Sequence[str], concepts: Mapping[str, Concept]) -> tuple[str, ...]:
    for concept in (concepts[code] for code in line if code in concepts):
        if concept.vocabulary is Vocabulary.AREA:
            return (concept.code,)
        if areas := _codes(concept.details.get("areas")):
            return areas
    return ()


async def sites_for(session: AsyncSession, request: rules.Request, *, now: datetime) -> list[rules.Site]:
    """Return every institution at which a trial can run, with what is known of it that the request asks about.

    Four queries, however many institutions there are. Networks are left out: their members are the sites. Partner
    clinics, visiting-nurse stations and satellite sites are left out: they take part through their hub. All that is
    known is here; what a sponsor may see of it is decided by the rules (`Site.public`).
    """
    places = await _places(session)
    codes = {code for one in rules.asked(request) for code in one.criterion.capabilities}
    facts = await gathering.facts_for_matching(session, now=now, capabilities=codes)
    rooms = await gathering.capacity_for_matching(session, areas=request.areas, phase=request.phase)
    known: defaultdict[UUID, list[rules.Fact]] = defaultdict(list)
    for institution_id, said in facts.items():
        known[institution_id] += map(_fact, said)
    for institution_id, room in rooms.items():
        known[institution_id] += [_room(one, in_japan(now)) for one in room]
    return [rules.site_with(place, known[UUID(place.id)]) for place in places]


async def _places(session: AsyncSession) -> list[rules.Place]:
    # Names and addresses are for everybody (sites.queries.visible_to); plain columns, because objects would cost more
    # than all of the matching at 2,000 sites.
    prefecture, region = aliased(Concept), aliased(Concept)
    found = await session.execute(
        select(
            Institution.id, Institution.code, Organisation.name_en, Organisation.name_ja, Institution.kind,
            Institution.city_en, Institution.city_ja, Institution.demo,
            prefecture.code.label("prefecture"), region.code.label("region"), region.position,
            region.name_en.label("region_en"), region.name_ja.label("region_ja"),
            prefecture.name_en.label("prefecture_en"), prefecture.name_ja.label("prefecture_ja"),
        )
        .join(Organisation, Organisation.id == Institution.id)
        .outerjoin(prefecture, prefecture.code == Institution.prefecture_code)
        .outerjoin(region, region.code == prefecture.parent_code)
        .where(Institution.kind.in_(SITE_KINDS))
    )  # fmt: skip
    return [_place(row) for row in found]


def _place(row: Any) -> rules.Place:
    return rules.Place(
        id=str(row.id),
        code=row.code,
        name_en=row.name_en,
        name_ja=row.name_ja or row.name_en,
        kind=row.kind.value,
        prefecture=row.prefecture or "",
        region=row.region or "",
        region_order=NOWHERE if row.position is None else row.position,
        region_en=row.region_en,
        region_ja=row.region_ja,
        prefecture_en=row.prefecture_en,
        prefecture_ja=row.prefecture_ja,
        city_en=row.city_en,
        city_ja=row.city_ja,
        demo=row.demo,
    )


def _fact(said: gathering.Gathered) -> rules.Fact:
    return rules.Fact(
        said.capability_code,
        rules.State(said.state.value),
        rules.SourceKind(said.source_kind.value),
        confirmed=said.confirmed,
        stale=said.stale,
        value=said.value,
        unit=said.unit,
        note_en=said.note_en,
        note_ja=said.note_ja,
        source_url=said.source_url,
        source_words=said.source_words,
        as_of=said.as_of,
        dated=said.dated.value,
        months=said.months,
    )


def _room(room: gathering.Room, today: date) -> rules.Fact:
    months = months_since(room.as_of, today)
    return rules.Fact(
        rules.capacity_code(room.area_code, room.phase_code),
        _ROOM[room.state],
        rules.SourceKind.SITE,
        confirmed=True,
        stale=months >= ROOM_STALE_AFTER_MONTHS,
        value=None if room.trials_can_start is None else str(room.trials_can_start),
        note_en=room.note_en,
        note_ja=room.note_ja,
        as_of=room.as_of,
        dated="day",
        months=months,
    )


def _code(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _codes(value: object) -> tuple[str, ...]:
    return tuple(code for code in value if isinstance(code, str)) if isinstance(value, list) else ()
