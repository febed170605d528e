"""The services elsewhere that the window refers to, as the public facts name them."""

import csv
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import ReferralService
from app.ground.i18n import Said, _, say


async def load_official(session: AsyncSession, seed_data: Path, *, now: datetime) -> Said:
    """Load the list of services to refer to; what stands there already follows the file."""
    with (seed_data / "referral_services.csv").open(encoding="utf-8", newline="") as file:
        rows = [_row(position, read) for position, read in enumerate(csv.DictReader(file))]
    services = insert(ReferralService).values(rows)
    renewed = {name: services.excluded[name] for name in rows[0] if name != "code"}
    await session.execute(services.on_conflict_do_update(index_elements=["code"], set_=renewed))
    return say(_("%(count)s services to refer to are loaded."), count=len(rows))


def _row(position: int, read: dict[str, str]) -> dict[str, object]:
    return {**read, "url": read["url"] or None, "as_of": date.fromisoformat(read["as_of"]), "position": position}
