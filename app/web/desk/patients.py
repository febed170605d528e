"""Eligible patients a year on the desk: stated by condition, with who counted and when."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import CoordinatorOnly
from app.ground.calendar import in_japan
from app.ground.errors import Unacceptable
from app.identity.rules import Actor
from app.sites import actions, queries
from app.sites.actions.patients import condition_named
from app.sites.errors import PatientsMovedOn
from app.sites.models import EligiblePatients
from app.sites.rules import SourceOfPatients
from app.terms.models import Concept, Vocabulary
from app.terms.queries import search
from app.web.days import typed_day

router = APIRouter(prefix="/desk/{code}/patients")
FIELDS = ("condition", "a_year", "source_kind", "source_words", "page", "note", "as_of", "public", "seen")
MOST_SUGGESTED = 8


@router.get("")
async def patients(
    code: str,
    session: Transaction,
    page: InPage,
    reader: CoordinatorOnly,
    now: Now,
    row: str = "",
    saved: str = "",
) -> Response:
    """Show what is stated, and the form; `row` chooses one to change."""
    return await _show(session, page, code, reader=reader, now=now, row=row, saved=bool(saved))


@router.post("")
async def set_patients(
    code: str, request: Request, session: Transaction, page: InPage, by: CoordinatorOnly, now: Now
) -> Response:
    """Set one row; what cannot be taken is said beside its field, and nothing is lost."""
    form = await request.form()
    # A chosen suggestion is sent after the words that were typed, under the same name.
    given = {name: [text for text in form.getlist(name) if isinstance(text, str) and text.strip()] for name in FIELDS}
    typed = {name: texts[-1] if texts else "" for name, texts in given.items()}
    try:
        await actions.set_patients(session, code, typed, by=by, now=now)
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
        return await _show(session, page, code, reader=by, now=now, typed=typed, errors=errors)
    except PatientsMovedOn as refusal:
        moved_on = refusal.in_(page.locale)
        return await _show(session, page, code, reader=by, now=now, typed=typed, moved_on=moved_on)
    return page.redirect(f"/desk/{code}/patients?saved=1")


async def _show(
    session: AsyncSession,
    page: Page,
    code: str,
    *,
    reader: Actor,
    now: datetime,
    row: str = "",
    saved: bool = False,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    moved_on: str | None = None,
) -> Response:
    institution = await queries.own_institution(session, code, reader=reader)
    rows = await queries.patients_of(session, institution.id, reader=reader)
    shown = dict(typed or typed_of(next((one for one in rows if str(one.id) == row), None), page, now=now))
    chosen = await condition_named(session, shown["condition"])
    if moved_on:
        # The next attempt is against the row that stands now.
        shown["seen"] = standing_id(rows, chosen, shown["source_kind"])
    return page.show(
        "desk/patients.html",
        status=409 if moved_on else 422 if errors else 200,
        institution=institution,
        rows=rows,
        typed=shown,
        chosen=chosen,
        suggestions=await suggested(session, shown["condition"]) if errors and "condition" in errors else [],
        sources=[(kind.value, kind.label.in_(page.locale)) for kind in SourceOfPatients],
        saved=saved,
        errors=errors or {},
        moved_on=moved_on,
    )


def standing_id(rows: list[EligiblePatients], condition: Concept | None, source_kind: str) -> str:
    """Return the id of the row that stands for a condition and who counts, empty for none."""
    key = (condition.code if condition else "", source_kind)
    return next((str(one.id) for one in rows if (one.condition_code, one.source_kind) == key), "")


async def suggested(session: AsyncSession, text: str) -> list[Concept]:
    """Return the conditions that words could mean, the nearest first."""
    if not text.isprintable():
        return []
    found = await search(session, text, vocabularies=[Vocabulary.CONDITION], limit=MOST_SUGGESTED)
    return [one.concept for one in found]


def typed_of(row: EligiblePatients | None, page: Page, *, now: datetime) -> dict[str, str]:
    """Return a row as its coordinator would type it today; an empty row for None."""
    empty = dict.fromkeys(FIELDS, "") | {"as_of": typed_day(in_japan(now), page.locale), "source_kind": "site"}
    if row is None or row.a_year is None:
        return empty
    return empty | {
        "condition": row.condition_code,
        "a_year": str(row.a_year),
        "source_kind": row.source_kind.value,
        "source_words": row.source_words or "",
        "page": row.source_url or "",
        "note": row.note_ja or row.note_en or "",
        "public": "yes" if row.public else "",
        "seen": str(row.id),
    }
