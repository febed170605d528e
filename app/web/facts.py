"""One fact of one institution: what counts now and why, and all that was ever said; officers check it and ask."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import Asker, StaffOnly
from app.ground.errors import Unacceptable
from app.ground.formats import day_text
from app.ground.i18n import Locale, _, say
from app.identity.rules import Actor
from app.sites import actions, queries
from app.sites.errors import FactsMovedOn
from app.sites.queries.history import History, Told, history_of
from app.sites.queries.questions import questions_about
from app.sites.rules import NOT_STATED_BY_SITES
from app.web.consultations.forms import Text

router = APIRouter(prefix="/sites/{code}/facts/{capability}")
MOVED_ON = _("This fact has changed in the meantime. What stands now is shown; what you typed is kept.")


@router.get("")
async def fact(
    code: str, capability: str, session: Transaction, page: InPage, reader: Asker, now: Now, done: str = ""
) -> Response:
    """Show one fact with its sources and its history."""
    return await _show(session, page, code, capability, reader=reader, now=now, done=done)


@router.post("/check")
async def check(
    code: str,
    capability: str,
    session: Transaction,
    page: InPage,
    by: StaffOnly,
    now: Now,
    fact: Text = "",
    agrees: Text = "",
    note: Text = "",
) -> Response:
    """Record that an officer held the fact against its source."""
    typed = {"fact": fact, "agrees": agrees, "note": note}
    try:
        await actions.check_fact(session, code, capability, typed, by=by, now=now)
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
        return await _show(session, page, code, capability, reader=by, now=now, errors=errors, typed=typed)
    except FactsMovedOn:
        return await _show(
            session, page, code, capability, reader=by, now=now, typed=typed, moved_on=MOVED_ON.in_(page.locale)
        )
    return page.redirect(f"/sites/{code}/facts/{capability}?done=checked#checks")


@router.post("/questions")
async def ask(
    code: str,
    capability: str,
    session: Transaction,
    page: InPage,
    by: StaffOnly,
    now: Now,
    question_ja: Text = "",
    question_en: Text = "",
    shown: Text = "",
) -> Response:
    """Ask the hospital about this fact."""
    typed = {"question_ja": question_ja, "question_en": question_en, "shown": shown}
    try:
        await actions.ask_about_fact(session, code, capability, typed, by=by, now=now)
    except Unacceptable as refusal:
        errors = refusal.by_field(page.locale)
        return await _show(session, page, code, capability, reader=by, now=now, errors=errors, typed=typed)
    return page.redirect(f"/sites/{code}/facts/{capability}?done=asked#questions")


async def _show(
    session: AsyncSession,
    page: Page,
    code: str,
    capability: str,
    *,
    reader: Actor,
    now: datetime,
    done: str = "",
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    moved_on: str | None = None,
) -> Response:
    institution = await queries.get_institution(session, code, reader=reader)
    history = await history_of(session, institution, capability, reader=reader, now=now)
    is_own = institution.id in reader.institution_ids
    statable = history.capability.details["group"] not in NOT_STATED_BY_SITES
    return page.show(
        "sites/fact.html",
        status=409 if moved_on else 422 if errors else 200,
        institution=institution,
        history=history,
        sources=sources_of(history, page.locale),
        questions=await questions_about(session, institution.id, reader=reader, capability=capability),
        may_ask=reader.is_staff and statable,
        may_check=reader.is_staff and bool(history.current),
        may_state=is_own and statable,
        done=done,
        errors=errors or {},
        typed=typed or {},
        moved_on=moved_on,
    )


def sources_of(history: History, locale: Locale) -> list[tuple[str, str]]:
    """Return the sources that stand now as choices, the one that counts first."""
    counting = history.counts.fact if history.counts else None
    ordered = sorted(history.current, key=lambda one: one.fact is not counting)
    return [(str(one.fact.id), _source(one, locale)) for one in ordered]


def _source(told: Told, locale: Locale) -> str:
    fact = told.fact
    day = day_text(fact.as_of, locale)
    if fact.is_own:
        return say(_("The institution itself, %(day)s"), day=day).in_(locale)
    return say(_("%(source)s, %(day)s"), source=fact.source_url or fact.source_words or "–", day=day).in_(locale)
