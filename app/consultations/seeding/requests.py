"""A fictional sponsor fills in the form and submits it, block by block, as a person would."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import actions, queries
from app.enquiries.actions import Form
from app.enquiries.fields import BLOCKS
from app.enquiries.models import Enquiry
from app.ground.calendar import in_japan
from app.identity.rules import Actor

# What every fictional sponsor answers alike.
ALIKE = {"authority_to_act": "own_company", "contact_role": "Lead (fictional)"}
A_MONTH = timedelta(days=30)


async def submit_request(
    session: AsyncSession, by: Actor, row: dict[str, str], *, at: datetime, now: datetime
) -> Enquiry:
    """Submit the request that a row of the file describes, as of a moment in the past.

    Raises what the actions raise where the row could not be typed into the form.
    """
    enquiry = await actions.start_draft(session, by=by, now=at)
    terms = await queries.current_terms(session, today=in_japan(now))
    if terms is None:
        raise LookupError("no confidentiality terms are published")
    await actions.accept_terms(session, enquiry.id, version=terms.version, by=by, now=now)
    decide_by = in_japan(now + A_MONTH * int(row["months_to_decide"]))
    values = {**ALIKE, **row, "last_date_japan": decide_by.isoformat()}
    for block in BLOCKS:
        typed = {one.code: values[one.code].split("|") for one in block.fields if values.get(one.code)}
        if typed:
            await actions.save_block(session, enquiry.id, block, Form(typed=typed), by=by, now=at)
    return await actions.submit(session, enquiry.id, by=by, now=at)
