"""Public trial records as JSON."""

from datetime import date, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from app.asking.transaction import Transaction
from app.trials.exports import short
from app.trials.models import Source
from app.trials.queries import get_trial, searching
from app.trials.queries.links import institution_codes_of
from app.trials.queries.searching import Search
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
    """A trial: the number of the record that leads, all its records, where in Japan it has sites, and the codes of the
    institutions that this service takes sites for.
    """

    number: str
    records: list[RecordOut]
    prefectures: list[str]
    institutions: list[str]


class TrialsOut(BaseModel):
    """One page of trials. `total` and `pages` are null where counting was not asked for and costs something.

    `understood`: the terms of the vocabulary that words were taken for. `facets`, where asked for: for each filter how
    many trials have each code; a filter ignores its own choice.
    """

    trials: list[TrialOut]
    page: int
    more: bool
    total: int | None
    pages: int | None
    understood: list[str]
    facets: dict[str, dict[str, int]] | None


class WholeRecordOut(RecordOut):
    """A record with everything that its source says, as `madoguchi trials read --json` prints it."""

    content: dict[str, Any]


class WholeTrialOut(BaseModel):
    """A trial with its records, whole."""

    number: str
    records: list[WholeRecordOut]


def asked_search(
    q: Annotated[str, Query(description="Words in either language, or a number.")] = "",
    status: Annotated[
        str, Query(description="For example recruiting or completed; running for all before their end.")
    ] = "",
    phase: Annotated[str, Query(description="For example phase.1.")] = "",
    area: Annotated[str, Query(description="Therapeutic area, for example area.oncology.")] = "",
    modality: Annotated[str, Query(description="For example modality.antibody.")] = "",
    prefecture: Annotated[str, Query(description="Of a site, for example pref.13.")] = "",
    institution: Annotated[str, Query(description="The code of an institution that a site was taken for.")] = "",
    year: Annotated[str, Query(description="Of the registration, for example 2026.")] = "",
    registry: Annotated[str, Query(description="jrct, ctgov or ictrp.")] = "",
    first_in_human: Annotated[str, Query(description="yes: only trials whose text says so.")] = "",
    decentralised: Annotated[str, Query(description="yes: only trials whose text names such elements.")] = "",
    within: Annotated[str, Query(description="head: titles, conditions, keywords, interventions, numbers only.")] = "",
    sort: Annotated[str, Query(description="newest; else the nearest to the words first.")] = "",
) -> Search:
    """Read the search; a value that is no choice of ours is no choice."""
    return Search.asked(
        q=q, status=status, phase=phase, area=area, modality=modality, prefecture=prefecture, institution=institution,
        year=year, registry=registry, first_in_human=first_in_human, decentralised=decentralised, within=within, sort=sort,
    )  # fmt: skip


@router.get("", response_model=TrialsOut)
async def list_trials(
    session: Transaction,
    search: Annotated[Search, Depends(asked_search)],
    count: Annotated[bool, Query(description="Count all hits exactly.")] = False,
    facets: Annotated[bool, Query(description="Count for each filter how many hits have each code.")] = False,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    rows: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 20,
) -> TrialsOut:
    """Find trials."""
    found = await searching.find(session, search, page=page, size=rows)
    total = await searching.count(session, search) if count else found.total
    linked = await institution_codes_of(session, [row.lead.trial_id for row in found.rows])
    return TrialsOut(
        trials=[TrialOut(**short.trial(row, linked.get(row.lead.trial_id, ()))) for row in found.rows],
        page=page,
        more=found.more,
        total=total,
        pages=None if total is None else max(1, -(-total // rows)),
        understood=[concept.code for concept in found.understood],
        facets=await searching.facets(session, search) if facets else None,
    )


@router.get("/{number}", response_model=WholeTrialOut)
async def read_trial(number: str, session: Transaction) -> WholeTrialOut:
    """Return a trial by any of its numbers."""
    shown = await get_trial(session, number)
    records = [
        WholeRecordOut(**short.record(one.record), content=orjson.loads(as_json(one.said))) for one in shown.stated
    ]
    return WholeTrialOut(number=shown.lead.number, records=records)
