"""The regulatory steps, read from seed_data/readiness."""

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.i18n import Said, _, say
from app.readiness.models import Clock, RegulatoryStep


async def load_official(session: AsyncSession, seed_data: Path, *, now: datetime) -> Said:
    """Bring the steps to what the file says; a step that has left the file goes."""
    with (seed_data / "readiness" / "regulatory_steps.csv").open(encoding="utf-8", newline="") as file:
        steps = [_step(row, position) for position, row in enumerate(csv.DictReader(file, strict=True))]
    codes = [step["code"] for step in steps]
    await session.execute(delete(RegulatoryStep).where(RegulatoryStep.code.not_in(codes)))
    adding = insert(RegulatoryStep).values(steps)
    changed = {name: adding.excluded[name] for name in steps[0] if name != "code"}
    await session.execute(adding.on_conflict_do_update(index_elements=["code"], set_=changed))
    return say(_("%(count)s regulatory steps are loaded."), count=len(steps))


def _step(row: dict[str, str], position: int) -> dict[str, Any]:
    plain = {name: cell for name, cell in row.items() if name.endswith(("_en", "_ja")) or name == "code"}
    return plain | {
        "position": position,
        "stage": int(row["stage"]),
        "applies_to": row["applies_to"].split(";"),
        "days_min": int(row["days_min"]) if row["days_min"] else None,
        "days_max": int(row["days_max"]) if row["days_max"] else None,
        "clock": Clock(row["clock"]),
        "after": [code for code in row["after"].split(";") if code],
        "sources": row["sources"].split(" | "),
        "confirmed": row["confirmed"] == "true",
        "as_of": date.fromisoformat(row["as_of"]),
    }
