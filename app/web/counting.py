"""How we count: the rule for everybody, and the counting record of one case, where staff decide by hand."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import AdministratorOnly, Asker, FiguresReader, StaffOnly
from app.ground.errors import Unacceptable
from app.ground.i18n import Message, _
from app.identity.rules import Actor
from app.kpi import actions, exports, queries
from app.kpi.models import Decision

router = APIRouter()
Text = Annotated[str, Form()]
# What the form sends, and what it means: "rule" takes a decision back.
CHOICES: dict[str, Decision | None] = {"include": Decision.INCLUDE, "exclude": Decision.EXCLUDE, "rule": None}
CHOICE_LABELS: dict[str, Message] = {
    "include": _("Count this case"),
    "exclude": _("Leave this case out"),
    "rule": _("Leave it to the rule"),
}
CHOOSE = _("Choose whether the case counts.")


@router.get("/how-we-count")
async def how_we_count(session: Transaction, page: InPage, _reader: Asker, now: Now) -> Response:
    """Show the counting rule with its versions, and the national targets with their words and sources."""
    return page.show(
        "how_we_count/how_we_count.html",
        rules=await queries.all_rules(session),
        chosen=await queries.chosen_rule(session, now),
        targets=await queries.all_targets(session),
    )


@router.post("/figures/rule")
async def choose_rule(session: Transaction, page: InPage, by: AdministratorOnly, now: Now, code: Text = "") -> Response:
    """Count by another rule from now on."""
    await actions.choose_rule(session, code, by=by, now=now)
    return page.redirect("/how-we-count")


@router.get("/figures/cases/{number}")
async def case(number: str, session: Transaction, page: InPage, reader: FiguresReader, now: Now) -> Response:
    """Show the counting record of one case: where it stands under each rule, and what was decided by hand."""
    return await _show(session, page, reader, now, number)


@router.post("/figures/cases/{number}/decision")
async def decide(
    number: str, session: Transaction, page: InPage, by: StaffOnly, now: Now, choice: Text = "", reason: Text = ""
) -> Response:
    """Count a case or leave it out by hand, with a reason."""
    try:
        if choice not in CHOICES:
            raise Unacceptable({"choice": CHOOSE})
        await actions.decide(session, number, CHOICES[choice], reason, by=by, now=now)
    except Unacceptable as refusal:
        typed = {"choice": choice, "reason": reason}
        return await _show(session, page, by, now, number, refusal.by_field(page.locale), typed)
    return page.redirect(f"/figures/cases/{number}?decided=1")


async def _show(
    session: Transaction,
    page: Page,
    reader: Actor,
    now: Now,
    number: str,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    return page.show(
        "figures/case.html",
        status=422 if errors else 200,
        record=await queries.case_record(session, number, reader=reader, now=now, with_demo=page.demo),
        decisions=await queries.decisions_of(session, number, reader=reader),
        kinds=exports.COMPANY_KINDS,
        choices=[(value, label.in_(page.locale)) for value, label in CHOICE_LABELS.items()],
        decided="decided=1" in page.query,
        errors=errors or {},
        typed=typed or {"choice": "", "reason": ""},
    )
