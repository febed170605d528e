"""Records enter once: every version is kept, nothing is written twice, and a load that was cut off is run again."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any
from uuid import RFC_4122

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from app.ground.audit import AuditEvent
from app.identity.rules import SERVICE
from app.trials.actions import Incoming, Loaded, Refusal, incoming, load, loading, set_apart
from app.trials.actions.keys import fresh_keys
from app.trials.models import RecordNumber, RecordSite, RecordVersion, TrialRecord, TrialTouched
from app.trials.reading.files import TWICE_DIFFERENT, records_in
from app.trials.reading.found import Unreadable
from app.trials.record import Coded, Day, Record, Site, Text
from app.trials.rules.joining import MOST_NAMING, groups_of
from tests.conftest import NOW
from tests.trials.make import a_number, a_record

Sessions = async_sessionmaker[AsyncSession]
FILES = ("ctgov/studies.jsonl", "ictrp/jprn.csv", "jrct/jRCTs051180190.html")


async def taken(sessions: Sessions, records: Sequence[Record], *, later: int = 0) -> Loaded:
    entries = [incoming(record) for record in records]
    return await load(sessions, entries, by=SERVICE, now=NOW + timedelta(hours=later))


def counts(loaded: Loaded) -> tuple[int, int, int, int, int]:
    return loaded.new, loaded.changed, loaded.same, loaded.older, len(loaded.refused)


async def everything(session: AsyncSession) -> list[Any]:
    """Return what is stored, by numbers instead of ids and without moments: equal for equal states."""
    session.expire_all()
    records = list(await session.scalars(select(TrialRecord).order_by(TrialRecord.source, TrialRecord.number)))
    names = {record.id: (record.source, record.number) for record in records}
    together: dict[Any, list[Any]] = {}
    for record in records:
        together.setdefault(record.trial_id, []).append(names[record.id])
    left = {"id", "trial_id", "first_seen_at", "changed_at", "last_seen_at"}
    columns = [name for name in TrialRecord.__table__.columns.keys() if name not in left]  # noqa: SIM118
    state: list[Any] = [[getattr(record, name) for name in columns] for record in records]
    state.append(sorted(together.values()))
    versions = await session.execute(select(RecordVersion.record_id, RecordVersion.version, RecordVersion.digest))
    state.append(sorted((names[key], version, digest) for key, version, digest in versions))
    numbers = await session.execute(select(RecordNumber.record_id, RecordNumber.value, RecordNumber.scheme))
    state.append(sorted((names[key], value, scheme) for key, value, scheme in numbers))
    sites = await session.scalars(select(RecordSite).order_by(RecordSite.position))
    state.append(
        sorted((names[one.record_id], one.position, one.facility_ja or one.facility_en or "") for one in sites)
    )
    return state


def read(file: Path) -> list[Incoming | Refusal]:
    with file.open("rb") as opened:
        found = list(records_in(opened))
    assert not [one.problem for one in found if one.problem]
    return [incoming(one.record) for one in found if one.record]


async def told_and_touched(session: AsyncSession) -> tuple[int | None, int | None]:
    """Return how many audit rows there are, and how many trials wait to be followed up."""
    return (
        await session.scalar(select(func.count()).select_from(AuditEvent)),
        await session.scalar(select(func.count()).select_from(TrialTouched)),
    )


@pytest.fixture
def real(shared: Path) -> list[Incoming | Refusal]:
    return [one for name in FILES for one in read(shared / "data" / name)]


async def test_all_real_records_load_and_loading_them_again_changes_nothing(
    sessions: Sessions, session: AsyncSession, real: list[Incoming | Refusal]
) -> None:
    assert counts(await load(sessions, real, by=SERVICE, now=NOW)) == (171, 0, 0, 0, 0)
    before, noted = await everything(session), await told_and_touched(session)
    again = await load(sessions, real, by=SERVICE, now=NOW + timedelta(days=2))
    assert counts(again) == (0, 0, 171, 0, 0)
    assert await everything(session) == before
    assert await told_and_touched(session) == noted
    hospitals = await session.scalars(
        select(RecordSite).join(TrialRecord, TrialRecord.id == RecordSite.record_id).where(TrialRecord.source == "jrct")
    )
    assert len([one for one in hospitals if one.facility_ja and one.facility_en]) == 34


async def test_a_changed_value_is_a_new_version_and_the_old_one_stays(
    sessions: Sessions, session: AsyncSession
) -> None:
    noise, first = a_record("NCT99900002"), a_record()
    second = a_record(status=Coded(Text("研究終了", "Completed"), "completed"), sites=())
    assert counts(await taken(sessions, [noise, first])) == (2, 0, 0, 0, 0)
    assert counts(await taken(sessions, [noise, second], later=1)) == (0, 1, 1, 0, 0)
    record = (await session.scalars(select(TrialRecord).where(TrialRecord.number == first.number))).one()
    versions = list(
        await session.scalars(
            select(RecordVersion).where(RecordVersion.record_id == record.id).order_by(RecordVersion.version)
        )
    )
    assert [version.content["status"]["code"] for version in versions] == ["recruiting", "completed"]
    assert (record.version, record.status, record.first_seen_at) == (2, "completed", NOW)
    assert record.changed_at == record.last_seen_at == NOW + timedelta(hours=1)
    sites = await session.scalars(select(RecordSite.record_id))
    assert record.id not in set(sites)


async def test_seeing_a_record_again_is_noted_once_a_day(sessions: Sessions, session: AsyncSession) -> None:
    await taken(sessions, [a_record()])
    for hours, seen in ((5, NOW), (30, NOW + timedelta(hours=30))):
        await taken(sessions, [a_record()], later=hours)
        session.expire_all()
        assert (await session.scalars(select(TrialRecord))).one().last_seen_at == seen


async def test_an_older_version_does_not_replace_a_newer_one(sessions: Sessions, session: AsyncSession) -> None:
    old = a_record(updated=Day("2025-05-05", "2025-05-05"), status=Coded(Text(None, "?"), None))
    await taken(sessions, [a_record()])
    assert counts(await taken(sessions, [old], later=1)) == (0, 0, 0, 1, 0)
    assert (await session.scalars(select(TrialRecord.status))).one() == "recruiting"


async def test_a_number_that_stands_twice_is_taken_once_and_the_second_refused_where_no_date_decides(
    sessions: Sessions, session: AsyncSession
) -> None:
    other, undated = a_record(kind=Text("治験", None)), a_record(updated=None, kind=Text("治験", None))
    for later, expected in enumerate([(1, 0, 1, 0, 2), (0, 0, 2, 0, 2)]):
        loaded = await taken(sessions, [a_record(), a_record(), other, undated], later=later)
        assert counts(loaded) == expected
        for refused in loaded.refused:
            assert "NCT99900001" in refused.reason.in_("en")
            assert '"kind":{"ja":"治験"' in refused.raw
    assert len(list(await session.scalars(select(RecordVersion)))) == 1


@pytest.mark.parametrize(
    ("at_once", "first", "again"), [(9, (2, 0, 0, 2, 0), (0, 0, 2, 2, 0)), (1, (2, 1, 0, 1, 0), (0, 0, 2, 2, 0))]
)
async def test_of_two_versions_in_one_file_the_one_that_its_source_dates_later_is_taken(
    sessions: Sessions,
    session: AsyncSession,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
    first: tuple[int, ...],
    again: tuple[int, ...],
) -> None:
    monkeypatch.setattr(loading, "BATCH", at_once)
    later, earlier = (a_record(updated=Day(day, day), size=None) for day in ("2027-01-02", "2001-01-02"))
    entries = [a_record(), later, earlier, a_record("NCT99900002")]
    assert counts(await taken(sessions, entries)) == first
    before = await everything(session)
    stored = (await session.scalars(select(TrialRecord).where(TrialRecord.number == "NCT99900001"))).one()
    assert stored.updated_on == date(2027, 1, 2)
    assert counts(await taken(sessions, entries, later=1)) == again
    assert await everything(session) == before


async def test_what_a_reader_refused_is_handed_on(sessions: Sessions) -> None:
    wrong = Refusal(None, Unreadable(TWICE_DIFFERENT, number="x").message, "raw")
    loaded = await load(sessions, [wrong, incoming(a_record())], by=SERVICE, now=NOW)
    assert (loaded.new, loaded.refused, loaded.read) == (1, [wrong], 2)


# -- One trial in several registries


async def trials_of(session: AsyncSession) -> list[list[str]]:
    session.expire_all()
    together: dict[Any, list[str]] = {}
    for record in await session.scalars(select(TrialRecord).order_by(TrialRecord.number)):
        together.setdefault(record.trial_id, []).append(record.number + ("*" if record.leads else ""))
    return sorted(together.values())


async def test_records_that_name_each_other_are_one_trial_whichever_came_first(
    sessions: Sessions, session: AsyncSession
) -> None:
    nct = a_record("NCT99900001", numbers=(a_number("jRCT9999000001", "jrct"),))
    jrct, copy = a_record("jRCT9999000001", "jrct"), a_record("jRCT9999000001", "ictrp")
    other = a_record("NCT99900002", numbers=(a_number("ABC-1", None),))
    own_number = a_record("NCT99900003", numbers=(a_number("ABC-1", None),))
    await taken(sessions, [nct, other, own_number])
    await taken(sessions, [jrct, copy], later=1)
    assert [[number.rstrip("*") for number in one] for one in await trials_of(session)] == [
        ["NCT99900001", "jRCT9999000001", "jRCT9999000001"],
        ["NCT99900002"],
        ["NCT99900003"],
    ]
    leader = (await session.scalars(select(TrialRecord).where(TrialRecord.leads, TrialRecord.source == "jrct"))).one()
    assert leader.number == "jRCT9999000001"


async def test_a_later_record_joins_two_trials_and_a_person_parts_them_for_good(
    sessions: Sessions, session: AsyncSession
) -> None:
    first, second = a_record("NCT99900001"), a_record("NCT99900002")
    bridge = a_record("jRCT9999000003", "jrct", numbers=(a_number("NCT99900001"), a_number("NCT99900002")))
    await taken(sessions, [first])
    await taken(sessions, [second], later=1)
    await taken(sessions, [bridge], later=2)
    assert await trials_of(session) == [["NCT99900001", "NCT99900002", "jRCT9999000003*"]]
    joined = (await session.scalars(select(AuditEvent).where(AuditEvent.what == "trial.joined"))).one()
    assert joined.details["records"] == ["NCT99900002"]

    wrong = (await session.scalars(select(TrialRecord).where(TrialRecord.number == "NCT99900002"))).one()
    await parted(session, wrong)
    assert await trials_of(session) == [["NCT99900001", "jRCT9999000003*"], ["NCT99900002*"]]
    changed = a_record("NCT99900002", kind=Text("x", None), numbers=(a_number("NCT99900001"),))
    await taken(sessions, [changed], later=3)
    await taken(sessions, [a_record("jRCT9999000003", "jrct", numbers=bridge.numbers, kind=Text("y", None))], later=4)
    assert await trials_of(session) == [["NCT99900001", "jRCT9999000003*"], ["NCT99900002*"]]


async def parted(session: AsyncSession, record: TrialRecord) -> None:
    await set_apart(session, [record], by=SERVICE, now=NOW)
    await session.commit()


async def test_a_number_that_everybody_names_joins_nobody(sessions: Sessions, session: AsyncSession) -> None:
    template = (a_number("U1111-1111-1111", "utn"),)
    await taken(sessions, [a_record(f"NCT999000{n:02}", numbers=template) for n in range(MOST_NAMING + 5)])
    assert len(await trials_of(session)) == MOST_NAMING + 5


def test_groups_are_chains_of_common_numbers() -> None:
    assert groups_of({"a": [1, 2], "b": [3], "c": [4, 5], "d": [2, 4]}) == [[1, 2, 4, 5], [3]]


# -- Cut off in the middle


@pytest.mark.parametrize("after", [0, 1, 2, 4])
async def test_a_load_that_was_cut_off_and_run_again_ends_as_if_undisturbed(
    connection: AsyncConnection, sessions: Sessions, session: AsyncSession, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(loading, "BATCH", 3)
    records = [
        a_record(f"NCT999000{n:02}", numbers=(a_number(f"NCT999000{n - 7:02}"),) if n in (8, 9, 13) else ())
        for n in range(14)
    ]
    await connection.exec_driver_sql("SAVEPOINT clean")
    await taken(sessions, records)
    undisturbed = await everything(session)
    await connection.exec_driver_sql("ROLLBACK TO SAVEPOINT clean")

    done = 0
    write = loading.load_batch

    async def cut_off(*given: Any, **named: Any) -> Loaded:
        nonlocal done
        counted = await write(*given, **named)
        if done == after:
            raise ConnectionError("gone")
        done += 1
        return counted

    monkeypatch.setattr(loading, "load_batch", cut_off)
    with pytest.raises(ConnectionError):
        await taken(sessions, records)
    monkeypatch.setattr(loading, "load_batch", write)
    again = await taken(sessions, records, later=1)
    assert (again.same, again.new) == (3 * after, 14 - 3 * after)
    assert await everything(session) == undisturbed


async def test_the_next_records_are_read_while_a_batch_is_written_and_nobody_reads_on_once_it_failed(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH", 2)
    given: list[int] = []
    second = threading.Event()

    def reading() -> Iterator[Incoming]:
        for number in range(8):
            given.append(number)
            if number == 2:
                second.set()
            yield incoming(a_record(f"NCT9990000{number}"))

    async def failing(*_given: Any, **_named: Any) -> Loaded:
        assert await asyncio.to_thread(second.wait, 10)
        raise ConnectionError("gone")

    monkeypatch.setattr(loading, "load_batch", failing)
    with pytest.raises(ConnectionError):
        await load(sessions, reading(), by=SERVICE, now=NOW)
    assert given == [0, 1, 2, 3]


async def test_what_was_read_before_a_file_broke_is_stored(
    sessions: Sessions, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH", 2)

    def broken() -> Iterator[Incoming]:
        yield from (incoming(a_record(f"NCT9990000{number}")) for number in range(3))
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        await load(sessions, broken(), by=SERVICE, now=NOW)
    assert list(await session.scalars(select(TrialRecord.number).order_by(TrialRecord.number))) == [
        "NCT99900000",
        "NCT99900001",
    ]


def test_keys_that_come_by_the_thousand_rise_with_time_and_are_uuids_of_version_seven() -> None:
    keys = [*fresh_keys(500, NOW), *fresh_keys(500, NOW + timedelta(milliseconds=1))]
    assert keys == sorted(set(keys))
    assert {(key.version, key.variant) for key in keys} == {(7, RFC_4122)}
    assert keys[0].int >> 80 == int(NOW.timestamp() * 1000)
    # 74 bits of chance: no bit of them stands still over a thousand keys.
    assert reduce(or_, (keys[0].int ^ key.int for key in keys[:500])) == (1 << 80) - 1 ^ (15 << 76 | 3 << 62)


# -- What the service may not do


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_version SET content = '{}'",
        "DELETE FROM record_version",
        "DELETE FROM trial_record",
        "DELETE FROM trial",
        "UPDATE record_site SET facility_en = 'x'",
    ],
)
async def test_history_cannot_be_rewritten(sessions: Sessions, session: AsyncSession, statement: str) -> None:
    await taken(sessions, [a_record(sites=(Site(1),))])
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with session.begin_nested():
            await session.execute(text(statement))
