"""Places of records lead to facility texts and these to institutions, for new versions and joined trials too."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from app.identity.rules import SERVICE
from app.sites.models import Institution
from app.sites.rules import InstitutionKind
from app.trials.actions import follow, incoming, load, set_apart
from app.trials.actions.linking import link_trials
from app.trials.actions.relinking import judge_all, link_all
from app.trials.models import Facility, SiteLink, TrialRecord, TrialTouched
from app.trials.names import Known, facility_id, registry_index
from app.trials.queries.links import institution_codes_of, institutions_of, places_of
from app.trials.record import Country, Record, Site, Text
from app.trials.rules.deciding import Standing
from app.trials.rules.linking import Facility as Place
from app.trials.rules.linking import Name, Why, link, tells
from tests.conftest import NOW
from tests.sites.make import an_institution, counted_queries
from tests.trials.make import a_number, a_record

Sessions = async_sessionmaker[AsyncSession]
OSAKA = Site(1, Text("大阪大学医学部附属病院", "Osaka University Hospital"), city="Suita", prefecture="pref.27")
DOUBTFUL = Site(1, Text(None, "Osaka University"), city="Suita", prefecture="pref.27")
MASKED = Site(1, Text(None, "Research Site"), city="Suita", prefecture="pref.27", disclosed=False)


async def brought_in(sessions: Sessions, *records: Record, demo: bool = False, days: int = 0) -> None:
    """Load records and follow them up, as the worker does."""
    now = NOW + timedelta(days=days)
    await load(sessions, [incoming(one) for one in records], by=SERVICE, now=now, demo=demo)
    async with sessions.begin() as session:
        while await follow(session):
            continue


def at(number: str = "NCT99900001", *sites: Site, **changes: Any) -> Record:
    """A record with these places, numbered from 1."""
    placed = tuple(Site(**{**vars(site), "position": position}) for position, site in enumerate(sites, 1))
    return a_record(number, sites=placed, **changes)


async def links_of(session: AsyncSession, number: str = "NCT99900001") -> dict[int, str | None]:
    """The institution of every place of a record that discloses one."""
    rows = await session.execute(
        select(SiteLink.position, Institution.code)
        .join(TrialRecord, TrialRecord.id == SiteLink.record_id)
        .join(Facility, Facility.id == SiteLink.facility_id)
        .outerjoin(Institution, Institution.id == Facility.institution_id)
        .where(TrialRecord.number == number)
    )
    return dict(iter(rows))


async def test_a_named_hospital_is_linked_a_masked_place_is_not_even_asked_about(
    sessions: Sessions, session: AsyncSession
) -> None:
    stranger = Site(1, Text("見知らぬ中央病院"), prefecture="pref.27")
    seoul = Site(1, Text(en="National Cancer Center"), country=Country(Text(en="Korea"), "country.KR"))
    vague = Site(1, Text(en="Study Site 12"), city="Suita")  # the reader let it pass, the rule does not
    await brought_in(sessions, at("NCT99900001", OSAKA, MASKED, DOUBTFUL, stranger, seoul, vague))
    assert await links_of(session) == {1: "CCRH-03", 3: None, 4: None}
    texts = {one.text_en or one.text_ja: one for one in await session.scalars(select(Facility))}
    assert {name: one.standing for name, one in texts.items()} == {
        "Osaka University Hospital": Standing.LINKED,
        "Osaka University": Standing.OPEN,
        "見知らぬ中央病院": Standing.UNLINKED,
    }
    doubt = texts["Osaka University"]
    assert (doubt.why, doubt.institution_id, doubt.decision) == (Why.BODY_ONLY, None, 0)
    assert doubt.proposed_id == texts["Osaka University Hospital"].institution_id
    assert doubt.id == facility_id(doubt.as_read, demo=False)


async def test_a_text_is_kept_once_however_often_and_however_it_is_written(
    sessions: Sessions, session: AsyncSession
) -> None:
    numbered = Site(1, Text(None, "OSAKA  University /ID# 77"), city="suita", prefecture="pref.27")
    await brought_in(sessions, at("NCT99900001", DOUBTFUL, numbered), at("NCT99900002", DOUBTFUL))
    only = (await session.scalars(select(Facility))).one()
    assert (only.text_en, only.first_seen_at.year) == ("Osaka University", only.first_seen_at.year)
    assert await session.scalar(select(func.count()).select_from(SiteLink)) == 3


async def test_a_new_version_that_drops_a_place_drops_its_link(sessions: Sessions, session: AsyncSession) -> None:
    keio = Site(1, Text("慶應義塾大学病院"), city="新宿区", prefecture="pref.13")
    await brought_in(sessions, at("NCT99900001", OSAKA, keio), at("NCT99900002", OSAKA))
    assert await links_of(session) == {1: "CCRH-03", 2: "CCRH-08"}
    await brought_in(sessions, at("NCT99900001", keio), days=1)
    assert await links_of(session) == {1: "CCRH-08"}
    assert await links_of(session, "NCT99900002") == {1: "CCRH-03"}, "another trial's links stay"
    await brought_in(sessions, a_record(sites=()), days=2)
    assert await links_of(session) == {}


async def test_joining_and_parting_trials_keeps_every_record_s_links(sessions: Sessions, session: AsyncSession) -> None:
    await brought_in(sessions, at("NCT99900001", OSAKA), at("NCT99900002", DOUBTFUL))
    both = (a_number("NCT99900001"), a_number("NCT99900002"))
    await brought_in(sessions, at("NCT99900003", OSAKA, MASKED, numbers=both))
    assert len({*await session.scalars(select(TrialRecord.trial_id))}) == 1
    before = [await links_of(session, f"NCT9990000{n}") for n in (1, 2, 3)]
    assert before == [{1: "CCRH-03"}, {1: None}, {1: "CCRH-03"}]
    apart = await session.scalars(select(TrialRecord).where(TrialRecord.number == "NCT99900003"))
    await set_apart(session, list(apart), by=SERVICE, now=NOW)
    while await follow(session):
        continue
    assert [await links_of(session, f"NCT9990000{n}") for n in (1, 2, 3)] == before


async def test_an_invented_record_never_links_to_a_real_institution(sessions: Sessions, session: AsyncSession) -> None:
    fictional = await an_institution(
        session,
        name_en="Kamome University Hospital",
        name_ja="かもめ大学病院",
        city_en="Suita",
        prefecture_code="pref.27",
    )
    await session.commit()
    kamome = Site(1, Text(None, "Kamome Univ. Hospital"), city="Suita")
    await brought_in(sessions, at("NCT99900001", OSAKA, DOUBTFUL, kamome), demo=True)
    await brought_in(sessions, at("NCT99900002", OSAKA, DOUBTFUL))
    assert await links_of(session) == {1: None, 2: None, 3: fictional.code}
    assert await links_of(session, "NCT99900002") == {1: "CCRH-03", 2: None}
    invented = await session.scalars(select(Facility).where(Facility.demo, Facility.proposed_id.is_not(None)))
    assert [one.text_en for one in invented] == ["Kamome Univ. Hospital"], "and none is proposed for one"


async def test_a_new_institution_is_found_in_old_records_by_linking_anew(
    sessions: Sessions, session: AsyncSession
) -> None:
    kamome = Site(1, Text("かもめ中央病院"), prefecture="pref.14")
    await brought_in(sessions, at("NCT99900001", kamome, OSAKA), at("NCT99900002", OSAKA))
    assert await links_of(session) == {1: None, 2: "CCRH-03"}
    new = await an_institution(
        session, name_en="Kamome Central Hospital", name_ja="かもめ中央病院", kind=InstitutionKind.CORE_HOSPITAL
    )
    await session.commit()

    assert [(one.done, one.total, one.changed) async for one in judge_all(sessions)] == [(2, 2, 1)]
    touched = {*await session.scalars(select(TrialTouched.trial_id))}
    first = await session.scalar(select(TrialRecord.trial_id).where(TrialRecord.number == "NCT99900001"))
    assert touched == {first}, "only the trials whose links changed are made searchable again"
    assert [(one.done, one.changed) async for one in link_all(sessions)] == [(2, 0)]
    assert await links_of(session) == {1: new.code, 2: "CCRH-03"}
    assert [one.changed async for one in judge_all(sessions)] == [0], "harmless to repeat"


async def test_linking_anew_mends_links_that_are_missing_or_wrong(sessions: Sessions, session: AsyncSession) -> None:
    await brought_in(sessions, at("NCT99900001", OSAKA, DOUBTFUL))
    row = (await session.scalars(select(SiteLink).where(SiteLink.position == 2))).one()
    record = row.record_id
    await session.delete(row)
    await session.flush()
    session.add(SiteLink(record_id=record, position=7, facility_id=row.facility_id))
    await session.commit()
    assert [one.changed async for one in link_all(sessions)] == [1]
    assert await links_of(session) == {1: "CCRH-03", 2: None}


async def test_any_number_of_trials_takes_the_same_queries(
    sessions: Sessions, session: AsyncSession, connection: AsyncConnection
) -> None:
    counts = []
    for many in (2, 40):
        numbers = [f"NCT999{many:02}{n:03}" for n in range(many)]
        records = [at(number, OSAKA, Site(1, Text(en=f"Kamome {number} Clinic"))) for number in numbers]
        await load(sessions, [incoming(one) for one in records], by=SERVICE, now=NOW)
        trials: list[UUID] = list(
            await session.scalars(select(TrialRecord.trial_id).where(TrialRecord.number.in_(numbers)))
        )
        async with counted_queries(connection) as queries:
            await link_trials(session, trials)
        counts.append(len(queries))
        await session.commit()
    assert counts[0] == counts[1] <= 5


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        ("General Hospital", "en", False), ("Clinical Research Center", "en", False), ("Kamome Clinic", "en", True),
        ("内科クリニック", "ja", False), ("病院", "ja", False), ("訪問看護ステーション", "ja", False),
        ("かもめ内科クリニック", "ja", True), ("見本訪問看護ステーション", "ja", True),
    ],
)  # fmt: skip
def test_only_a_name_with_a_word_of_its_own_finds_an_institution(name: str, language: Any, said: bool) -> None:
    assert tells(Name("X-1", name, language)) is said


def test_a_partner_is_found_in_its_own_city_and_takes_over_nobody_s_name() -> None:
    def known(code: str, kind: InstitutionKind, en: str, ja: str | None) -> Known:
        return Known(code, kind, en, ja, "pref.27", "Suita", "吹田市")

    clinic = InstitutionKind.PARTNER_CLINIC
    index = registry_index(
        (
            known("CCRH-03", InstitutionKind.CORE_HOSPITAL, "Osaka University Hospital", "大阪大学医学部附属病院"),
            known("P-1", clinic, "Kamome Clinic", "かもめクリニック"),
            known("P-2", clinic, "Osaka University Hospital", "阪大病院"),
            known("P-3", clinic, "Clinic", "クリニック"),
            known("N-1", InstitutionKind.NETWORK, "Kamome Network", "かもめネットワーク"),
        )
    )
    assert link(Place(ja="かもめクリニック", city="吹田市", prefecture="大阪府"), index).certain
    elsewhere = link(Place(ja="かもめクリニック", city="札幌市", prefecture="北海道"), index)
    assert (elsewhere.code, elsewhere.certain) == ("P-1", False)
    osaka = link(Place(en="Osaka University Hospital", city="Suita"), index)
    assert (osaka.code, osaka.certain) == ("CCRH-03", True)
    assert link(Place(ja="クリニック", city="吹田市"), index).code is None
    assert link(Place(en="Kamome Network", city="Suita"), index).code is None


def test_what_is_remembered_of_a_text_is_never_forgotten_by_a_new_spelling_of_keys() -> None:
    """Decisions hang on these ids: where one changes, every decision of the window would be lost."""
    one = Place("Kyoto University /ID# 77", "京都大学", "Kyoto", "pref.26", "606-8507")
    assert str(facility_id(one, demo=False)) == "4d30d674-8427-54af-b61b-f976745d72c5"
    assert facility_id(one, demo=True) != facility_id(one, demo=False)


async def test_the_institutions_of_trials_and_of_places_are_read_at_once(
    sessions: Sessions, session: AsyncSession, connection: AsyncConnection
) -> None:
    keio = Site(1, Text("慶應義塾大学病院"), city="新宿区", prefecture="pref.13")
    await brought_in(sessions, at("NCT99900001", OSAKA, DOUBTFUL, keio, OSAKA), at("NCT99900002", DOUBTFUL))
    rows = await session.execute(select(TrialRecord.trial_id, TrialRecord.id).order_by(TrialRecord.number))
    trials, records = zip(*rows, strict=True)
    async with counted_queries(connection) as queries:
        named = await institutions_of(session, trials)
        codes = await institution_codes_of(session, trials)
        places = await places_of(session, records)
    assert len(queries) == 3
    assert {trial: [one.name_en for one in found] for trial, found in named.items()} == {
        trials[0]: ["Osaka University Hospital", "Keio University Hospital"]
    }
    assert codes == {trials[0]: {"CCRH-03", "CCRH-08"}}
    assert {place: one.code for place, one in places[records[0]].items()} == {1: "CCRH-03", 3: "CCRH-08", 4: "CCRH-03"}
    assert records[1] not in places
