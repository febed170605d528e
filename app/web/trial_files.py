"""Trials to take away as files: one as FHIR R5."""

import orjson
from fastapi import APIRouter, Response

from app.asking.transaction import InSettings, Transaction
from app.trials.exports.contents import codes_of
from app.trials.exports.fhir import Known, Reading, study
from app.trials.exports.r5_parts import resource_id
from app.trials.queries import get_trial

router = APIRouter()
FHIR = "application/fhir+json"


@router.get("/trials/{number}/fhir.json")
async def trial_as_fhir(number: str, session: Transaction, settings: InSettings) -> Response:
    """Return one trial as a FHIR R5 ResearchStudy, found by any of its numbers."""
    shown = await get_trial(session, number)
    records = [(one.record, one.said) for one in shown.stated]
    readings = [Reading(said, one.version, one.changed_at, one.last_seen_at, one.demo) for one, said in records]
    names = [condition.name for _record, said in records for condition in said.conditions]
    known = Known(settings.public_url.rstrip("/"), await codes_of(session, names))
    resource = study(readings, known)
    return Response(
        orjson.dumps(resource), media_type=FHIR, headers=saved_as(f"{resource_id(shown.lead.number)}.fhir.json")
    )


def saved_as(name: str) -> dict[str, str]:
    """Return the header by which a browser saves an answer under a name of plain letters."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}
