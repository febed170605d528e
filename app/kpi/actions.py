"""What people do to the count: decide one case by hand, choose the rule that the operator counts by."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground import audit
from app.ground.db import stable_id
from app.ground.errors import NotAllowed, Unacceptable
from app.ground.i18n import _, say
from app.identity.rules import Actor
from app.kpi import queries, rules
from app.kpi.errors import NoSuchRule
from app.kpi.models import CountingChoice, CountingDecision, CountingRule, Decision

LONGEST_REASON: Final = 1000
NO_REASON = _("Write the reason: it stays on record with your name.")
TOO_LONG = _("Write the reason in at most %(longest)s characters; there are %(length)s.")
NAMES_SOMEBODY = _("Leave the company and the product out of the reason: observers read it. Found: %(found)s")


async def decide(
    session: AsyncSession, number: str, choice: Decision | None, reason: str, *, by: Actor, now: datetime
) -> CountingDecision:
    """Count a case, leave it out, or (None) leave it to the rule again, with a reason on record.

    Sent twice it is decided once. Raises NoSuchCase, NotAllowed for who is not staff, Unacceptable
    for a reason that is missing, too long, or names the company or its product.
    """
    case = await queries.consultation_of(session, number, reader=by)
    if not by.is_staff or by.person_id is None:
        raise NotAllowed
    seen = (await queries.cases(session, now, reader=by, only=case.id))[case.id]
    reason = _sound(reason.strip(), seen)
    latest = await session.scalar(
        select(CountingDecision)
        .where(CountingDecision.consultation_id == case.id)
        .order_by(CountingDecision.at.desc())
        .limit(1)
    )
    if latest is not None and (latest.decision, latest.reason) == (choice, reason):
        return latest
    made = CountingDecision(consultation_id=case.id, decision=choice, reason=reason, at=now, by_id=by.person_id)
    session.add(made)
    audit.record(session, "counting.decided", subject=case.id, by=by, now=now, choice=choice)
    await session.flush()
    return made


def _sound(reason: str, case: rules.Case) -> str:
    if not reason:
        raise Unacceptable({"reason": NO_REASON})
    if len(reason) > LONGEST_REASON:
        raise Unacceptable({"reason": say(TOO_LONG, longest=LONGEST_REASON, length=len(reason))})
    found = rules.names_in(reason, case)
    if found:
        raise Unacceptable({"reason": say(NAMES_SOMEBODY, found=", ".join(found))})
    return reason


async def choose_rule(session: AsyncSession, code: str, *, by: Actor, now: datetime) -> CountingChoice:
    """Count by this rule from now on; figures of earlier dates keep the rule of their date.

    Raises NotAllowed for who is not an administrator, NoSuchRule for an unknown code.
    """
    if not by.is_administrator:
        raise NotAllowed
    if await session.scalar(select(CountingRule.code).where(CountingRule.code == code).limit(1)) is None:
        raise NoSuchRule
    made = CountingChoice(code=code, at=now, by_id=by.person_id)
    session.add(made)
    audit.record(session, "counting.rule_chosen", subject=stable_id("counting_rule", code), by=by, now=now, code=code)
    await session.flush()
    return made
