"""The partners of a hub as JSON."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from app.api.sites import SiteOut, site_out
from app.asking.transaction import Now, Transaction
from app.asking.who import Asker
from app.ground.paging import Paging
from app.sites import queries
from app.sites.models import Fact
from app.sites.queries.directory import Filters
from app.sites.queries.partners import Partner, partners_of
from app.sites.rules import FactState, InstitutionKind, SourceKind

router = APIRouter(prefix="/sites", tags=["sites"])
MOST_ROWS = 200


class AbilityOut(BaseModel):
    """What is said of one capability of a partner; `hub` is the word of the hub, which the partner has not confirmed."""

    capability: str
    state: FactState
    source_kind: SourceKind
    source: str | None
    as_of: date
    confirmed: bool


class PartnerOut(SiteOut):
    """A partner with what it can do; `source` is a page that names it, null where the hub itself states it."""

    since: date | None
    source: str | None
    as_of: date
    abilities: list[AbilityOut]


class PartnersOut(BaseModel):
    """One page of a hub's partners, from north to south, with the counts of the whole list."""

    hub: str
    partners: list[PartnerOut]
    by_kind: dict[InstitutionKind, int]
    by_prefecture: dict[str, int]
    total: int
    page: int
    pages: int


@router.get("/{code}/partners", response_model=PartnersOut)
async def list_partners(
    code: str,
    session: Transaction,
    reader: Asker,
    now: Now,
    name: Annotated[str, Query(description="Part of a name in either language.")] = "",
    prefecture: Annotated[str, Query(description="A prefecture, for example pref.13.")] = "",
    kind: Annotated[str, Query(description="partner_clinic, nurse_station or satellite.")] = "",
    capability: Annotated[str, Query(description="Only partners that have it, at least partly.")] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    rows: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
) -> PartnersOut:
    """List the partners of a hub."""
    hub = await queries.get_institution(session, code, reader=reader)
    filters = Filters.asked(name=name, prefecture=prefecture, kind=kind, capability=capability)
    found = await partners_of(session, hub, filters, Paging(page, rows), reader=reader, now=now)
    return PartnersOut(
        hub=hub.code,
        partners=[_partner(row) for row in found.rows.rows],
        by_kind=dict(found.by_kind),
        by_prefecture=found.totals,
        total=found.rows.total,
        page=page,
        pages=found.rows.pages,
    )


def _partner(row: Partner) -> PartnerOut:
    partnership = row.partnership
    return PartnerOut(
        **site_out(row.institution).model_dump(),
        since=partnership.since,
        source=partnership.source_url,
        as_of=partnership.as_of,
        abilities=[_ability(fact) for fact in row.facts],
    )


def _ability(fact: Fact) -> AbilityOut:
    return AbilityOut(
        capability=fact.capability_code,
        state=fact.state,
        source_kind=fact.source_kind,
        source=fact.source_url,
        as_of=fact.as_of,
        confirmed=fact.is_confirmed,
    )
