"""The institutions as JSON: the directory, and one profile with its facts."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from app.asking.transaction import Now, Transaction
from app.asking.who import Asker
from app.ground.calendar import end_of, in_japan
from app.ground.paging import Paging
from app.sites import queries
from app.sites.models import Institution
from app.sites.queries.committees import Calendar, calendars_of
from app.sites.queries.directory import Filters, Listed, directory
from app.sites.queries.profile import Item, profile
from app.sites.rules import Dated, FactState, InstitutionKind, SourceKind
from app.sites.rules.committees import CommitteeKind

router = APIRouter(prefix="/sites", tags=["sites"])
MOST_ROWS = 100


class SiteOut(BaseModel):
    """An institution; `demo` marks the fictional ones of a demonstration."""

    code: str
    kind: InstitutionKind
    name_en: str
    name_ja: str | None
    prefecture: str | None
    city_en: str | None
    city_ja: str | None
    website: str | None
    demo: bool


class ListedOut(SiteOut):
    """An institution of the list; `state` is what is known of the capability that the list was asked for."""

    kinds: list[InstitutionKind]
    state: FactState


class SitesOut(BaseModel):
    """One page of the directory, from north to south; `shown` is the capability of `state`."""

    sites: list[ListedOut]
    shown: str
    total: int
    page: int
    pages: int


class FactOut(BaseModel):
    """What is said of one capability: by which sources, as of when, and whether the institution vouches for it.

    `dated` says how exact `as_of` is; `read` means that the source names no date and was read on that day. State
    `unknown` never means no.
    """

    capability: str
    state: FactState
    value: str | None
    unit: str | None
    note_en: str | None
    note_ja: str | None
    source_kind: SourceKind | None
    sources: list[str]
    as_of: date | None
    dated: Dated | None
    confirmed: bool
    stale: bool
    disagreeing: int


class MeetingOut(BaseModel):
    """A meeting to come, with the last day for documents where it is stated."""

    day: date
    deadline: date | None


class CommitteeOut(BaseModel):
    """A committee as its institution states it, as of a day; `meetings` are those to come, soonest first."""

    kind: CommitteeKind
    name_en: str | None
    name_ja: str | None
    english_documents: FactState
    entrusted_review: FactState
    note_en: str | None
    note_ja: str | None
    as_of: date
    meetings: list[MeetingOut]


class ProfileOut(SiteOut):
    """An institution with what the reader may know of it; `as_of` is the past day whose beliefs these are."""

    as_of: date | None
    facts: list[FactOut]
    committees: list[CommitteeOut]


@router.get("", response_model=SitesOut)
async def list_sites(
    session: Transaction,
    reader: Asker,
    now: Now,
    name: Annotated[str, Query(description="Part of a name in either language.")] = "",
    prefecture: Annotated[str, Query(description="A prefecture, for example pref.13.")] = "",
    kind: Annotated[str, Query(description="A kind of institution.")] = "",
    capability: Annotated[str, Query(description="Only institutions that have it, at least partly.")] = "",
    area: Annotated[str, Query(description="Only institutions that name this therapeutic area.")] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    rows: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
) -> SitesOut:
    """List institutions."""
    filters = Filters.asked(name=name, prefecture=prefecture, kind=kind, capability=capability, area=area)
    found = await directory(session, filters, Paging(page, rows), reader=reader, now=now)
    return SitesOut(
        sites=[_listed(row) for row in found.rows.rows],
        shown=filters.shown,
        total=found.rows.total,
        page=page,
        pages=found.rows.pages,
    )


@router.get("/{code}", response_model=ProfileOut)
async def show_site(
    code: str,
    session: Transaction,
    reader: Asker,
    now: Now,
    as_of: Annotated[
        date | None, Query(description="A day in Japan: what was believed at its end. Left out or to come: now.")
    ] = None,
) -> ProfileOut:
    """Show one institution with its facts, now or as they were believed on a past day."""
    institution = await queries.get_institution(session, code, reader=reader)
    at = end_of(as_of) if as_of and as_of < in_japan(now) else None
    sections = await profile(session, institution, reader=reader, now=now, at=at)
    facts = [_fact(item) for section in sections.values() for item in section.items]
    calendars = await calendars_of(session, [institution.id], reader=reader, today=in_japan(at or now), at=at)
    return ProfileOut(
        **site_out(institution).model_dump(),
        as_of=as_of if at else None,
        facts=facts,
        committees=[_committee(calendar) for calendar in calendars],
    )


def site_out(institution: Institution) -> SiteOut:
    """Return who and where an institution is."""
    return SiteOut(
        code=institution.code,
        kind=institution.kind,
        name_en=institution.name_en,
        name_ja=institution.name_ja,
        prefecture=institution.prefecture_code,
        city_en=institution.city_en,
        city_ja=institution.city_ja,
        website=institution.website,
        demo=institution.demo,
    )


def _listed(row: Listed) -> ListedOut:
    return ListedOut(**site_out(row.institution).model_dump(), kinds=list(row.kinds), state=row.state)


def _fact(item: Item) -> FactOut:
    fact, standing = item.fact, item.standing
    sources = [fact.source_url, *fact.further_sources, fact.source_words] if fact and item.speaks else []
    return FactOut(
        capability=item.capability.code,
        state=item.state,
        value=fact.value if fact else None,
        unit=fact.unit if fact else None,
        note_en=fact.note_en if fact else None,
        note_ja=fact.note_ja if fact else None,
        source_kind=fact.source_kind if fact else None,
        sources=[source for source in sources if source],
        as_of=fact.as_of if fact else None,
        dated=fact.dated if fact else None,
        confirmed=standing is not None and standing.confirmed,
        stale=standing is not None and standing.stale,
        disagreeing=len(item.others),
    )


def _committee(calendar: Calendar) -> CommitteeOut:
    stated = calendar.committee
    return CommitteeOut(
        kind=stated.kind,
        name_en=stated.name_en,
        name_ja=stated.name_ja,
        english_documents=stated.english_documents,
        entrusted_review=stated.entrusted_review,
        note_en=stated.note_en,
        note_ja=stated.note_ja,
        as_of=stated.as_of,
        meetings=[MeetingOut(day=meeting.day, deadline=meeting.deadline) for meeting in calendar.planned],
    )
