"""An administrator says after how many months facts on one capability are due again."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.errors import NotFound, Unacceptable
from app.ground.i18n import _, say
from app.identity.rules import Actor
from app.sites.errors import NoSuchCapability, PeriodMovedOn
from app.sites.models import FreshnessPeriod
from app.terms.models import Concept, Vocabulary

LONGEST = 120
NO_ID = UUID(int=0)


async def set_period(
    session: AsyncSession, capability: str, typed: Mapping[str, str], *, by: Actor, now: datetime
) -> FreshnessPeriod | None:
    """Set after how many months facts on a capability are due again here; return the row that now stands.

    `typed` holds in `kind` vocabulary, months or never, in `months` the number as it was typed, and in `seen` the id of
    the setting that the page showed, empty for none. None stands where the vocabulary decides. What stood before is
    kept. Raises NotFound for anybody but administrators, NoSuchCapability, Unacceptable, PeriodMovedOn.
    """
    if not by.is_administrator or by.person_id is None:
        raise NotFound
    # The capability is locked, so that two administrators take turns.
    concept = select(Concept).where(Concept.code == capability, Concept.vocabulary == Vocabulary.CAPABILITY)
    locked = await session.scalar(concept.with_for_update()) if capability.isprintable() else None
    if locked is None:
        raise NoSuchCapability
    kind, months = _read(typed)
    current = select(FreshnessPeriod).where(FreshnessPeriod.capability_code == capability)
    before = await session.scalar(current.where(FreshnessPeriod.superseded_at.is_(None)))
    if typed.get("seen", "") != (str(before.id) if before else ""):
        raise PeriodMovedOn
    if _stands(before, kind, months):
        return before
    if before is not None:
        before.superseded_at = now
        await session.flush()
    row = None
    if kind != "vocabulary":
        row = FreshnessPeriod(capability_code=capability, months=months, set_at=now, set_by_id=by.person_id)
        session.add(row)
        await session.flush()
    audit.record(
        session, "freshness.set", subject=row.id if row else before.id if before else NO_ID, by=by, now=now,
        capability=capability, kind=kind, months=months,
    )  # fmt: skip
    return row


def _stands(before: FreshnessPeriod | None, kind: str, months: int | None) -> bool:
    return kind == "vocabulary" if before is None else kind != "vocabulary" and before.months == months


def _read(typed: Mapping[str, str]) -> tuple[str, int | None]:
    kind = typed.get("kind", "")
    if kind not in {"vocabulary", "months", "never"}:
        raise Unacceptable({"kind": _("Choose how long facts on this item are fresh.")})
    if kind != "months":
        return kind, None
    plain = unicodedata.normalize("NFKC", typed.get("months", "")).strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) < 5 and 1 <= int(plain) <= LONGEST):
        sentence = _("“%(typed)s” is not a number of months. Enter a whole number from 1 to %(most)s.")
        raise Unacceptable({"months": say(sentence, typed=typed.get("months", ""), most=LONGEST)})
    return kind, int(plain)
