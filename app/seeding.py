"""What a new window knows at the start, and the demonstration; each folder loads its own, here stands the order."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

import app.consultations.seeding as consultations
import app.enquiries.seeding as enquiries
import app.identity.seeding as identity
import app.kpi.seeding as kpi
import app.readiness.seeding as readiness
import app.sites.seeding as sites
import app.terms.seeding as terms
import app.trials.seeding as trials
from app.ground.errors import Refused
from app.ground.i18n import Locale, Said, _
from app.identity import queries
from app.identity.actions import demonstration_link, ensure_operator
from app.settings import Settings
from app.sites.seeding import demonstration_confirmations, load_confirmations

SEED_DATA = Path(__file__).parents[1] / "seed_data"
DEMO_DATA = SEED_DATA / "demo"
# Later folders refer to what earlier ones have loaded.
OFFICIAL = (
    terms.load_official,
    readiness.load_official,
    sites.load_official,
    enquiries.load_official,
    consultations.load_official,
    kpi.load_official,
)
DEMONSTRATION = (
    identity.load_demonstration,
    sites.load_demonstration,
    trials.load_demonstration,
    enquiries.load_demonstration,
    consultations.load_demonstration,
)
LINKS_LAST = timedelta(days=1)
CONFIRMATION = _("Monthly confirmation")


class UnfitForProduction(Refused):
    """Invented data never enters a production database."""

    code = "unfit_for_production"
    message = _("The demonstration is refused in production: it is invented.")


async def seed_official(session: AsyncSession, settings: Settings, *, now: datetime) -> AsyncIterator[Said]:
    """Load vocabularies, institutions, terms and rules; changes nothing where they are loaded already."""
    await ensure_operator(session, name_en=settings.operator_name_en, name_ja=settings.operator_name_ja, now=now)
    for load in OFFICIAL:
        yield await load(session, SEED_DATA, now=now)


async def seed_demonstration(session: AsyncSession, settings: Settings, *, now: datetime) -> AsyncIterator[Said]:
    """Load the fictional institutions, people and consultations. Raises UnfitForProduction."""
    if not settings.demonstration:
        raise UnfitForProduction
    for load in DEMONSTRATION:
        yield await load(session, DEMO_DATA, now=now)
    lasts = timedelta(days=settings.confirmation_days)
    secret = settings.secret_key.get_secret_value()
    yield await load_confirmations(session, DEMO_DATA, secret=secret, lasts=lasts, now=now)


async def demonstration_links(
    session: AsyncSession, settings: Settings, locale: Locale, *, now: datetime
) -> AsyncIterator[str]:
    """Return one line per person of the demonstration: role, name and a sign-in link; then the open confirmations.

    Raises UnfitForProduction.
    """
    if not settings.demonstration:
        raise UnfitForProduction
    secret = settings.secret_key.get_secret_value()
    address = settings.public_url.rstrip("/")
    for person, membership in await queries.demonstration_people(session):
        token = demonstration_link(session, person, secret=secret, lifetime=LINKS_LAST, now=now)
        role = membership.role.label.in_(locale)
        yield f"{role:<12}  {person.name}  {address}/sign-in/use?token={token}"
    for name, token in await demonstration_confirmations(session, secret=secret, now=now):
        yield f"{CONFIRMATION.in_(locale):<12}  {name}  {address}/confirm?token={token}"
