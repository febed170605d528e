"""Trials to take away as files: the whole result of a search as CSV, JSON or FHIR R5, and one trial as FHIR R5."""

from collections.abc import AsyncIterator

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from app.asking import limits
from app.asking.page import InPage
from app.asking.transaction import InSettings, Now, Sessions, Transaction
from app.asking.who import Asker
from app.ground.calendar import in_japan
from app.settings import Settings
from app.trials.exports.contents import codes_of, linked_in
from app.trials.exports.fhir import Known, Reading, study
from app.trials.exports.r5_parts import resource_id
from app.trials.exports.streams import Wanted, csv_file, fhir_file, json_file
from app.trials.queries import get_trial
from app.web.finding import AskedSearch

router = APIRouter()
FHIR = "application/fhir+json"


async def not_too_often(request: Request, sessions: Sessions, asker: Asker, now: Now) -> None:
    """Count a whole result that a visitor takes away, by network address. Raises TooMany."""
    if asker.is_visitor:
        network = limits.network_of(request)
        await limits.limit(sessions, "export_network", network, most=limits.EXPORTS_PER_NETWORK, now=now)


WHOLE = [Depends(not_too_often)]


@router.get("/trials.csv", dependencies=WHOLE)
async def trials_as_csv(
    sessions: Sessions, settings: InSettings, page: InPage, search: AskedSearch, now: Now
) -> StreamingResponse:
    """Return all hits as CSV in the reader's language, batch by batch."""
    wanted = Wanted(search, base_of(settings), now)
    return _file(csv_file(sessions, wanted, page.locale), wanted, "csv", "text/csv; charset=utf-8")


@router.get("/trials.json", dependencies=WHOLE)
async def trials_as_json(sessions: Sessions, settings: InSettings, search: AskedSearch, now: Now) -> StreamingResponse:
    """Return all hits as JSON, each as the API lists it, batch by batch."""
    wanted = Wanted(search, base_of(settings), now)
    return _file(json_file(sessions, wanted), wanted, "json", "application/json")


@router.get("/trials.fhir.json", dependencies=WHOLE)
async def trials_as_fhir(sessions: Sessions, settings: InSettings, search: AskedSearch, now: Now) -> StreamingResponse:
    """Return all hits as a FHIR R5 Bundle of ResearchStudy, batch by batch."""
    wanted = Wanted(search, base_of(settings), now)
    return _file(fhir_file(sessions, wanted), wanted, "fhir.json", FHIR)


@router.get("/trials/{number}/fhir.json")
async def trial_as_fhir(number: str, session: Transaction, settings: InSettings) -> Response:
    """Return one trial as a FHIR R5 ResearchStudy, found by any of its numbers."""
    shown = await get_trial(session, number)
    records = [(one.record, one.said) for one in shown.stated]
    readings = [Reading(said, one.version, one.changed_at, one.last_seen_at, one.demo) for one, said in records]
    names = [condition.name for _record, said in records for condition in said.conditions]
    linked = await linked_in(session, [record for record, _said in records], base_of(settings))
    resource = study(readings, Known(base_of(settings), await codes_of(session, names), linked))
    name = f"{resource_id(shown.lead.number)}.fhir.json"
    return Response(orjson.dumps(resource), media_type=FHIR, headers=saved_as(name))


def base_of(settings: Settings) -> str:
    """Return the address of this service without the stroke at its end."""
    return settings.public_url.rstrip("/")


def saved_as(name: str) -> dict[str, str]:
    """Return the header by which a browser saves an answer under a name of plain letters."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _file(parts: AsyncIterator[bytes], wanted: Wanted, ending: str, kind: str) -> StreamingResponse:
    name = f"trials-{in_japan(wanted.now).isoformat()}.{ending}"
    return StreamingResponse(parts, media_type=kind, headers=saved_as(name))
