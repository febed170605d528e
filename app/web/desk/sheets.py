"""The desk in Excel: the sheets of an institution to take away, a file to send in, and what it would change."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import CoordinatorOnly
from app.ground.calendar import in_japan
from app.ground.errors import Conflict, Unacceptable
from app.ground.sheets import Sheet, write_csv, write_xlsx
from app.identity.rules import Actor
from app.sites import actions, queries
from app.sites.models import Institution
from app.sites.queries.sheets import Standing, get_import, imports_of, standing_of
from app.sites.rules import CapacityState, FactState
from app.sites.rules.sheets import (
    FACT_COLUMNS,
    FACTS_TITLE,
    NO,
    ROOM_COLUMNS,
    ROOMS_TITLE,
    YES,
    fingerprint,
)
from app.sites.rules.sheets.stored import KEPT, is_kept

router = APIRouter()
# The form sends a file part without content where nobody chose a file.
Upload = Annotated[UploadFile | None, File()]
Text = Annotated[str, Form()]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


@router.get("/desk/{code}/sheets")
async def sheets(code: str, session: Transaction, page: InPage, reader: CoordinatorOnly, now: Now) -> Response:
    """Offer the sheets of the reader's institution, and take a file."""
    return await _show(session, page, await queries.own_institution(session, code, reader=reader), now=now)


async def _show(
    session: AsyncSession, page: Page, institution: Institution, errors: dict[str, str] | None = None, *, now: Now
) -> Response:
    imports = await imports_of(session, institution)
    return page.show(
        "desk/sheets.html",
        status=422 if errors else 200,
        institution=institution,
        errors=errors or {},
        imports=imports,
        waiting={sent.id for sent in imports if is_kept(sent.content, sent.uploaded_at, now=now)},
        kept_days=KEPT.days,
    )


@router.get("/desk/{code}/sheets/workbook.xlsx")
async def workbook(code: str, session: Transaction, page: InPage, reader: CoordinatorOnly, now: Now) -> Response:
    """Return both sheets as a workbook, in the reader's language."""
    standing = await _standing(session, code, reader, now=now)
    locale = page.locale
    fact_states = [state.label.in_(locale) for state in FactState]
    rooms = {
        "area": [names[locale] for names in standing.rooms.areas.values()],
        "phase": [names[locale] for names in standing.rooms.phases.values()],
        "state": [state.label.in_(locale) for state in CapacityState],
        "public": [YES.in_(locale), NO.in_(locale)],
    }
    book = write_xlsx(
        [
            Sheet(FACTS_TITLE.in_(locale), FACT_COLUMNS, standing.fact_rows(locale), {"state": fact_states}),
            Sheet(ROOMS_TITLE.in_(locale), ROOM_COLUMNS, standing.room_rows(locale), rooms),
        ],
        locale=locale,
    )
    return _file(book, XLSX, f"{code}-{in_japan(now).isoformat()}.xlsx")


@router.get("/desk/{code}/sheets/facts.csv")
async def facts_csv(code: str, session: Transaction, page: InPage, reader: CoordinatorOnly, now: Now) -> Response:
    """Return the facts as a CSV file."""
    standing = await _standing(session, code, reader, now=now)
    data = write_csv(FACT_COLUMNS, standing.fact_rows(page.locale), locale=page.locale)
    return _file(data, CSV, f"{code}-facts-{in_japan(now).isoformat()}.csv")


@router.get("/desk/{code}/sheets/capacity.csv")
async def capacity_csv(code: str, session: Transaction, page: InPage, reader: CoordinatorOnly, now: Now) -> Response:
    """Return the capacity as a CSV file."""
    standing = await _standing(session, code, reader, now=now)
    data = write_csv(ROOM_COLUMNS, standing.room_rows(page.locale), locale=page.locale)
    return _file(data, CSV, f"{code}-capacity-{in_japan(now).isoformat()}.csv")


async def _standing(session: AsyncSession, code: str, reader: Actor, *, now: Now) -> Standing:
    institution = await queries.own_institution(session, code, reader=reader)
    return await standing_of(session, institution, reader=reader, now=now)


def _file(data: bytes, kind: str, name: str) -> Response:
    return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.post("/desk/{code}/sheets")
async def send_sheet(
    code: str, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now, file: Upload = None
) -> Response:
    """Take a file and lead to what it would change; one that cannot be read is refused in one sentence."""
    data, name = (await file.read(), file.filename or "") if file else (b"", "")
    try:
        sent = await actions.send_sheet(session, code, data, name, by=by, now=now)
    except Unacceptable as refusal:
        institution = await queries.own_institution(session, code, reader=by)
        return await _show(session, page, institution, refusal.by_field(page.locale), now=now)
    return page.redirect(f"/desk/{code}/sheets/{sent.id}")


@router.get("/desk/{code}/sheets/{import_id}")
async def sheet_preview(
    code: str, import_id: UUID, session: Transaction, page: InPage, reader: CoordinatorOnly, now: Now
) -> Response:
    """Show what a file would change, or what came of it."""
    return await _preview(session, page, code, import_id, reader=reader, now=now)


@router.post("/desk/{code}/sheets/{import_id}")
async def apply_sheet(
    code: str, import_id: UUID, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now,
    shown: Text = "", part: Text = "",
) -> Response:  # fmt: skip
    """Write what the page showed: the whole, or with `part` "good" the rows that can be taken."""
    try:
        await actions.apply_sheet(session, code, import_id, shown=shown, good_part=part == "good", by=by, now=now)
    except Unacceptable as refusal:
        [said] = refusal.by_field(page.locale).values()
        return await _preview(session, page, code, import_id, reader=by, now=now, said=said, status=422)
    except Conflict as refusal:
        said = refusal.in_(page.locale)
        return await _preview(session, page, code, import_id, reader=by, now=now, said=said, status=409)
    return page.redirect(f"/desk/{code}/sheets/{import_id}")


async def _preview(
    session: AsyncSession, page: Page, code: str, import_id: UUID, *, reader: Actor, now: Now,
    said: str | None = None, status: int = 200,
) -> Response:  # fmt: skip
    institution = await queries.own_institution(session, code, reader=reader)
    sent = await get_import(session, institution, import_id)
    standing = await standing_of(session, institution, reader=reader, now=now)
    waiting = is_kept(sent.content, sent.uploaded_at, now=now)
    plans = await actions.plans_of(session, institution, sent.content if sent.content and waiting else {}, standing)
    return page.show(
        "desk/sheet_preview.html",
        status=status,
        institution=institution,
        sent=sent,
        waiting=waiting,
        said=said,
        plans=plans,
        names=standing.names,
        changes=sum(len(plan.changes) for plan in plans.values()),
        refused=sum(plan.refused_rows for plan in plans.values()),
        shown=fingerprint(list(plans.values())),
        kept_days=KEPT.days,
    )
