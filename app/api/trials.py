"""Public trial records as JSON."""

from datetime import date, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from pydantic import BaseModel

from app.asking.transaction import Transaction
from app.ground.paging import Paging
from app.trials.models import Source, TrialRecord
from app.trials.queries import Filters, get_trial, trials_found
from app.trials.written import as_json

router = APIRouter(prefix="/trials", tags=["trials"])
MOST_ROWS = 100


class RecordOut(BaseModel):
    """What one source says of a trial, in short; `licence` is where its terms of use stand."""

    source: Source
    number: str
    address: str | None
    version: int
    title_en: str | None
    title_ja: str | None
    sponsor_en: str | None
    sponsor_ja: str | None
    status: str | None
    study_type: str | None
    phases: list[str]
    first_in_human: bool
    decentralised: bool
    international: bool | None
    registered_on: date | None
    updated_on: date | None
    first_seen_at: datetime
    last_seen_at: datetime
    licence: str
    demo: bool


class TrialOut(BaseModel):
    """A trial: the number of the record that leads, all its records, and where in Japan it has sites."""

    number: str
    records: list[RecordOut]
    prefectures: list[str]


class TrialsOut(BaseModel):
    """One page of trials, the last registered first."""

    trials: list[TrialOut]
    total: int
    page: int
    pages: int


class WholeRecordOut(RecordOut):
    """A record with everything that its source says, as `madoguchi trials read --json` prints it."""

    content: dict[str, Any]


class WholeTrialOut(BaseModel):
    """A trial with its records, whole."""

    number: str
    records: list[WholeRecordOut]


@router.get("", response_model=TrialsOut)
async def list_trials(
    session: Transaction,
    q: Annotated[str, Query(description="Words of a title in either language, or a number.")] = "",
    status: Annotated[str, Query(description="For example recruiting or completed.")] = "",
    phase: Annotated[str, Query(description="For example phase.1.")] = "",
    registry: Annotated[str, Query(description="jrct, ctgov or ictrp.")] = "",
    prefecture: Annotated[str, Query(description="Of a site, for example pref.13.")] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    rows: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 20,
) -> TrialsOut:
    """List trials."""
    filters = Filters.asked(q=q, status=status, phase=phase, registry=registry, prefecture=prefecture)
    found = await trials_found(session, filters, Paging(page, rows))
    listed = [
        TrialOut(
            number=row.lead.number,
            records=[RecordOut(**_short(record)) for record in row.records],
            prefectures=row.prefectures,
        )
        for row in found.rows
    ]
    return TrialsOut(trials=listed, total=found.total, page=page, pages=found.pages)


@router.get("/{number}", response_model=WholeTrialOut)
async def read_trial(number: str, session: Transaction) -> WholeTrialOut:
    """Return a trial by any of its numbers."""
    shown = await get_trial(session, number)
    records = [WholeRecordOut(**_short(one.record), content=orjson.loads(as_json(one.said))) for one in shown.stated]
    return WholeTrialOut(number=shown.lead.number, records=records)


def _short(record: TrialRecord) -> dict[str, Any]:
    names = [name for name in RecordOut.model_fields if name != "licence"]
    return {name: getattr(record, name) for name in names} | {"licence": record.source.terms.address}
