"""Loading is idempotent, keeps history, and never mixes what is invented with what is real."""

import csv
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.models import Membership, Organisation, Person
from app.identity.rules import Role
from app.sites import seeding
from app.sites.errors import SeedWithoutSource
from app.sites.models import Capacity, CuratorNote, Fact, Institution, SiteQuestion
from app.sites.rules import PARTNER_KINDS, Dated, FactState, InstitutionKind, SourceKind
from tests.conftest import NOW
from tests.sites import make as sites_make

SEED_DATA = Path(__file__).parents[2] / "seed_data"
LATER = NOW + timedelta(days=30)


async def everything(session: AsyncSession) -> dict[str, int]:
    tables = (Institution, Fact, CuratorNote, SiteQuestion, Capacity, Organisation, Person, Membership)
    return {t.__tablename__: await session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


async def fact_of(session: AsyncSession, code: str, capability: str) -> Fact:
    current = select(Fact).join(Institution, Institution.id == Fact.institution_id).where(Fact.superseded_at.is_(None))
    return (await session.scalars(current.where(Institution.code == code, Fact.capability_code == capability))).one()


async def test_a_new_window_knows_the_collected_institutions(session: AsyncSession) -> None:
    kinds = dict((await session.execute(select(Institution.kind, func.count()).group_by(Institution.kind))).all())
    assert kinds == {
        InstitutionKind.CORE_HOSPITAL: 15,
        InstitutionKind.NATIONAL_CENTRE: 4,
        InstitutionKind.JIHS: 1,
        InstitutionKind.NETWORK: 1,
        InstitutionKind.PARTNER: 1,
    }
    kyoto = await fact_of(session, "CCRH-10", "fih.unit")
    assert (kyoto.state, kyoto.as_of, kyoto.dated) == (FactState.YES, date(2020, 4, 6), Dated.DAY)
    assert kyoto.source_url == "https://www.kuhp.kyoto-u.ac.jp/press/20200406.html"
    assert kyoto.further_sources == ["https://www.yakuji.co.jp/entry78905.html"]
    assert kyoto.confirmed_at is None


async def test_no_evidence_is_unknown_and_never_no(session: AsyncSession) -> None:
    assert (await fact_of(session, "NET-01", "fih.unit")).state is FactState.UNKNOWN
    assert await session.scalar(select(func.count()).where(Fact.state == FactState.NO)) == 0


async def test_a_source_without_an_address_is_kept_in_words(session: AsyncSession) -> None:
    hokkaido = await fact_of(session, "CCRH-12", "ct.cpc")
    assert hokkaido.source_url is None
    assert hokkaido.source_words == "hokudai.ac.jp pr-archive 2009 (exact address not kept)"


async def test_loading_again_changes_nothing(session: AsyncSession) -> None:
    before = await everything(session)
    await seeding.load_official(session, SEED_DATA, now=LATER)
    assert await everything(session) == before
    assert await session.scalar(select(func.count()).where(Fact.superseded_at.is_not(None))) == 0


async def test_real_institutions_carry_nothing_invented(session: AsyncSession) -> None:
    await seeding.load_demonstration(session, SEED_DATA / "demo", now=NOW)
    real = select(Institution.id).where(~Institution.demo)
    invented = select(func.count()).where(Fact.institution_id.in_(real), Fact.source_kind != SourceKind.PUBLIC_PAGE)
    assert await session.scalar(invented) == 0
    assert (
        await session.scalar(select(func.count()).where(Fact.institution_id.in_(real), Fact.confirmed_at.is_not(None)))
        == 0
    )
    assert await session.scalar(select(func.count()).where(Capacity.institution_id.in_(real))) == 0
    assert await session.scalar(select(func.count()).where(Membership.organisation_id.in_(real))) == 0


async def test_the_official_seed_loads_nothing_fictional(session: AsyncSession) -> None:
    assert await session.scalar(select(func.count()).where(Institution.demo)) == 0
    assert await session.scalar(select(func.count()).select_from(Capacity)) == 0


async def test_the_demonstration_is_flagged_and_harmless_when_run_again(session: AsyncSession) -> None:
    await seeding.load_demonstration(session, SEED_DATA / "demo", now=NOW)
    once = await everything(session)
    await seeding.load_demonstration(session, SEED_DATA / "demo", now=LATER)
    assert await everything(session) == once

    fictional = list(await session.scalars(select(Institution).where(Institution.demo)))
    kinds = Counter(place.kind for place in fictional)
    assert (kinds[InstitutionKind.FICTIONAL], kinds[InstitutionKind.NETWORK]) == (3, 1)
    assert sum(kinds[kind] for kind in PARTNER_KINDS) == 12
    assert all(place.code.startswith("DEMO-") for place in fictional)
    organisations = [await session.get_one(Organisation, place.id) for place in fictional]
    assert all(organisation.demo for organisation in organisations)
    coordinators = select(Person).join(Membership, Membership.person_id == Person.id)
    people = list(await session.scalars(coordinators.where(Membership.role == Role.COORDINATOR)))
    assert len(people) == 3
    assert all(person.demo and person.email.endswith(".example") for person in people)


async def test_the_demonstration_is_as_fresh_whenever_it_is_loaded(session: AsyncSession) -> None:
    await seeding.load_demonstration(session, SEED_DATA / "demo", now=NOW + timedelta(days=800))
    newest = await session.scalar(select(func.max(Capacity.as_of)))
    assert newest == date(2026, 11, 2) + timedelta(days=800)
    starts = set(await session.scalars(select(Capacity.from_day).where(Capacity.from_day.is_not(None))))
    assert all(day.day == 1 and day > date(2028, 12, 31) for day in starts)


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A newer collection, in which one line is said differently and one is gone."""
    shutil.copytree(SEED_DATA / "sites", tmp_path / "sites")
    path = tmp_path / "sites" / "facts.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = [line.replace(",570,", ",578,") for line in lines if not line.startswith("CCRH-01,dct.remote_sdv")]
    path.write_text("".join(lines), encoding="utf-8")
    return tmp_path


async def test_a_newer_collection_supersedes_and_keeps_what_was_believed(session: AsyncSession, newer: Path) -> None:
    before = await session.scalar(select(func.count()).select_from(Fact))
    believed = await fact_of(session, "CCRH-01", "site.beds_total")
    gone = await fact_of(session, "CCRH-01", "dct.remote_sdv")
    await seeding.load_official(session, newer, now=LATER)

    assert (await fact_of(session, "CCRH-01", "site.beds_total")).value == "578"
    assert (believed.value, believed.superseded_at) == ("570", LATER)
    assert gone.superseded_at == LATER
    assert await session.scalar(select(func.count()).select_from(Fact)) == before + 1


async def test_what_an_institution_said_itself_survives_a_newer_collection(session: AsyncSession, newer: Path) -> None:
    institution = (await session.scalars(select(Institution).where(Institution.code == "CCRH-01"))).one()
    coordinator = await sites_make.make.a_coordinator(session, institution)
    own = await sites_make.a_fact(session, institution, capability_code="dct.remote_sdv", confirmed_by=coordinator)
    await seeding.load_official(session, newer, now=LATER)
    assert own.superseded_at is None


@pytest.mark.parametrize(
    ("column", "written"),
    [("source_url", ""), ("source_url", " | "), ("as_of", ""), ("as_of", "some day"), ("as_of", "2027-01-01")],
)
async def test_a_fact_without_source_or_date_is_refused_by_its_line(
    session: AsyncSession, newer: Path, column: str, written: str
) -> None:
    path = newer / "sites" / "facts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[40][column] = written
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    before = await everything(session)
    with pytest.raises(SeedWithoutSource, match=r"facts\.csv, line 42"):
        async with session.begin_nested():
            await seeding.load_official(session, newer, now=LATER)
    assert await everything(session) == before


async def test_a_page_that_an_officer_recorded_survives_a_newer_collection(session: AsyncSession, newer: Path) -> None:
    officer = await sites_make.make.an_officer(session)
    place = await sites_make.an_institution(session, kind=InstitutionKind.PARTNER)
    recorded = await sites_make.a_fact(session, place, recorded_by_id=officer.id)
    await seeding.load_official(session, newer, now=LATER)
    assert recorded.superseded_at is None


async def test_every_seeded_fact_carries_the_source_it_came_from(session: AsyncSession) -> None:
    seeded = select(Fact).where(Fact.source_kind == SourceKind.PUBLIC_PAGE, Fact.recorded_by_id.is_(None))
    facts = list(await session.scalars(seeded))
    with (SEED_DATA / "sites" / "facts.csv").open(encoding="utf-8", newline="") as file:
        assert len(facts) == len(list(csv.DictReader(file))) > 200
    assert all(fact.source_url or fact.source_words for fact in facts)
