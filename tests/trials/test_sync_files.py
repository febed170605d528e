"""A file that is handed in: taken once, gone on with where it stood, forgotten once it is read."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.ground.errors import NotAllowed, Unacceptable
from app.identity.rules import VISITOR, Actor, Role
from app.jobs.registry import Work
from app.settings import Settings
from app.trials.actions import dropping
from app.trials.actions.dropping import drop_file, forget_old_files
from app.trials.errors import FileTooLarge
from app.trials.models import RunState, Source
from app.trials.sync import files
from tests.trials.pages import a_csv
from tests.trials.runs import NOW, Runs, counted


@pytest.fixture
def runs(settings: Settings, sessions: async_sessionmaker[AsyncSession]) -> Runs:
    return Runs(Work(sessions, settings))


def an_export(number: int, **changes: str) -> bytes:
    return a_csv(*({"TrialID": f"NCT9999{one:04}", "Secondary ID": "", **changes} for one in range(number))).encode()


async def pieces_of(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_a_file_is_brought_in_once_and_forgotten(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BATCH", 3)
    content = an_export(8)
    first = await runs.file(content, "ICTRP-Export\n.csv")
    assert (first.state, first.source, counted(first)) == (RunState.DONE, Source.ICTRP, (8, 0, 0, 0, 0))
    assert (first.name, first.expected, first.passed) == ("ICTRP-Export.csv", len(content), len(content))
    assert first.step == 4
    assert await runs.rows("sync_chunk") == 0
    assert (await runs.state(Source.ICTRP)).succeeded_at is not None
    assert counted(await runs.file(content)) == (0, 0, 8, 0, 0)


async def test_what_is_refused_is_kept_with_place_reason_and_text_but_without_people(runs: Runs) -> None:
    rows = an_export(2).decode().splitlines()
    cut = '"NCT99990009","half a row'
    run = await runs.file("\n".join([*rows, "too,few,columns", cut]).encode())
    assert run.state is RunState.DONE
    assert counted(run) == (2, 0, 0, 0, 2)
    first, second = await runs.refusals(run)
    assert [one.position for one in (first, second)] == [1, 2]
    assert first.where is not None
    assert (first.where.in_("en"), first.where.in_("ja")) == ("line 4", "4行目")
    assert "This row has 3 columns" in first.why.in_("en") and "列数は3" in first.why.in_("ja")
    assert "too" in first.raw
    assert "not whole CSV" in second.why.in_("en")
    assert "Kakuu" not in first.raw + second.raw and "@" not in first.raw + second.raw


async def test_the_same_trial_twice_in_one_file_is_one_trial(runs: Runs) -> None:
    content = a_csv({"TrialID": "nct99990001"}, {"TrialID": "NCT99990001"}, {"TrialID": "JPRN-JRCTS999990001"}).encode()
    run = await runs.file(content)
    assert run.read == 3
    assert run.new == 2
    assert set(await runs.numbers(Source.ICTRP)) == {"NCT99990001", "jRCTs999990001"}


async def test_a_column_that_is_gone_stops_the_run_before_anything_is_written_and_no_source(runs: Runs) -> None:
    header, *rows = an_export(8).decode().replace("Recruitment Status", "Something else").splitlines()
    run = await runs.file("\n".join([header, *rows]).encode())
    assert (run.state, run.code, run.read) == (RunState.STOPPED, "layout_changed", 0)
    assert run.why is not None
    assert "Recruitment status" in run.why.in_("en") and "進捗状況" in run.why.in_("ja")
    assert await runs.numbers(Source.ICTRP) == {}
    assert counted(await runs.file(an_export(8))) == (8, 0, 0, 0, 0)


async def test_what_is_no_export_at_all_is_one_refusal(runs: Runs) -> None:
    run = await runs.file(b"\x00\x01\x02")
    assert (run.state, counted(run), run.source) == (RunState.DONE, (0, 0, 0, 0, 1), None)
    assert "no column TrialID" in (await runs.refusals(run))[0].why.in_("en")


async def test_files_are_for_officers_bounded_and_not_kept_for_ever(
    runs: Runs, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    sponsor = Actor(None, roles=frozenset({Role.SPONSOR}))
    officer = Actor(None, roles=frozenset({Role.STAFF}))
    for stranger in (VISITOR, sponsor):
        with pytest.raises(NotAllowed):
            await drop_file(session, "a.csv", pieces_of(b"x"), by=stranger, now=NOW)
    with pytest.raises(Unacceptable, match="unacceptable"):
        await drop_file(session, "a.csv", pieces_of(b"", b""), by=officer, now=NOW)
    monkeypatch.setattr(dropping, "LARGEST_FILE", 10)
    with pytest.raises(FileTooLarge):
        await drop_file(session, "a.csv", pieces_of(b"12345", b"67890", b"1"), by=officer, now=NOW)
    run = await drop_file(session, "", pieces_of(b"1234567890"), by=officer, now=NOW)
    assert run.name == "-"
    await forget_old_files(session, now=NOW + dropping.KEPT / 2)
    await session.commit()
    assert await runs.rows("sync_chunk") > 0
    await forget_old_files(session, now=NOW + dropping.KEPT * 2)
    await session.commit()
    assert await runs.rows("sync_chunk") == 0
    forgotten = await runs.do(run.id)
    assert "no longer kept" in (await runs.refusals(forgotten))[0].why.in_("en")


async def test_odd_rows_go_through_a_run(runs: Runs) -> None:
    content = a_csv(
        {"TrialID": "jprn-jrcts999990001", "Inclusion agemin": "20age old", "Public title": "ｶﾀｶﾅの試験<br>二行目"},
        {
            "TrialID": "JPRN-UMIN000099901",
            "Public title": "",
            "Scientific title": "",
            "Date registration": "2026-02-30",
            "Date registration3": "",
        },
        {"TrialID": "", "Public title": "no number"},
    )
    whole = content.encode()
    run = await runs.file(whole[: len(whole) - 20])
    assert (run.state, counted(run)) == (RunState.DONE, (2, 0, 0, 0, 1))
    stored = await runs.numbers(Source.ICTRP)
    assert stored["jRCTs999990001"].title_en == "ｶﾀｶﾅの試験\n二行目"
    odd = stored["UMIN000099901"]
    assert (odd.title_en, odd.title_ja, odd.registered_on) == (None, None, None)
