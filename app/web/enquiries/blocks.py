"""The blocks of a request: shown, saved, confirmed; whatever is refused comes back as it was typed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.asking.page import InPage, Page
from app.asking.transaction import Now, Transaction
from app.asking.who import SponsorOnly
from app.enquiries import actions, queries
from app.enquiries.errors import ChangedMeanwhile
from app.enquiries.fields import BLOCKS, Block, block_with
from app.ground.errors import NotFound, Unacceptable
from app.identity.rules import Actor
from app.web.enquiries.drafts import overview
from app.web.enquiries.form import Posted, changing, form_of, shown_fields

router = APIRouter()


def block_of_path(request: Request) -> Block:
    """Return the block that an address ends in. Raises NotFound."""
    block = block_with(request.url.path.rsplit("/", 1)[-1])
    if block is None:
        raise NotFound
    return block


InBlock = Annotated[Block, Depends(block_of_path)]


async def block(
    enquiry_id: UUID, request: Request, session: Transaction, page: InPage, reader: SponsorOnly, block: InBlock
) -> Response:
    """Show one block to be filled in."""
    return await _show(session, request, page, reader, enquiry_id, block)


async def save(
    enquiry_id: UUID, request: Request, session: Transaction, page: InPage, by: SponsorOnly, now: Now, block: InBlock
) -> Response:
    """Save one block, confirm imported values, or open one to be changed."""
    data = await request.form()
    form = form_of(data, block, confirm_all="confirm_all" in data)
    try:
        saved = await actions.save_block(session, enquiry_id, block, form, by=by, now=now)
    except Unacceptable as refusal:
        posted = Posted(form, errors=refusal.by_field(page.locale))
        return await _show(session, request, page, by, enquiry_id, block, posted, status=422)
    except ChangedMeanwhile as told:
        posted = Posted(form, stored=told.stored)
        return await _show(session, request, page, by, enquiry_id, block, posted, status=409)
    return page.redirect(_where_next(enquiry_id, block, str(data.get("change", "")), form, saved.merged))


def _where_next(enquiry_id: UUID, block: Block, change: str, form: actions.Form, merged: bool) -> str:
    """Return where saving leads: to what was asked for on this block, else to the next block."""
    here = f"/enquiries/{enquiry_id}/{block.code}"
    if change in {one.code for one in block.fields}:
        return f"{here}?change={change}#field-{change}"
    if form.confirm or merged:
        note = "merged" if merged else "confirmed"
        return f"{here}?done={note}#blocks"
    place = BLOCKS.index(block) + 1
    return f"/enquiries/{enquiry_id}/{BLOCKS[place].code}" if place < len(BLOCKS) else f"/enquiries/{enquiry_id}"


async def _show(
    session: AsyncSession, request: Request, page: Page, reader: Actor, enquiry_id: UUID, block: Block,
    posted: Posted | None = None, status: int = 200,
) -> Response:  # fmt: skip
    found = await queries.get_enquiry(session, enquiry_id, reader=reader)
    whole = await overview(session, page, found, reader)
    shown = await shown_fields(
        session, found, block, whole["values"], accepted=whole["acceptance"] is not None, locale=page.locale,
        opened=changing(request, posted), posted=posted,
    )  # fmt: skip
    place = BLOCKS.index(block) + 1
    return page.show(
        "enquiries/block.html",
        status=status,
        **whole,
        block=block,
        shown=shown,
        following=BLOCKS[place] if place < len(BLOCKS) else None,
        errors=posted.errors if posted else {},
        clashes=posted.stored if posted else {},
        done=request.query_params.get("done", ""),
    )


for one in BLOCKS:
    router.add_api_route(f"/enquiries/{{enquiry_id}}/{one.code}", block, methods=["GET"], name=f"block_{one.code}")
    router.add_api_route(f"/enquiries/{{enquiry_id}}/{one.code}", save, methods=["POST"], name=f"save_{one.code}")
