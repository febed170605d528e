"""The operator's confidentiality terms as the software brings them; an operator replaces them with its own."""

import csv
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries.models import ConfidentialityTerms
from app.ground.i18n import Said, _, say


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
    return say(_("%(count)s versions of the confidentiality terms are loaded."), count=len(rows))
