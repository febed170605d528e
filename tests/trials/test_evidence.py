"""What public records show of an institution: trials counted once, figures that open to their trials, in both languages."""

from datetime import timedelta

import httpx
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from app.trials.actions import decide_facility, follow
from app.trials.models import Source
from app.trials.queries.evidence import evidence_of
from app.trials.queries.searching import Search, count
from app.trials.record import Coded, Day, Hint, Phases, Record, Site, Text
from app.trials.record import Design as Designed
from app.trials.rules.deciding import Verdict
from tests import make
from tests.conftest import NOW, SignIn
from tests.sites.make import counted_queries
from tests.trials.make import a_number, a_record
from tests.trials.test_facility_decisions import the_doubt
from tests.trials.test_links import DOUBTFUL, MASKED, OSAKA, at, brought_in

Sessions = async_sessionmaker[AsyncSession]
ENDED = Coded(Text(None, "Completed"), "completed")
GENE = (Hint("modality.gene", "gene therapy", "title"),)


def of_lung(number: str, *sites: Site, **changes: object) -> Record:
    title = Text("非小細胞肺癌の試験", "A trial in non-small cell lung cancer")
    return at(number, *sites, public_title=title, **changes)


async def brought(sessions: Sessions) -> None:
    """Three trials at Osaka, one of them in two registries; two elsewhere, one of them only doubtful."""
    twin = a_record("jRCT2999990001", "jrct", numbers=(a_number("NCT99900001"),), sites=(OSAKA, MASKED_AGAIN))
    await brought_in(sessions, of_lung("NCT99900001", OSAKA, OSAKA, MASKED), twin)
    await brought_in(sessions, of_lung("NCT99900002", OSAKA, status=ENDED, registered=Day("2024-05-01", "2024-05-01")))
    design = Designed(phase=Phases(Text(None, "Phase 2/3"), ("phase.2", "phase.3")))
    await brought_in(sessions, at("NCT99900003", OSAKA, design=design, modalities=GENE), days=2)
    await brought_in(sessions, of_lung("NCT99900004", DOUBTFUL), of_lung("NCT99900005", MASKED))


MASKED_AGAIN = Site(2, Text(None, "Research Site"), disclosed=False)


async def test_trials_are_counted_once_and_every_figure_is_what_its_page_shows(
    sessions: Sessions, session: AsyncSession
) -> None:
    await brought(sessions)
    evidence = await evidence_of(session, "CCRH-03")
    assert (evidence.trials, evidence.running) == (3, 2)
    assert evidence.by["phase"] == {"phase.1": 2, "phase.2": 1, "phase.3": 1}
    assert evidence.by["year"] == {"2026": 2, "2024": 1}
    assert evidence.by["modality"] == {"modality.gene": 1}
    assert evidence.by["status"] == {"recruiting": 2, "completed": 1}
    assert evidence.by["area"]["area.oncology"] == 2
    assert evidence.read == {Source.CTGOV: NOW + timedelta(days=2), Source.JRCT: NOW}
    assert evidence.sources == [Source.JRCT, Source.CTGOV] and evidence.newest == NOW + timedelta(days=2)
    figures = {(name, code): trials for name, of in evidence.by.items() for code, trials in of.items()}
    figures[("status", "running")] = evidence.running
    for (name, code), trials in figures.items():
        opened = Search.asked(**{"institution": "CCRH-03", name: code})
        assert await count(session, opened) == trials, (name, code)


async def test_a_decision_is_evidence_as_soon_as_it_is_followed(sessions: Sessions, session: AsyncSession) -> None:
    await brought(sessions)
    officer = await make.acting(session, await make.an_officer(session))
    doubt = await the_doubt(session)
    await decide_facility(session, doubt.id, Verdict.INSTITUTION, "CCRH-03", seen=0, by=officer, now=NOW)
    while await follow(session):
        continue
    assert (await evidence_of(session, "CCRH-03")).trials == 4
    await decide_facility(session, doubt.id, Verdict.NONE, seen=1, by=officer, now=NOW)
    while await follow(session):
        continue
    assert (await evidence_of(session, "CCRH-03")).trials == 3


async def test_an_institution_without_trials_has_no_figures_and_that_is_no_no(
    sessions: Sessions, session: AsyncSession, client: httpx.AsyncClient
) -> None:
    await brought(sessions)
    assert (await evidence_of(session, "CCRH-10")).trials == 0
    assert (await evidence_of(session, "CCRH-99")).newest is None
    for path in ("/sites/CCRH-10", "/sites/CCRH-10/trials"):
        page = (await client.get(path)).text
        assert "No linked trial" in page and "is not linked is not “no”" in page
    assert (await client.get("/sites/CCRH-99/trials")).status_code == 404
    assert (await client.get("/api/v1/sites/CCRH-99/trials")).status_code == 404
    assert "Public trial records" not in (await client.get("/sites/CCRH-03?as_of=2026-01-01")).text, (
        "nobody kept past figures"
    )


async def test_the_profile_and_its_page_show_figures_sources_and_the_trials(
    sessions: Sessions, client: httpx.AsyncClient, browser_of: SignIn, session: AsyncSession
) -> None:
    await brought(sessions)
    profile = (await client.get("/sites/CCRH-03", headers={"Accept-Language": "ja"})).text
    assert 'href="/sites/CCRH-03/trials">3</a>' in profile
    assert 'href="/trials?status=running&amp;institution=CCRH-03">2</a>' in profile
    assert 'href="/trials?area=area.oncology&amp;institution=CCRH-03">2' in profile
    assert "最新の登録情報の取得日：" in profile and 'datetime="2026-11-22"' in profile
    assert "https://jrct.mhlw.go.jp/agreement" in profile and "https://clinicaltrials.gov/about-site/" in profile
    whole = (await client.get("/sites/CCRH-03/trials")).text
    for number in ("NCT99900001", "jRCT2999990001", "NCT99900002", "NCT99900003"):
        assert number in whole
    assert "NCT99900004" not in whole and "NCT99900005" not in whole and "/facilities" not in whole
    officer = await browser_of(await make.an_officer(session, language="en"))  # type: ignore[misc]
    told = (await officer.get("/sites/CCRH-03/trials")).text
    assert "/facilities?standing=linked&amp;institution=CCRH-03" in told
    behind = (await officer.get("/facilities?standing=linked&institution=CCRH-03")).text
    assert "大阪大学医学部附属病院" in behind


async def test_the_api_gives_the_same_figures(sessions: Sessions, client: httpx.AsyncClient) -> None:
    await brought(sessions)
    answer = (await client.get("/api/v1/sites/CCRH-03/trials?rows=2")).json()
    assert (answer["total"], answer["running"], answer["more"]) == (3, 2, True)
    assert answer["years"] == {"2026": 2, "2024": 1} and answer["statuses"]["completed"] == 1
    assert [one["source"] for one in answer["read"]] == ["jrct", "ctgov"]
    last = (await client.get("/api/v1/sites/CCRH-03/trials?rows=2&page=2")).json()
    listed = {tuple(sorted(one["numbers"])) for one in answer["trials"] + last["trials"]}
    assert listed == {("NCT99900001", "jRCT2999990001"), ("NCT99900002",), ("NCT99900003",)}


async def test_the_page_of_a_trial_shows_the_institution_and_why(
    sessions: Sessions, session: AsyncSession, client: httpx.AsyncClient
) -> None:
    await brought_in(sessions, at("NCT99900001", OSAKA, DOUBTFUL, MASKED))
    page = (await client.get("/trials/NCT99900001")).text
    assert page.count('href="/sites/CCRH-03"') == 1
    assert "The text names the hospital: Osaka University Hospital." in page and "Not disclosed" in page
    officer = await make.acting(session, await make.an_officer(session, name="Officer Kamome"))
    doubt = await the_doubt(session)
    await decide_facility(session, doubt.id, Verdict.INSTITUTION, "CCRH-03", seen=0, by=officer, now=NOW)
    await session.commit()
    page = (await client.get("/trials/NCT99900001")).text
    assert page.count('href="/sites/CCRH-03"') == 2
    assert "Linked by an officer of the window on" in page and "Officer Kamome" not in page


async def test_evidence_takes_the_same_queries_for_any_number_of_trials(
    sessions: Sessions, session: AsyncSession, client: httpx.AsyncClient, connection: AsyncConnection
) -> None:
    counts = []
    for many in (1, 30):
        await brought_in(sessions, *(of_lung(f"NCT999{many:02}{n:03}", OSAKA) for n in range(many)))
        taken = []
        for path in ("/sites/CCRH-03", "/sites/CCRH-03/trials", "/trials/NCT99901000"):
            async with counted_queries(connection) as queries:
                assert (await client.get(path)).status_code == 200
            taken.append(len(queries))
        counts.append(taken)
    assert counts[0] == counts[1]
