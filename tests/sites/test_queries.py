"""Who reads what of an institution, and what the directory and the profile say."""

from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.ground.paging import Paging
from app.identity.rules import VISITOR, Actor, Role
from app.sites import queries
from app.sites.errors import NoSuchInstitution
from app.sites.models import Institution
from app.sites.queries.directory import Directory, Filters, directory
from app.sites.queries.gathering import capacity_for_matching, facts_for_matching
from app.sites.queries.profile import profile
from app.sites.rules import CapacityState, FactState, InstitutionKind, SourceKind
from tests import make as people
from tests.conftest import NOW
from tests.sites import make
from tests.sites.make import counted_queries

STAFF = people.somebody(roles=frozenset({Role.STAFF}))
SPONSOR = people.somebody(roles=frozenset({Role.SPONSOR}))


def speaking_for(*institutions: Institution) -> Actor:
    ids = frozenset(institution.id for institution in institutions)
    return people.somebody(roles=frozenset({Role.COORDINATOR}), institution_ids=ids, organisation_ids=ids)


async def listed(session: AsyncSession, reader: Actor = VISITOR, **filters: str) -> Directory:
    return await directory(session, Filters(**filters), Paging(), reader=reader, now=NOW)


def codes(found: Directory) -> list[str]:
    return [row.institution.code for row in found.rows.rows]


async def test_the_directory_counts_twenty_institutions_in_eleven_prefectures(session: AsyncSession) -> None:
    found = await listed(session)
    assert (found.rows.total, found.real, found.fictional) == (20, 20, 0)
    assert len(found.by_prefecture) == 11
    assert found.by_prefecture["pref.13"] == 7
    assert found.by_region["region.kanto"] == 9
    assert found.by_kind[InstitutionKind.CORE_HOSPITAL] == 15
    assert [place.code for place in found.aside] == ["NET-01", "EXT-01"]


async def test_fictional_institutions_are_counted_apart(session: AsyncSession) -> None:
    await make.an_institution(session)
    found = await listed(session)
    assert (found.rows.total, found.real, found.fictional) == (21, 20, 1)
    assert found.by_region["region.kanto"] == 9
    assert found.fictional_by_region["region.kanto"] == 1
    assert "pref.14" not in found.by_prefecture


async def test_the_list_goes_from_north_to_south(session: AsyncSession) -> None:
    found = await listed(session)
    assert codes(found)[:2] == ["CCRH-12", "CCRH-02"]
    assert codes(found)[-1] == "CCRH-15"


async def test_a_core_hospital_that_is_a_national_centre_is_found_under_both(session: AsyncSession) -> None:
    found = await listed(session, kind="national_centre")
    assert set(codes(found)) == {"CCRH-01", "CCRH-04", "NC-03", "NC-04", "NC-05", "NC-06"}
    kinds = {row.institution.code: row.kinds for row in found.rows.rows}
    assert kinds["CCRH-01"] == (InstitutionKind.CORE_HOSPITAL, InstitutionKind.NATIONAL_CENTRE)
    assert kinds["NC-03"] == (InstitutionKind.NATIONAL_CENTRE,)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"prefecture": "pref.27"}, {"CCRH-03", "NC-03"}),
        ({"kind": "jihs"}, {"JIHS-01"}),
        ({"kind": "network"}, {"NET-01"}),
        ({"kind": "partner"}, {"EXT-01"}),
        ({"kind": "no_such_kind"}, set()),
        ({"capability": "dct.trials_run"}, {"CCRH-01", "CCRH-10"}),
        ({"capability": "ct.cpc", "prefecture": "pref.13"}, {"CCRH-08"}),
        ({"area": "area.oncology"}, {"CCRH-01", "CCRH-04"}),
        ({"area": "area.immunology"}, {"NC-06"}),
        ({"area": "oncology"}, set()),
        ({"name": "京都"}, {"CCRH-10"}),
        ({"name": " kobe "}, {"CCRH-14"}),
        ({"name": "%"}, set()),
        ({"name": "' OR 1=1 --"}, set()),
    ],
)
async def test_filters_leave_what_was_asked_for(
    session: AsyncSession, filters: dict[str, str], expected: set[str]
) -> None:
    found = await listed(session, **filters)
    assert set(codes(found)) == expected
    assert found.rows.total == len(expected)
    assert found.aside == ()


async def test_the_fact_that_counts_decides_whether_a_capability_is_there(session: AsyncSession) -> None:
    place = await make.an_institution(session)
    coordinator = await people.a_coordinator(session, place)
    await make.a_fact(session, place, capability_code="ri.handling", as_of=date(2026, 11, 1))
    await make.a_fact(
        session,
        place,
        capability_code="ri.handling",
        state=FactState.NO,
        confirmed_by=coordinator,
        as_of=date(2026, 1, 1),
    )
    found = await listed(session, capability="ri.handling")
    assert place.code not in codes(found)


async def test_unknown_stands_beside_an_institution_of_which_nothing_is_said(session: AsyncSession) -> None:
    place = await make.an_institution(session)
    other = await make.an_institution(session)
    await make.a_fact(session, other, state=FactState.PARTLY)
    states = {row.institution.code: row.state for row in (await listed(session, prefecture="pref.14")).rows.rows}
    assert states == {place.code: FactState.UNKNOWN, other.code: FactState.PARTLY}


async def test_the_directory_asks_as_often_for_many_as_for_few(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    async with counted_queries(connection) as few:
        await listed(session, prefecture="pref.14")
    for _ in range(5):
        await make.a_fact(session, await make.an_institution(session))
    session.expire_all()
    async with counted_queries(connection) as many:
        found = await listed(session, prefecture="pref.14")
    assert found.rows.total == 5
    assert len(many) == len(few) <= 4


async def test_a_long_directory_comes_in_pages_that_miss_nothing(session: AsyncSession) -> None:
    pages = [await directory(session, Filters(), Paging(number, 7), reader=VISITOR, now=NOW) for number in (1, 2, 3)]
    assert [len(page.rows.rows) for page in pages] == [7, 7, 6]
    assert len({code for page in pages for code in codes(page)}) == 20
    assert {page.rows.total for page in pages} == {20}


async def test_an_unknown_code_is_no_institution(session: AsyncSession) -> None:
    with pytest.raises(NoSuchInstitution):
        await queries.get_institution(session, "CCRH-99", reader=STAFF)


async def test_what_nobody_confirmed_is_read_by_staff_and_its_own_institution_only(session: AsyncSession) -> None:
    place, elsewhere = await make.an_institution(session), await make.an_institution(session)
    await make.a_fact(session, place, source_kind=SourceKind.SITE, source_url=None)
    for reader, sees in (
        (VISITOR, False),
        (SPONSOR, False),
        (speaking_for(elsewhere), False),
        (speaking_for(place), True),
        (STAFF, True),
    ):
        said = await profile(session, place, reader=reader, now=NOW)
        (item,) = (i for i in said["capabilities"].items if i.capability.code == "fih.unit")
        assert item.is_known is sees
        row = next(row for row in (await listed(session, reader)).rows.rows if row.institution.id == place.id)
        assert (row.state is FactState.YES) is sees


async def test_capacity_and_questions_are_for_staff_and_the_institution_itself(session: AsyncSession) -> None:
    place, elsewhere = await make.an_institution(session), await make.an_institution(session)
    room = await make.some_room(session, place)
    await make.some_room(session, place, phase_code="phase.2", superseded_at=NOW)
    await make.some_room(session, elsewhere)
    question = await make.a_question(session, place, capability_code="fih.beds")
    somebody = await people.a_coordinator(session, place)
    await make.a_question(session, place, answered_at=NOW, answered_by_id=somebody.id)
    await make.a_question(session, elsewhere)
    for reader in (VISITOR, SPONSOR, speaking_for(elsewhere)):
        assert await queries.capacity_of(session, place.id, reader=reader) == []
        assert await queries.questions_of(session, place.id, reader=reader) == []
    for reader in (STAFF, speaking_for(place)):
        assert await queries.capacity_of(session, place.id, reader=reader) == [room]
        assert await queries.questions_of(session, place.id, reader=reader) == [question]


async def test_what_a_site_publishes_of_its_capacity_is_for_everybody_and_nothing_else_of_it(
    session: AsyncSession,
) -> None:
    place = await make.an_institution(session)
    published = await make.some_room(session, place, public=True)
    await make.some_room(session, place, phase_code="phase.2")
    await make.some_room(session, place, phase_code="phase.3", public=True, superseded_at=NOW)
    patients = await make.some_patients(session, place, public=True)
    await make.some_patients(session, place, condition_code="cond.heart_failure")
    await make.some_patients(session, await make.an_institution(session), public=True)
    for reader in (VISITOR, SPONSOR):
        assert await queries.capacity_of(session, place.id, reader=reader) == [published]
        assert await queries.patients_of(session, place.id, reader=reader) == [patients]
    assert len(await queries.capacity_of(session, place.id, reader=speaking_for(place))) == 2
    assert len(await queries.patients_of(session, place.id, reader=STAFF)) == 2


async def test_a_curators_notes_are_for_staff_only(session: AsyncSession) -> None:
    place = await make.an_institution(session)
    note = await make.a_note(session, place)
    await make.a_note(session, await make.an_institution(session))
    assert await queries.notes_of(session, place.id, reader=STAFF) == [note]
    for reader in (VISITOR, SPONSOR, speaking_for(place)):
        assert await queries.notes_of(session, place.id, reader=reader) == []


async def test_a_coordinator_of_one_hospital_cannot_reach_anothers(session: AsyncSession) -> None:
    place, elsewhere = await make.an_institution(session), await make.an_institution(session)
    reader = speaking_for(place)
    assert await queries.own_institutions(session, reader=reader) == [place]
    assert await queries.own_institution(session, place.code, reader=reader) is place
    for stranger, code in ((reader, elsewhere.code), (reader, "NONE"), (STAFF, place.code), (VISITOR, place.code)):
        with pytest.raises(NoSuchInstitution):
            await queries.own_institution(session, code, reader=stranger)


async def test_a_profile_shows_the_fact_that_counts_and_that_another_disagrees(session: AsyncSession) -> None:
    place = await make.an_institution(session)
    coordinator = await people.a_coordinator(session, place)
    page = await make.a_fact(session, place, state=FactState.NO)
    own = await make.a_fact(session, place, confirmed_by=coordinator, as_of=date(2026, 3, 1))
    await make.a_fact(session, place, superseded_at=NOW)
    await make.a_fact(session, await make.an_institution(session), state=FactState.PARTLY)
    section = (await profile(session, place, reader=VISITOR, now=NOW))["capabilities"]
    (item,) = (i for i in section.items if i.capability.code == "fih.unit")
    assert (item.fact, item.others) == (own, (page,))
    assert item.standing is not None
    assert item.standing.confirmed
    assert section.known == 1
    assert "ct.cpc" in {i.capability.code for i in section.items if not i.is_known}


async def test_a_profile_names_the_terms_that_a_value_lists(session: AsyncSession) -> None:
    place = await make.an_institution(session)
    areas = "area.neurology|area.rare|area.of_long_ago"
    await make.a_fact(session, place, capability_code="site.therapeutic_areas", value=areas)
    overview = (await profile(session, place, reader=VISITOR, now=NOW))["overview"]
    (item,) = (i for i in overview.items if i.capability.code == "site.therapeutic_areas")
    assert [term.code for term in item.terms] == ["area.neurology", "area.rare"]
    assert item.kind == "list"


async def test_matching_reads_all_facts_and_rows_of_capacity_in_three_queries(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    place = await make.an_institution(session)
    coordinator = await people.a_coordinator(session, place)
    await make.a_fact(session, place, capability_code="fih.beds", value="12", as_of=date(2024, 1, 1))
    await make.a_fact(session, place, confirmed_by=coordinator)
    await make.a_fact(session, place, superseded_at=NOW)
    await make.some_room(session, place, area_code="area.rare")
    await make.some_room(session, place, superseded_at=NOW, state=CapacityState.CLOSED)
    async with counted_queries(connection) as asked:
        facts = await facts_for_matching(session, now=NOW)
        rooms = await capacity_for_matching(session)
    assert len(asked) == 3
    beds, unit = facts[place.id]
    assert (beds.capability_code, beds.value, beds.stale, beds.confirmed, beds.months) == (
        "fih.beds",
        "12",
        True,
        False,
        34,
    )
    assert (unit.capability_code, unit.stale, unit.confirmed, unit.months) == ("fih.unit", False, True, 0)
    assert len(facts) == 22  # the NHO is a network: its members are the sites
    assert [(room.area_code, room.trials_can_start) for room in rooms[place.id]] == [("area.rare", 2)]


async def test_matching_may_ask_for_less(session: AsyncSession) -> None:
    place = await make.an_institution(session)
    await make.a_fact(session, place)
    await make.a_fact(session, place, capability_code="ct.cpc")
    await make.some_room(session, place)
    await make.some_room(session, place, phase_code="phase.2")
    await make.some_room(session, place, area_code="area.rare")
    facts = await facts_for_matching(session, now=NOW, capabilities={"ct.cpc"})
    assert {fact.capability_code for said in facts.values() for fact in said} == {"ct.cpc"}
    rooms = await capacity_for_matching(session, areas={"area.oncology"}, phase="phase.1")
    assert [(room.area_code, room.phase_code) for room in rooms[place.id]] == [("area.oncology", "phase.1")]
