"""The confidentiality terms as the software brings them, and the fictional draft of the demonstration."""

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries import actions
from app.enquiries.ctgov.study import read_study
from app.enquiries.fields import BLOCKS
from app.enquiries.models import ConfidentialityTerms, ReadingState, RegistryReading
from app.ground.db import stable_id
from app.ground.i18n import Said, _, say
from app.identity.queries import actor_of


async def load_official(session: AsyncSession, seed_data: Path, *, now: datetime) -> Said:
    """Load every version of the confidentiality terms; a version that is there already is never changed."""
    folder = seed_data / "enquiries"
    with (folder / "confidentiality_terms.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            {
                "version": int(row["version"]),
                "valid_from": date.fromisoformat(row["valid_from"]),
                "text_en": (folder / row["text_en"]).read_text(encoding="utf-8").strip(),
                "text_ja": (folder / row["text_ja"]).read_text(encoding="utf-8").strip(),
            }
            for row in csv.DictReader(file)
        ]
    await session.execute(insert(ConfidentialityTerms).values(rows).on_conflict_do_nothing())
    return say(_("The confidentiality terms are loaded (versions: %(count)s)."), count=len(rows))


async def load_demonstration(session: AsyncSession, demo_data: Path, *, now: datetime) -> Said:
    """Load the fictional drafts, each begun from a fictional record; harmless when run again."""
    drafts = orjson.loads((demo_data / "enquiries" / "drafts.json").read_bytes())
    for draft in drafts:
        await _load_draft(session, draft, now)
    return say(_("The fictional drafts are loaded: %(count)s."), count=len(drafts))


async def _load_draft(session: AsyncSession, draft: dict[str, Any], now: datetime) -> None:
    """Begin one draft as its fictional author, unless its record is there already."""
    study = read_study(draft["study"])
    key = stable_id("reading", study.number)
    by = await actor_of(session, stable_id("person", draft["by"]))
    if by is None or await session.get(RegistryReading, key) is not None:
        return
    reading = RegistryReading(
        id=key, number=study.number, state=ReadingState.READ, study=study.kept(), asked_at=now, done_at=now,
        asked_by_id=by.person_id,
    )  # fmt: skip
    session.add(reading)
    await session.flush()
    enquiry = await actions.draft_from(session, reading, by=by, now=now)
    for block in BLOCKS:
        typed = {one.code: draft["typed"][one.code] for one in block.fields if one.code in draft["typed"]}
        if typed:
            await actions.save_block(session, enquiry.id, block, actions.Form(typed=typed), by=by, now=now)
