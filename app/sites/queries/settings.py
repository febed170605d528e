"""The periods after which facts are due again, as administrators set them, with their history."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.models import Person
from app.sites.errors import NoSuchCapability
from app.sites.models import FreshnessPeriod
from app.terms.models import Concept, Vocabulary
from app.terms.queries import by_codes, concepts_of


@dataclass(frozen=True)
class Setting:
    """One setting and who made it."""

    period: FreshnessPeriod
    by: str


@dataclass(frozen=True)
class PeriodOf:
    """One capability with the setting that stands, where there is one; else the vocabulary's months count."""

    capability: Concept
    setting: Setting | None

    @property
    def usual(self) -> int | None:
        """The vocabulary's months; None: never due again."""
        months: int | None = self.capability.details.get("stale_months")
        return months


async def period_settings(session: AsyncSession) -> list[PeriodOf]:
    """Return every capability with its period, in the order of the vocabulary."""
    rows = select(FreshnessPeriod, Person.name).join(Person, Person.id == FreshnessPeriod.set_by_id)
    stand = await session.execute(rows.where(FreshnessPeriod.superseded_at.is_(None)))
    settings = {period.capability_code: Setting(period, name) for period, name in stand}
    return [PeriodOf(one, settings.get(one.code)) for one in await concepts_of(session, Vocabulary.CAPABILITY)]


async def period_history(session: AsyncSession, capability: str) -> tuple[Concept, list[Setting]]:
    """Return a capability and every setting of its period, the latest first. Raises NoSuchCapability."""
    concept = (await by_codes(session, [capability])).get(capability) if capability.isprintable() else None
    if concept is None or concept.vocabulary is not Vocabulary.CAPABILITY:
        raise NoSuchCapability
    rows = select(FreshnessPeriod, Person.name).join(Person, Person.id == FreshnessPeriod.set_by_id)
    every = rows.where(FreshnessPeriod.capability_code == capability).order_by(FreshnessPeriod.set_at.desc())
    return concept, [Setting(*row) for row in await session.execute(every)]
