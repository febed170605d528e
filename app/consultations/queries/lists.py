"""What was released to the sponsor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consultations.models import AskedSite, Band, Consultation, ReleasedList, ReleasedSite
from app.identity.models import Organisation


@dataclass(frozen=True)
class Released:
    """A released list: which one it is, when, and its institutions."""

    version: int
    at: datetime
    sites: list["OnTheList"]

    @property
    def unasked(self) -> list["OnTheList"]:
        """The institutions that nobody has asked yet."""
        return [site for site in self.sites if site.asked is None]


@dataclass(frozen=True)
class OnTheList:
    """One institution of a released list, with what it answered and what became of it."""

    institution_id: UUID
    name_en: str
    name_ja: str | None
    demo: bool
    band: Band
    reasons: list[Any]
    asked: AskedSite | None


async def latest_list(session: AsyncSession, case: Consultation) -> ReleasedList | None:
    """Return the newest list of a case, or None."""
    lists = select(ReleasedList).where(ReleasedList.consultation_id == case.id)
    newest: ReleasedList | None = await session.scalar(lists.order_by(ReleasedList.released_at.desc()).limit(1))
    return newest


async def released_sites(session: AsyncSession, case: Consultation) -> Released | None:
    """Return the newest list with its institutions, by band and then by name: never by points."""
    newest = await latest_list(session, case)
    if newest is None:
        return None
    count = select(func.count()).select_from(ReleasedList).where(ReleasedList.consultation_id == case.id)
    asked = (AskedSite.institution_id == ReleasedSite.institution_id) & (AskedSite.consultation_id == case.id)
    listed = (
        select(ReleasedSite, Organisation, AskedSite)
        .join(Organisation, Organisation.id == ReleasedSite.institution_id)
        .outerjoin(AskedSite, asked)
        .where(ReleasedSite.list_id == newest.id)
    )
    rows = [_row(*row) for row in await session.execute(listed)]
    bands = list(Band)
    rows.sort(key=lambda row: (bands.index(row.band), row.name_en.casefold()))
    return Released(await session.scalar(count) or 1, newest.released_at, rows)


def _row(site: ReleasedSite, institution: Organisation, asked: AskedSite | None) -> OnTheList:
    return OnTheList(
        institution.id, institution.name_en, institution.name_ja, institution.demo, site.band, site.reasons, asked
    )
