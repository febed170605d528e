"""Runs: all of them, one with what it refused, and the records that it wrote."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.asking.page import InPage
from app.asking.transaction import Now, Transaction
from app.asking.who import RecordsKeeper, SignedIn
from app.ground.errors import NotFound
from app.ground.paging import Paging
from app.trials.models import RunKind, RunState, Source, SyncRun
from app.trials.queries.run_records import Wrote, written_in
from app.trials.queries.runs import get_run, refusals_of, runs_of
from app.web.sites import read_page

router = APIRouter(prefix="/registries/runs")
ROWS = 50
REFUSALS = 20
UNDER_WAY = (RunState.WAITING, RunState.RUNNING)
AskedPage = Annotated[str, Query(alias="page")]


@router.get("")
async def runs(
    session: Transaction, page: InPage, reader: RecordsKeeper, source: str = "", at: AskedPage = "1"
) -> Response:
    """List the runs of a source, or all, the newest first."""
    chosen = Source(source) if source in list(Source) else None
    return page.show(
        "registries/runs.html",
        runs=await runs_of(session, Paging(read_page(at), ROWS), source=chosen),
        source=chosen,
        sources=list(Source),
    )


@router.get("/{run_id}")
async def run(
    run_id: UUID, session: Transaction, page: InPage, reader: SignedIn, shown: str = "", at: AskedPage = ""
) -> Response:
    """Show how far a run is, what it counted, and what it refused.

    `shown` is the step of the progress that a polling page shows already: what it says is not read out twice. A page
    of what was refused does not poll, so that it can be read.
    """
    found = await get_run(session, run_id)
    keeps = reader.is_staff or reader.is_administrator
    if not keeps and found.kind is not RunKind.RECORD:
        raise NotFound
    is_under_way = found.state in UNDER_WAY
    step = _step(found)
    return page.show(
        "registries/run.html",
        run=found,
        keeps=keeps,
        is_under_way=is_under_way,
        polls=is_under_way and not at,
        refusals=await refusals_of(session, found, Paging(read_page(at or "1"), REFUSALS)),
        step=step,
        is_news=step != shown,
    )


@router.get("/{run_id}/records")
async def run_records(
    run_id: UUID, session: Transaction, page: InPage, reader: RecordsKeeper, now: Now,
    what: Wrote = Wrote.NEW, at: AskedPage = "1",
) -> Response:  # fmt: skip
    """List the records that were new or changed while a run was under way."""
    found = await get_run(session, run_id)
    return page.show(
        "registries/run_records.html",
        run=found,
        what=what,
        written=await written_in(session, found, what, Paging(read_page(at), ROWS), now=now),
    )


def _step(run: SyncRun) -> str:
    """Return how a run stands, to a tenth: often enough to be told."""
    tenth = "" if run.share is None else str(int(run.share * 10))
    return f"{run.state.value}{tenth}"
