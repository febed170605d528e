"""The public face of the institutions: the directory with its map, and one profile a hospital."""

from datetime import datetime
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import Asker
from app.ground.calendar import in_japan
from app.ground.paging import Paging
from app.identity.rules import Actor
from app.sites import queries
from app.sites.models import Institution
from app.sites.queries.committees import calendars_of
from app.sites.queries.contacts import contacts_of
from app.sites.queries.directory import SHOWN_UNLESS_CHOSEN, Directory, Filters, Listed, directory
from app.sites.queries.partners import connections
from app.sites.queries.profile import profile, summary
from app.sites.queries.quality import quality_of
from app.sites.queries.questions import questions_about
from app.sites.rules import InstitutionKind
from app.sites.rules.quality import Share
from app.terms.models import Concept, Vocabulary
from app.terms.queries import by_codes, concepts_of
from app.trials.queries.evidence import evidence_of
from app.trials.words import STATUSES
from app.web import choices
from app.web.japan import map_of
from app.web.past import AskedPast

router = APIRouter()
ROWS = 50


def asked_filters(
    name: str = "", prefecture: str = "", kind: str = "", capability: str = "", area: str = ""
) -> Filters:
    """Read the filters from the address, as they were chosen."""
    return Filters.asked(name=name, prefecture=prefecture, kind=kind, capability=capability, area=area)


AskedFilters = Annotated[Filters, Depends(asked_filters)]


@router.get("/sites")
async def sites(
    session: Transaction,
    page: InPage,
    reader: Asker,
    now: Now,
    filters: AskedFilters,
    at: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    """Show the directory: the institutions that the filters leave, by region, and the map with the same figures."""
    paging = Paging(read_page(at), ROWS)
    found = await directory(session, filters, paging, reader=reader, now=now)
    prefectures = await concepts_of(session, Vocabulary.PREFECTURE)
    capabilities = [c for c in await concepts_of(session, Vocabulary.CAPABILITY) if c.details["criterion"]]
    return page.show(
        "sites/sites.html",
        found=found,
        filters=filters,
        groups=by_region(found),
        firsts=first_of_prefecture(found),
        japan=map_of(prefectures, found.by_prefecture),
        prefectures=choices.of_terms(prefectures, page.locale),
        kinds=kinds_for(page),
        capabilities=choices.of_terms(capabilities, page.locale),
        areas=choices.of_terms(await concepts_of(session, Vocabulary.AREA), page.locale),
        shown=shown_capability(capabilities, filters),
        query=urlencode({name: value for name, value in vars(filters).items() if value}),
    )


def kinds_for(page: Page) -> list[tuple[str, str]]:
    """Return the kinds to choose from; the fictional one only where there is a demonstration."""
    offered = [kind for kind in InstitutionKind if page.demo or kind is not InstitutionKind.FICTIONAL]
    return [(kind.value, kind.label.in_(page.locale)) for kind in offered]


def read_page(text: str) -> int:
    """Return the number of a page from an address; whatever is no number is the first page."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def by_region(found: Directory) -> list[tuple[Concept | None, list[Listed]]]:
    """Return the rows of the page under their regions, in the order of the list."""
    return [(region, list(rows)) for region, rows in groupby(found.rows.rows, key=lambda row: row.region)]


def first_of_prefecture(found: Directory) -> dict[str, str]:
    """Return the code of the institution at which each prefecture begins: the map leads there."""
    firsts: dict[str, str] = {}
    for row in found.rows.rows:
        firsts.setdefault(row.institution.prefecture_code or "", row.institution.code)
    return firsts


def shown_capability(capabilities: list[Concept], filters: Filters) -> Concept:
    """Return the capability whose state the list shows; for one that does not exist, the usual one."""
    known = {concept.code: concept for concept in capabilities}
    return known.get(filters.shown, known[SHOWN_UNLESS_CHOSEN])


@router.get("/sites/{code}")
async def site(code: str, session: Transaction, page: InPage, reader: Asker, now: Now, past: AskedPast) -> Response:
    """Show what is known of one institution, or what was believed on a past day, each fact with source and date."""
    institution = await queries.get_institution(session, code, reader=reader)
    return page.show(
        "sites/site.html",
        status=422 if past.error else 200,
        now=now,
        past=past,
        errors=past.errors,
        **await profile_of(session, institution, reader=reader, now=now, at=past.at),
    )


def reads_quality(institution: Institution, reader: Actor, at: datetime | None) -> bool:
    """Say whether a profile shows how well it is kept: to officers and to its own hospital, as of today, never to others."""
    return at is None and institution.kind.runs_trials and (reader.is_staff or institution.id in reader.institution_ids)


async def profile_of(
    session: AsyncSession, institution: Institution, *, reader: Actor, now: datetime, at: datetime | None
) -> dict[str, Any]:
    """Return what the template of a profile shows this reader."""
    prefecture = institution.prefecture
    sections = await profile(session, institution, reader=reader, now=now, at=at)
    return {
        "institution": institution,
        "sections": sections,
        "connections": await connections(session, institution, reader=reader, at=at),
        "summary": summary(sections),
        "vouched": any(i.standing and i.standing.confirmed for section in sections.values() for i in section.items),
        "rooms": await queries.capacity_of(session, institution.id, reader=reader, at=at),
        "patients": await queries.patients_of(session, institution.id, reader=reader, at=at),
        "calendars": await calendars_of(session, [institution.id], reader=reader, today=in_japan(at or now), at=at),
        "may_read_capacity": reader.is_staff or institution.id in reader.institution_ids,
        "is_own": institution.id in reader.institution_ids,
        "quality": await quality_of(session, institution.id, now=now)
        if reads_quality(institution, reader, at)
        else None,
        "shares": list(Share),
        "questions": [] if at else await questions_about(session, institution.id, reader=reader),
        "notes": [] if at else await queries.notes_of(session, institution.id, reader=reader),
        "contacts": await contacts_of(session, institution.id, reader=reader) if reader.is_staff and not at else [],
        **await _evidence(session, institution, at),
        "japan": map_of([prefecture], {prefecture.code: 1}) if prefecture else None,
    }


async def _evidence(session: AsyncSession, institution: Institution, at: datetime | None) -> dict[str, Any]:
    """Return what public trial records show of an institution today; nothing for a past day, which nobody kept."""
    evidence = None if at else await evidence_of(session, institution.code)
    terms = await by_codes(session, evidence.codes) if evidence and evidence.codes else {}
    return {"evidence": evidence, "evidence_terms": terms, "statuses": STATUSES}
