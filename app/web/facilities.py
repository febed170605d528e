"""For officers: which institution a facility text of public records stands for, decided by one key and remembered."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import StaffOnly
from app.ground.errors import Unacceptable
from app.ground.formats import pick
from app.ground.paging import Paging
from app.sites.models import Institution
from app.terms.models import Concept, Vocabulary
from app.terms.queries import concepts_of
from app.trials.actions import decide_facility
from app.trials.errors import DecidedMeanwhile
from app.trials.queries.facilities import (
    Filters,
    Listed,
    decisions_on,
    facility_text,
    facility_texts,
    linkable_institutions,
    trials_with,
)
from app.trials.rules.deciding import Standing, Verdict
from app.trials.words import STATUSES
from app.web.choices import Choice
from app.web.sites import read_page

router = APIRouter(prefix="/facilities")
ROWS, TRIALS = 20, 50
Text = Annotated[str, Form()]


def asked_filters(standing: str = "", q: str = "", institution: str = "") -> Filters:
    """Read the filters from the address."""
    return Filters.asked(standing=standing, q=q, institution=institution)


Asked = Annotated[Filters, Depends(asked_filters)]


@router.get("")
async def facilities(
    session: Transaction,
    page: InPage,
    _reader: StaffOnly,
    filters: Asked,
    decided: str = "",
    at: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    """List facility texts, those that wait for a decision first; `decided` is the text that was decided last."""
    institutions = await linkable_institutions(session)
    found = await facility_texts(session, filters, Paging(read_page(at), ROWS), institutions=institutions)
    done = await facility_text(session, UUID(decided), institutions=institutions) if _is_key(decided) else None
    return page.show(
        "facilities/facilities.html",
        found=found,
        filters=filters,
        done=done,
        standings=[(one.value, one.label.in_(page.locale)) for one in Standing],
        institutions=_choices(institutions, page),
        prefectures=await _prefectures(session),
        query=_query(filters),
        verdicts=Verdict,
        states=Standing,
    )


@router.get("/{key}")
async def facility(
    key: UUID,
    session: Transaction,
    page: InPage,
    _reader: StaffOnly,
    at: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    """Show one text: what stands, why, what was decided before, and the trials that have it."""
    return await _show(session, page, key, at=at)


@router.post("/{key}")
async def decide(
    key: UUID,
    session: Transaction,
    page: InPage,
    by: StaffOnly,
    now: Now,
    filters: Asked,
    answer: Text = "",
    institution: Text = "",
    seen: Text = "",
    following: Text = "",
) -> Response:
    """Remember an answer: an institution's code, or what a verdict is called; then lead to the text that follows."""
    verdict, code = _answer(answer, institution)
    before = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 6 else 0
    try:
        await decide_facility(session, key, verdict, code, seen=before, by=by, now=now)
    except Unacceptable as refusal:
        return await _show(session, page, key, errors=refusal.by_field(page.locale), typed=institution, status=422)
    except DecidedMeanwhile as refusal:
        return await _show(session, page, key, said=refusal.in_(page.locale), status=409)
    to = f"#text-{following}" if _is_key(following) else ""
    return page.redirect(f"/facilities?{_query(filters, decided=str(key))}{to}")


def _answer(answer: str, institution: str) -> tuple[Verdict, str]:
    """What a button or the list of institutions says; a button that names an institution sends its code."""
    if answer in {Verdict.NONE, Verdict.UNDISCLOSED, Verdict.RULE}:
        return Verdict(answer), ""
    return Verdict.INSTITUTION, institution if answer == Verdict.INSTITUTION else answer


def _is_key(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _query(filters: Filters, **more: str) -> str:
    chosen = {"standing": filters.standing.value, "q": filters.q, "institution": filters.institution, **more}
    return urlencode({name: value for name, value in chosen.items() if value})


def _choices(institutions: list[Institution], page: Page, *, demo_only: bool = False) -> list[Choice]:
    """The institutions to choose from, by name in the reader's language."""
    named = [(one.code, *pick(one, page.locale)) for one in institutions if one.demo or not demo_only]
    return sorted(named, key=lambda choice: choice[1])


async def _prefectures(session: AsyncSession) -> dict[str, Concept]:
    """The prefectures by code: some registries give a code where others give a name."""
    return {one.code: one for one in await concepts_of(session, Vocabulary.PREFECTURE)}


async def _show(
    session: AsyncSession,
    page: Page,
    key: UUID,
    *,
    at: str = "1",
    errors: dict[str, str] | None = None,
    typed: str = "",
    said: str = "",
    status: int = 200,
) -> Response:
    institutions = await linkable_institutions(session)
    text: Listed = await facility_text(session, key, institutions=institutions)
    return page.show(
        "facilities/facility.html",
        status=status,
        text=text,
        decisions=await decisions_on(session, key),
        trials=await trials_with(session, key, Paging(read_page(at), TRIALS)),
        institutions=_choices(institutions, page, demo_only=text.facility.demo),
        prefectures=await _prefectures(session),
        statuses=STATUSES,
        errors=errors or {},
        typed=typed,
        said=said,
        verdicts=Verdict,
        states=Standing,
    )
