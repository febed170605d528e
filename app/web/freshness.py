"""For administrators: after how many months facts on each item are due again."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import AdministratorOnly
from app.ground.errors import Unacceptable
from app.sites import actions
from app.sites.errors import PeriodMovedOn
from app.sites.queries.settings import Setting, period_history, period_settings
from app.web.consultations.forms import Text

router = APIRouter(prefix="/freshness")


@router.get("")
async def freshness(session: Transaction, page: InPage, _reader: AdministratorOnly, saved: str = "") -> Response:
    """Show every item with the period that counts and where it comes from."""
    return page.show("freshness/freshness.html", periods=await period_settings(session), saved=bool(saved))


@router.get("/{capability}")
async def period(capability: str, session: Transaction, page: InPage, _reader: AdministratorOnly) -> Response:
    """Show one item's period with its history, and the form that changes it."""
    return await _show(session, page, capability)


@router.post("/{capability}")
async def set_period(
    capability: str,
    session: Transaction,
    page: InPage,
    by: AdministratorOnly,
    now: Now,
    kind: Text = "",
    months: Text = "",
    seen: Text = "",
) -> Response:
    """Change one item's period; what stood before is kept."""
    typed = {"kind": kind, "months": months, "seen": seen}
    try:
        await actions.set_period(session, capability, typed, by=by, now=now)
    except Unacceptable as refusal:
        return await _show(session, page, capability, typed=typed, errors=refusal.by_field(page.locale))
    except PeriodMovedOn as refusal:
        return await _show(session, page, capability, typed=typed, moved_on=refusal.in_(page.locale))
    return page.redirect("/freshness?saved=1")


async def _show(
    session: AsyncSession,
    page: Page,
    capability: str,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    moved_on: str | None = None,
) -> Response:
    concept, history = await period_history(session, capability)
    stands = next((one for one in history if one.period.superseded_at is None), None)
    standing = _typed_of(stands)
    shown = {**standing, **typed} if typed else standing
    return page.show(
        "freshness/period.html",
        status=409 if moved_on else 422 if errors else 200,
        capability=concept,
        history=history,
        # The next attempt after a clash is against what stands now.
        typed={**shown, "seen": standing["seen"]} if moved_on else shown,
        errors=errors or {},
        moved_on=moved_on,
    )


def _typed_of(stands: Setting | None) -> dict[str, str]:
    if stands is None:
        return {"kind": "vocabulary", "months": "", "seen": ""}
    months = stands.period.months
    kind = "never" if months is None else "months"
    return {"kind": kind, "months": "" if months is None else str(months), "seen": str(stands.period.id)}
