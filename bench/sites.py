"""The registry of sites: 2,000 institutions with 60 facts each against 22; a hub with 2,000 partners; their import.

Every institution has 60 facts at both sizes, and every added one is of a kind that the directory lists. Directory and
profile must answer within 2 times the time that they take with 22. The import is that of one file with 2,000 new partners
and ten capabilities each, sent, looked at and applied as an officer does it.
"""

import asyncio
import logging
import re
from datetime import UTC, datetime
from time import perf_counter
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
from bench.pages import a_browser, a_server, analyse, asked
from bench.scale import add_institutions, fill_up_facts, put

SMALL, LARGE = 22, 2_000
FEW_PARTNERS, MANY_PARTNERS = 12, 2_000
FACTS_EACH = 60
FACTS_OF_A_PARTNER = 10
HUB = "CCRH-07"
HUB_OF_FILE = "CCRH-10"
STATED = (
    "dct.trials_run", "dct.sop_available", "dct.econsent", "dct.telemedicine", "dct.home_nursing", "dct.dtp_ip",
    "dct.epro", "dct.wearable", "dct.remote_sdv", "dct.ehr_edc_link",
)  # fmt: skip
OWN = {"Origin": "http://testserver"}
MOST = 2.0
REPEATS = 25
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


async def import_partners(browser: httpx.AsyncClient) -> None:
    """Print how long a file of 2,000 partners takes, and the same file again."""
    print(f"\nImport of {MANY_PARTNERS:,} partners with {FACTS_OF_A_PARTNER} capabilities each")
    for again in (False, True):
        begun = perf_counter()
        sent = await browser.post(
            "/partners/import", files={"file": ("partners.csv", a_file(MANY_PARTNERS))}, headers=OWN
        )
        read = perf_counter()
        preview = await browser.get(sent.headers["location"])
        shown = perf_counter()
        if again:
            print(f"  the same file again: sent {read - begun:.1f} s, shown {shown - read:.1f} s")
            return
        said = {"shown": re.findall(r'name="shown" value="(\w+)"', preview.text)[0]}
        applied = await browser.post(sent.headers["location"], data=said, headers=OWN)
        if applied.status_code != httpx.codes.SEE_OTHER:
            raise RuntimeError(f"the import answered {applied.status_code}")
        print(
            f"  sent and read {read - begun:.1f} s, every change shown {shown - read:.1f} s,"
            f" applied {perf_counter() - shown:.1f} s"
        )


def a_file(number: int) -> bytes:
    """Return a CSV file of so many partners all over Japan."""
    states = ("○", "△", "×", "対応可", "")
    lines = [
        f"{HUB_OF_FILE},取込診療所{n:05},partner_clinic,pref.{n % 47 + 1:02},"
        + ",".join(states[(n + turn) % len(states)] for turn in range(FACTS_OF_A_PARTNER))
        + ",2026-11-01"
        for n in range(number)
    ]
    return "\n".join([f"hub,name_ja,kind,prefecture,{','.join(STATED)},as_of", *lines]).encode()


async def fill(sessions: Sessions, settings: Settings, institutions: int, partners: int) -> None:
    """Bring a database to a size; every institution has the same number of facts at both."""
    now = datetime.now(UTC)
    async with sessions.begin() as session:
        await stand_as(session, SERVICE)
        await fill_up_facts(session, FACTS_EACH, now=now)
        listed = InstitutionKind.CORE_HOSPITAL
        await add_institutions(session, institutions - SMALL, now=now, kind=listed, facts_each=FACTS_EACH)
    await add_partners(sessions, partners)
    await analyse(settings)


async def compare(path: str, small: httpx.AsyncClient, large: httpx.AsyncClient, few: str, many: str) -> float:
    """Print the shortest answers of a page at both sizes, and return their ratio.

    The two take turns, so that both meet the same disturbance by other programs.
    """
    turns = [(await asked(small, path), await asked(large, path)) for _ in range(REPEATS)]
    before, after = (min(times) for times in zip(*turns, strict=True))
    print(f"  {path}: {few} {before:.1f} ms, {many} {after:.1f} ms, ratio {after / before:.2f}")
    return float(after / before)


async def measure(few: Settings, many: Settings) -> None:
    """Print directory and profile, the partners of a hub, and an import."""
    async with a_browser(few) as (small, few_sessions), a_browser(many) as (large, many_sessions):
        await fill(few_sessions, few, SMALL, FEW_PARTNERS)
        await fill(many_sessions, many, LARGE, MANY_PARTNERS)
        print(f"\nDirectory and profile, {FACTS_EACH} facts each")
        names = f"{SMALL} institutions", f"{LARGE:,} institutions"
        most = max([await compare(path, small, large, *names) for path in SITES])
        print(f"  the greatest ratio is {most:.2f}: {'within' if most <= MOST else 'NOT within'} {MOST:.0f}")
        print("\nPartners of a hub")
        for path in PARTNERS:
            await compare(path, small, large, f"{FEW_PARTNERS} partners", f"{MANY_PARTNERS:,} partners")
        await import_partners(large)


def main() -> None:
    """Measure with two servers of its own, one a size."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with a_server() as few, a_server() as many:
        asyncio.run(measure(few, many))


if __name__ == "__main__":
    main()
