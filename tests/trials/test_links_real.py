"""The real records through the database: what stands linked is held against the right answers made by hand."""

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.identity.rules import SERVICE
from app.sites.models import Institution
from app.trials.actions import incoming, load
from app.trials.actions.linking import link_trials
from app.trials.models import Facility, RecordSite, SiteLink, Trial, TrialRecord
from app.trials.names import JAPAN
from app.trials.reading.ctgov import read_study
from app.trials.reading.jrct import read_page
from app.trials.rules.deciding import Standing
from tests.conftest import NOW

ANSWERS = Path(__file__).with_name("right_answers.csv")


async def test_automatic_links_in_the_database_are_all_right_and_no_masked_place_has_any(
    shared: Path,
    sessions: async_sessionmaker[AsyncSession],
    session: AsyncSession,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = (shared / "data/ctgov/studies.jsonl").read_text(encoding="utf-8").split("\n")
    records = [read_study(json.loads(line)) for line in lines if line]
    records.append(read_page((shared / "data/jrct/jRCTs051180190.html").read_bytes()))
    await load(sessions, [incoming(one) for one in records], by=SERVICE, now=NOW)
    await link_trials(session, list(await session.scalars(select(Trial.id))))
    rows = await session.execute(
        select(TrialRecord.number, SiteLink.position, Institution.code, Facility.standing)
        .join(SiteLink, SiteLink.record_id == TrialRecord.id)
        .join(Facility, Facility.id == SiteLink.facility_id)
        .outerjoin(Institution, Institution.id == Facility.institution_id)
    )
    stands = {(number, position): (code, standing) for number, position, code, standing in rows}
    with ANSWERS.open(encoding="utf-8", newline="") as answers:
        right = {(row["record"], int(row["position"])): row["answer"] for row in csv.DictReader(answers)}
    linked = {place: code for place, (code, _standing) in stands.items() if code}
    japanese = await session.execute(
        select(TrialRecord.number, RecordSite.position)
        .join(RecordSite, RecordSite.record_id == TrialRecord.id)
        .where((RecordSite.country_code == JAPAN) | RecordSite.country_code.is_(None))
    )
    assert set(right) == {(number, position) for number, position in japanese}, "every place in Japan has its answer"
    with capsys.disabled():
        print(  # noqa: T201
            f"\nlinks in the database: {len(linked)} of {len(right)} places in Japan linked ({len(linked) / len(right):.0%}),"
            f" {sum(right[place] == code for place, code in linked.items())} right,"
            f" {sum(answer == 'masked' for answer in right.values())} masked and left alone"
        )
    assert linked == {place: answer for place, answer in right.items() if answer not in ("masked", "none")}
    assert {place for place, answer in right.items() if answer == "masked"} & set(stands) == set()
    assert Standing.OPEN not in {standing for _code, standing in stands.values()}, "no other hospital even waits"
