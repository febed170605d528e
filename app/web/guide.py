"""The guide: what Japan asks of a foreign sponsor, step by step, each with its sources. No regulatory advice."""

from itertools import groupby

from fastapi import APIRouter, Response

from app.asking.page import InPage
from app.asking.transaction import Transaction
from app.asking.who import Asker
from app.ground.errors import NotFound
from app.ground.i18n import Message, _
from app.readiness import queries
from app.readiness.models import PRODUCTS, Product

router = APIRouter()
STAGES: dict[int, Message] = {
    1: _("Decide the pathway"),
    2: _("Before anything is filed: the caretaker and first contacts"),
    3: _("Advice and approvals before the notification"),
    4: _("Choosing sites"),
    5: _("Notification and import"),
    6: _("Ethics review, contract and registration"),
    7: _("While the trial runs"),
    8: _("Designations and approval"),
    9: _("Research that is not chiken"),
    10: _("Changes to come"),
}


@router.get("/guide")
async def guide(session: Transaction, page: InPage, _visitor: Asker, product: str = "") -> Response:
    """Show the steps by stage, those of one kind of product where one is chosen."""
    chosen = read_product(product)
    steps = await queries.steps(session)
    wanted = [step for step in steps if not chosen or chosen in step.applies_to]
    stages = [(number, STAGES[number], list(group)) for number, group in groupby(wanted, key=lambda step: step.stage)]
    by_code = {step.code: step for step in steps}
    return page.show("guide/guide.html", stages=stages, by_code=by_code, chosen=chosen, products=PRODUCTS)


def read_product(text: str) -> Product | None:
    """Return the kind of product of an address, None where it names none. Raises NotFound for one that is none."""
    if not text:
        return None
    if text not in set(Product):
        raise NotFound
    return Product(text)
