"""What public trial records show of one institution, as JSON."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from app.asking.transaction import Transaction
from app.asking.who import Asker
from app.sites import queries
from app.trials.models import Source
from app.trials.queries import Listed
from app.trials.queries.evidence import evidence_of
from app.trials.queries.searching import Search, find

router = APIRouter(prefix="/sites", tags=["sites"])
MOST_ROWS = 100


class ReadOut(BaseModel):
    """A source of these records: when the newest of them was read, and where its terms of use stand."""

    source: Source
    read_at: datetime
    licence: str


class LinkedTrialOut(BaseModel):
    """A linked trial in the words of the record that leads; `numbers` of all its records. `/trials/{number}` has it whole."""

    number: str
    numbers: list[str]
    title_en: str | None
    title_ja: str | None
    status: str | None
    registered_on: date | None


class EvidenceOut(BaseModel):
    """The trials linked to an institution, counted once each: by code in all, and one page of them, newest first.

    A trial that is not linked is not "no": most records do not disclose their hospitals in Japan.
    """

    code: str
    total: int
    running: int
    areas: dict[str, int]
    phases: dict[str, int]
    modalities: dict[str, int]
    years: dict[str, int]
    statuses: dict[str, int]
    read: list[ReadOut]
    trials: list[LinkedTrialOut]
    page: int
    more: bool


@router.get("/{code}/trials", response_model=EvidenceOut)
async def list_site_trials(
    code: str,
    session: Transaction,
    reader: Asker,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    rows: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 20,
) -> EvidenceOut:
    """Count and list the trials whose public records name an institution."""
    institution = await queries.get_institution(session, code, reader=reader)
    evidence = await evidence_of(session, institution.code)
    found = await find(session, Search.asked(institution=institution.code), page=page, size=rows)
    by = {name: dict(evidence.by.get(name, {})) for name in ("area", "phase", "modality", "year", "status")}
    return EvidenceOut(
        code=institution.code,
        total=evidence.trials,
        running=evidence.running,
        areas=by["area"],
        phases=by["phase"],
        modalities=by["modality"],
        years=by["year"],
        statuses=by["status"],
        read=[
            ReadOut(source=source, read_at=evidence.read[source], licence=source.terms.address)
            for source in evidence.sources
        ],
        trials=[_linked(row) for row in found.rows],
        page=page,
        more=found.more,
    )


def _linked(row: Listed) -> LinkedTrialOut:
    lead = row.lead
    return LinkedTrialOut(
        number=lead.number,
        numbers=list(dict.fromkeys(record.number for record in row.records)),
        title_en=lead.title_en,
        title_ja=lead.title_ja,
        status=lead.status,
        registered_on=lead.registered_on,
    )
