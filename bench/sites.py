"""The registry of sites: 2,000 institutions with 60 facts each against 22, and a hub with 2,000 partners against 12.

Every institution has 60 facts at both sizes, and every added one is of a kind that the directory lists. Directory and
profile must answer within 2 times the time that they take with 22.
"""

import asyncio
import logging
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.settings import Settings
from app.sites.models import Partnership
from app.sites.rules import InstitutionKind
from app.sites.seeding import institution_id
from bench.pages import a_browser, a_server, analyse, milliseconds
from bench.scale import add_institutions, fill_up_facts, put

SMALL, LARGE = 22, 2_000
FEW_PARTNERS, MANY_PARTNERS = 12, 2_000
FACTS_EACH = 60
FACTS_OF_A_PARTNER = 10
HUB = "CCRH-07"
MOST = 2.0
Sessions = async_sessionmaker[AsyncSession]
SITES = (
    "/sites",
    "/sites?prefecture=pref.13",
    "/sites?capability=fih.unit",
    "/sites?prefecture=pref.13&capability=ct.cpc",
    "/sites?area=area.oncology",
    "/sites?name=hospital",
    f"/sites/{HUB}",
    f"/api/v1/sites/{HUB}",
)
PARTNERS = (
    f"/sites/{HUB}/partners",
    f"/sites/{HUB}/partners?prefecture=pref.13",
    f"/sites/{HUB}/partners?capability=dct.telemedicine",
    f"/sites/{HUB}",
)


async def add_partners(sessions: Sessions, number: int) -> None:
    """Name so many more partners of the hub."""
    now = datetime.now(UTC)
    async with sessions.begin() as session:
        await stand_as(session, SERVICE)
        kind, facts = InstitutionKind.PARTNER_CLINIC, FACTS_OF_A_PARTNER
        ids = await add_institutions(session, number, now=now, kind=kind, facts_each=facts)
        await put(session, Partnership, [_partnership(key, now) for key in ids])


def _partnership(partner_id: UUID, now: datetime) -> dict[str, object]:
    whose = {"id": uuid4(), "hub_id": institution_id(HUB), "partner_id": partner_id}
    return {**whose, "as_of": now.date(), "recorded_at": now}


async def times(browser: httpx.AsyncClient, paths: tuple[str, ...]) -> dict[str, float]:
    """Return the milliseconds of each page."""
    return {path: (await milliseconds(browser, path))[0] for path in paths}


def told(small: dict[str, float], large: dict[str, float], few: str, many: str) -> None:
    """Print each page at both sizes with the ratio, and whether it stays within what is promised."""
    for path, before in small.items():
        ratio = large[path] / before
        kept = "within" if ratio <= MOST else "NOT within"
        print(f"  {path}: {few} {before:.1f} ms, {many} {large[path]:.1f} ms, ratio {ratio:.2f}: {kept} {MOST:.0f}")


async def measure(settings: Settings) -> None:
    """Print directory and profile at both sizes, then the partners of a hub at both sizes."""
    now = datetime.now(UTC)
    async with a_browser(settings) as (browser, sessions):
        async with sessions.begin() as session:
            await stand_as(session, SERVICE)
            await fill_up_facts(session, FACTS_EACH, now=now)
        await analyse(settings)
        small = await times(browser, SITES)
        async with sessions.begin() as session:
            await stand_as(session, SERVICE)
            listed = InstitutionKind.CORE_HOSPITAL
            await add_institutions(session, LARGE - SMALL, now=now, kind=listed, facts_each=FACTS_EACH)
        await analyse(settings)
        print(f"\nDirectory and profile, {FACTS_EACH} facts each")
        told(small, await times(browser, SITES), f"{SMALL} institutions", f"{LARGE:,} institutions")
        await add_partners(sessions, FEW_PARTNERS)
        await analyse(settings)
        small = await times(browser, PARTNERS)
        await add_partners(sessions, MANY_PARTNERS - FEW_PARTNERS)
        await analyse(settings)
        print("\nPartners of a hub")
        told(small, await times(browser, PARTNERS), f"{FEW_PARTNERS} partners", f"{MANY_PARTNERS:,} partners")


def main() -> None:
    """Measure with a server of its own."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with a_server() as settings:
        asyncio.run(measure(settings))


if __name__ == "__main__":
    main()
