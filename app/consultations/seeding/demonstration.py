"""The demonstration's consultations: told by a file, done by the same actions as real ones, by fictional people."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.actions import open_consultation
from app.consultations.models import Consultation
from app.consultations.seeding.calendar import Past
from app.consultations.seeding.cast import Cast, the_cast
from app.consultations.seeding.requests import submit_request
from app.consultations.seeding.steps import STEPS, Moment
from app.ground.i18n import Said, _, say
from app.ground.mail import OutgoingMail
from app.identity.rules import SERVICE

LOADED = _("%(count)s fictional consultations are loaded.")
# Mail about what happened before yesterday would only bury the mail that a visitor of the demonstration causes.
MAILED = timedelta(days=1)


async def load_demonstration(session: AsyncSession, demo_data: Path, *, now: datetime) -> Said:
    """Load the fictional consultations, once; where some are there already nothing changes."""
    if not await session.scalar(select(exists().where(Consultation.demo))):
        await _tell(session, demo_data / "consultations", now)
    return say(LOADED, count=await session.scalar(select(func.count()).where(Consultation.demo)))


async def _tell(session: AsyncSession, folder: Path, now: datetime) -> None:
    cast = await the_cast(session, folder, now=now)
    cases, steps = _rows(folder / "cases.csv"), _rows(folder / "steps.csv")
    past = Past(now, oldest=max(int(row["days_ago"]) for row in cases) + 1)
    numbers: dict[str, Consultation] = {}
    for row in sorted([*cases, *steps], key=_age):
        at = past.at(int(row["days_ago"]), int(row["hour"]))
        if "step" in row:
            moment = Moment(session, cast, numbers[row["case"]], at, now)
            await STEPS[row["step"]](moment, row)
        else:
            numbers[row["case"]] = await _open(session, cast, row, at, now)
        await session.flush()
    old = update(OutgoingMail).where(OutgoingMail.sent_at.is_(None), OutgoingMail.asked_at < now - MAILED)
    await session.execute(old.values(sent_at=OutgoingMail.asked_at))


def _age(row: dict[str, str]) -> tuple[bool, int, int]:
    """What sorts the rows of both files by time: last year's (negative ages) first, then by days and hours."""
    days = int(row["days_ago"])
    return (days >= 0, days if days < 0 else -days, int(row["hour"]))


async def _open(session: AsyncSession, cast: Cast, row: dict[str, str], at: datetime, now: datetime) -> Consultation:
    enquiry = await submit_request(session, await cast.sponsor(row["sponsor"]), row, at=at, now=now)
    case = await open_consultation(session, enquiry.id, by=SERVICE, now=at)
    if case is None:
        raise LookupError(f"{row['case']} was not submitted")
    return case


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
