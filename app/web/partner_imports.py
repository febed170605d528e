"""Files of partners: taken away, sent in, looked at line by line, and applied; for a hub's coordinator and for officers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import CoordinatorOnly, StaffOnly
from app.ground.calendar import in_japan
from app.ground.errors import Conflict, Unacceptable
from app.ground.paging import Paged, Paging
from app.ground.sheets import Sheet, write_xlsx
from app.identity.rules import Actor
from app.sites import actions
from app.sites.actions.partner_imports import KEPT, hub_of
from app.sites.models import Institution, PartnerImport
from app.sites.queries.partner_imports import get_import, imports_of, plan_of
from app.sites.queries.partner_standing import known_partners, stateable
from app.sites.rules import PARTNER_KINDS, FactState
from app.sites.rules.partner_files import TITLES, columns, row_of
from app.sites.rules.partners import fingerprint
from app.terms.models import Vocabulary
from app.terms.queries import concepts_of
from app.web.partners import AskedPage, is_of_partners
from app.web.sites import read_page

router = APIRouter()
# The form sends a file part without content where nobody chose a file.
Upload = Annotated[UploadFile | None, File()]
Text = Annotated[str, Form()]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHANGES_ON_A_PAGE = 100


@router.get("/desk/{code}/partners/import")
async def import_partners(code: str, session: Transaction, page: InPage, reader: CoordinatorOnly) -> Response:
    """Offer the hub's partners as a workbook, and take a file."""
    return await _offer(session, page, code, reader=reader)


@router.get("/partners/import")
async def import_partners_of_hubs(session: Transaction, page: InPage, reader: StaffOnly) -> Response:
    """Offer officers an empty workbook, and take a file whose lines name their hubs."""
    return await _offer(session, page, None, reader=reader)


@router.post("/desk/{code}/partners/import")
async def send_partners(
    code: str, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now, file: Upload = None
) -> Response:
    """Take a coordinator's file and lead to what it would change."""
    return await _send(session, page, code, file, by=by, now=now)


@router.post("/partners/import")
async def send_partners_of_hubs(
    session: Transaction, page: InPage, by: StaffOnly, now: Now, file: Upload = None
) -> Response:
    """Take an officer's file and lead to what it would change."""
    return await _send(session, page, None, file, by=by, now=now)


@router.get("/desk/{code}/partners/import/{import_id}")
async def partner_preview(
    code: str, import_id: UUID, session: Transaction, page: InPage, reader: CoordinatorOnly, now: Now,
    at: AskedPage = "1",
) -> Response:  # fmt: skip
    """Show what a file would change, or what came of it."""
    return await _preview(session, page, code, import_id, reader=reader, now=now, at=at)


@router.get("/partners/import/{import_id}")
async def partner_preview_of_hubs(
    import_id: UUID, session: Transaction, page: InPage, reader: StaffOnly, now: Now, at: AskedPage = "1"
) -> Response:
    """Show an officer what a file would change, or what came of it."""
    return await _preview(session, page, None, import_id, reader=reader, now=now, at=at)


@router.post("/desk/{code}/partners/import/{import_id}")
async def apply_partners(
    code: str, import_id: UUID, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now,
    shown: Text = "", part: Text = "",
) -> Response:  # fmt: skip
    """Write what the page showed: the whole, or with `part` "good" the rows that can be taken."""
    return await _apply(session, page, code, import_id, shown, part, by=by, now=now)


@router.post("/partners/import/{import_id}")
async def apply_partners_of_hubs(
    import_id: UUID, session: Transaction, page: InPage, by: StaffOnly, now: Now, shown: Text = "", part: Text = ""
) -> Response:
    """Write what the page showed an officer."""
    return await _apply(session, page, None, import_id, shown, part, by=by, now=now)


@router.get("/desk/{code}/partners/workbook.xlsx")
async def partners_workbook(code: str, session: Transaction, page: InPage, reader: CoordinatorOnly) -> Response:
    """Return the hub's partners as a workbook that can be sent in again."""
    hub = await hub_of(session, code, by=reader)
    return await _workbook(session, page, hub, f"{code}-partners.xlsx")


@router.get("/partners/workbook.xlsx")
async def empty_workbook(session: Transaction, page: InPage, reader: StaffOnly) -> Response:
    """Return an empty workbook for officers."""
    return await _workbook(session, page, None, "partners.xlsx")


def _base(code: str | None) -> str:
    return f"/desk/{code}/partners" if code else "/partners"


async def _offer(
    session: AsyncSession, page: Page, code: str | None, *, reader: Actor, errors: dict[str, str] | None = None
) -> Response:
    hub = await hub_of(session, code, by=reader)
    return page.show(
        "partners/import.html",
        status=422 if errors else 200,
        institution=hub,
        base=_base(code),
        errors=errors or {},
        imports=await imports_of(session, hub, reader=reader),
        kept_days=KEPT.days,
    )


async def _send(
    session: AsyncSession, page: Page, code: str | None, file: UploadFile | None, *, by: Actor, now: Now
) -> Response:
    data, name = (await file.read(), file.filename or "") if file else (b"", "")
    try:
        sent = await actions.send_partners(session, code, data, name, by=by, now=now)
    except Unacceptable as refusal:
        return await _offer(session, page, code, reader=by, errors=refusal.by_field(page.locale))
    return page.redirect(f"{_base(code)}/import/{sent.id}")


async def _apply(
    session: AsyncSession, page: Page, code: str | None, import_id: UUID, shown: str, part: str, *, by: Actor, now: Now
) -> Response:
    try:
        await actions.apply_partners(session, code, import_id, shown=shown, good_part=part == "good", by=by, now=now)
    except Unacceptable as refusal:
        [said] = refusal.by_field(page.locale).values()
        return await _preview(session, page, code, import_id, reader=by, now=now, said=said, status=422)
    except Conflict as refusal:
        said = refusal.in_(page.locale)
        return await _preview(session, page, code, import_id, reader=by, now=now, said=said, status=409)
    return page.redirect(f"{_base(code)}/import/{import_id}")


async def _preview(
    session: AsyncSession, page: Page, code: str | None, import_id: UUID, *, reader: Actor, now: Now,
    at: str = "1", said: str | None = None, status: int = 200,
) -> Response:  # fmt: skip
    hub = await hub_of(session, code, by=reader)
    sent = await get_import(session, hub, import_id, reader=reader)
    return page.show(
        "partners/preview.html",
        status=status,
        institution=hub,
        base=_base(code),
        sent=sent,
        said=said,
        kept_days=KEPT.days,
        **(await _planned(session, hub, sent, at, now=now) if sent.content else {"changes": None}),
    )


async def _planned(
    session: AsyncSession, hub: Institution | None, sent: PartnerImport, at: str, *, now: Now
) -> dict[str, Any]:
    content = sent.content or {}
    plan = await plan_of(session, hub, content, today=in_japan(now))
    changes, paging = plan.changes, Paging(read_page(at), CHANGES_ON_A_PAGE)
    moving = [change for change in changes if change.what != "unchanged"]
    rows = moving[paging.offset : paging.offset + paging.size]
    capabilities = await concepts_of(session, Vocabulary.CAPABILITY)
    prefectures = await concepts_of(session, Vocabulary.PREFECTURE)
    return {
        "changes": Paged(rows, len(moving), paging),
        "numbers": {what: plan.number(what) for what in ("new", "changed", "unchanged", "refused")},
        "unknown": content["unknown"],
        "shown": fingerprint(changes),
        "titles": TITLES,
        "terms": {concept.code: concept for concept in (*capabilities, *prefectures)},
    }


async def _workbook(session: AsyncSession, page: Page, hub: Institution | None, name: str) -> Response:
    known = [one for one in await known_partners(session, hub) if not one.ended] if hub else []
    said = {code for one in known for code in one.said.states}
    stated = [one for one in await stateable(session) if is_of_partners(one) or one.code in said]
    prefectures = await concepts_of(session, Vocabulary.PREFECTURE)
    locale = page.locale
    names = {one.code: one.name_ja if locale == "ja" else one.name_en for one in prefectures}
    choices = {
        "kind": [kind.label.in_(locale) for kind in PARTNER_KINDS],
        "prefecture": list(names.values()),
        **{one.code: [state.label.in_(locale) for state in FactState] for one in stated},
    }
    wanted = columns([(one.code, one.name_en, one.name_ja) for one in stated], with_hub=hub is None)
    title = "連携先" if locale == "ja" else "Partners"
    book = write_xlsx([Sheet(title, wanted, [row_of(one, locale, names) for one in known], choices)], locale=locale)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(book, media_type=XLSX, headers=headers)
