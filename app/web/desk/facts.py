"""The facts table of the desk: everything that a hospital can state of itself, changed and confirmed in one save."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import CoordinatorOnly
from app.ground.errors import Unacceptable
from app.identity.rules import Actor
from app.sites import actions, queries
from app.sites.errors import FactsMovedOn
from app.sites.models import Institution
from app.sites.queries.profile import Item, Section, summary
from app.sites.rules import SECTIONS
from app.web.desk.facts_table import SHOWS, Posted, chosen_sections, posted_again, rows_of, statable, table_of

router = APIRouter()


@router.get("/desk/{code}/facts")
async def facts(
    code: str,
    request: Request,
    session: Transaction,
    page: InPage,
    reader: CoordinatorOnly,
    now: Now,
    saved: str = "",
) -> Response:
    """Show what the reader's institution can state, or the part that the filters leave."""
    institution = await queries.own_institution(session, code, reader=reader)
    sections = await statable(session, institution, reader=reader, now=now)
    chosen = chosen_sections(sections, **filters_of(request))
    return await _show(session, page, institution, sections, chosen, filters_of(request), saved=saved)


@router.post("/desk/{code}/facts")
async def save(
    code: str, request: Request, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now
) -> Response:
    """Save what was changed and confirm what was ticked; whatever is refused comes back as it was typed."""
    rows, filters = rows_of(await request.form()), filters_of(request)
    try:
        saved = await actions.save_facts_table(session, code, rows, by=by, now=now)
    except Unacceptable as refusal:
        return await _again(session, page, code, rows, filters, by=by, now=now, errors=refusal.by_field(page.locale))
    except FactsMovedOn as refusal:
        return await _again(session, page, code, rows, filters, by=by, now=now, moved_on=refusal)
    if request.query_params.get("from") == "desk":
        return page.redirect(f"/desk?at={code}&renewed={saved.count}#renew")
    return page.redirect(f"/desk/{code}/facts?{urlencode(filters | {'saved': saved.count})}")


def filters_of(request: Request) -> dict[str, str]:
    """Return the filters of an address; what is no filter is none."""
    show, section = (request.query_params.get(name, "") for name in ("show", "section"))
    return {"show": show if show in SHOWS else "", "section": section if section in SECTIONS else ""}


async def _again(
    session: AsyncSession,
    page: Page,
    code: str,
    rows: Mapping[str, Mapping[str, str]],
    filters: Mapping[str, str],
    *,
    by: Actor,
    now: datetime,
    errors: dict[str, str] | None = None,
    moved_on: FactsMovedOn | None = None,
) -> Response:
    """Show the rows that were sent once more."""
    institution = await queries.own_institution(session, code, reader=by)
    sections = await statable(session, institution, reader=by, now=now)
    sent = {name: [item for item in one.items if item.capability.code in rows] for name, one in sections.items()}
    posted = await posted_again(
        session, institution, rows, errors=errors, moved_on=moved_on.capabilities if moved_on else ()
    )
    return await _show(session, page, institution, sections, sent, filters, posted=posted, refusal=moved_on)


async def _show(
    session: AsyncSession,
    page: Page,
    institution: Institution,
    sections: Mapping[str, Section],
    chosen: Mapping[str, list[Item]],
    filters: Mapping[str, str],
    *,
    saved: str = "",
    posted: Posted | None = None,
    refusal: FactsMovedOn | None = None,
) -> Response:
    parts = await table_of(session, chosen, page.locale, posted)
    context: dict[str, Any] = {
        "institution": institution,
        "parts": parts,
        "count": sum(len(part.rows) for part in parts),
        "summary": summary(sections),
        "sections": list(sections),
        "filters": filters,
        "query": urlencode({name: value for name, value in filters.items() if value}),
        "saved": int(saved) if saved.isascii() and saved.isdigit() and len(saved) < 5 else None,
        "errors": posted.errors if posted else {},
        "moved_on": refusal.in_(page.locale) if refusal else None,
    }
    status = 409 if refusal else 422 if context["errors"] else 200
    return page.show("desk/facts.html", status=status, **context)
