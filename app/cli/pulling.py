"""`madoguchi trials pull`, `pause` and `resume`: one record on a person's request, and whether a source may be asked."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.cli.reading import trials
from app.cli.terminal import in_transaction, language, run, say, settings_or_stop
from app.ground.calendar import JST
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.i18n import Message, _
from app.identity.rules import SERVICE
from app.jobs.registry import Work
from app.settings import Settings
from app.trials.actions import running
from app.trials.jrct.asking import refuse_bulk
from app.trials.models import RecordSite, RegistryPage, Source, SyncRefusal, SyncRun
from app.trials.queries import get_record
from app.trials.sync.running import do_run

PULLED = _("%(number)s: %(title)s")
NO_TITLE = _("The record has no title.")
NEW = _("Stored: a new record.")
CHANGED = _("Stored: it has changed, and is version %(version)s now.")
SAME = _("The same as what is stored.")
OLDER = _("Older than what is stored; the stored version stays.")
NOT_ASKED = _("Nobody was asked: the page was read within the last day.")
READ_AT = _("Read at %(moment)s (Japan time) from %(address)s")
SITES = _("Places in the record: %(count)s")
RESUMED = _("%(registry)s can be asked again.")
PAUSED = _("No sync of %(registry)s goes on until somebody resumes it.")
SOURCE = Annotated[Source, typer.Argument(help="jrct, ctgov or ictrp.")]


@trials.command("pull")
def pull_records(
    numbers: Annotated[list[str], typer.Argument(help="A jRCT or NCT number; several of jRCT need its permission.")],
    english: Annotated[bool, typer.Option("--english", help="Read jRCT's English page too.")] = False,
) -> None:
    """Ask a registry for a record, in turn and never after a refusal, and store it. Exit 1 where none was stored."""
    settings, failed = settings_or_stop(), list[SyncRun]()

    async def pulled(work: Work) -> None:
        if sum("jrct" in number.lower() for number in numbers) > 1:
            refuse_bulk(settings)
        for number in numbers:
            async with work.transaction() as session:
                asked = await running.open_record(
                    session, number, settings=settings, by=SERVICE, now=work.now, english=english
                )
            await do_run(work.transaction, settings, asked.id, clock=lambda: work.now)
            if not await _say_pulled(work, asked.id):
                failed.append(asked)

    as_worker(settings, pulled)
    if failed:
        raise typer.Exit(1)


@trials.command("pause")
def pause_source(source: SOURCE) -> None:
    """Let no sync of a source go on until somebody resumes it; what is under way stops before it writes again."""

    async def paused(session: AsyncSession) -> None:
        await running.pause(session, source, by=SERVICE, now=datetime.now(UTC))
        say(PAUSED, registry=source.terms.name)

    in_transaction(settings_or_stop(), paused)


@trials.command("resume")
def resume_asking(source: SOURCE = Source.JRCT) -> None:
    """Let a source be asked again, after a pause, a refusal or another layout; find out why first."""

    async def resumed(session: AsyncSession) -> None:
        await running.resume(session, source, by=SERVICE, now=datetime.now(UTC))
        say(RESUMED, registry=source.terms.name)

    in_transaction(settings_or_stop(), resumed)


async def _say_pulled(work: Work, run_id: UUID) -> bool:
    """Say what came of a run of one record; False where nothing was stored."""
    async with work.transaction() as session:
        done = (await session.scalars(select(SyncRun).where(SyncRun.id == run_id))).one()
        if done.why is not None:
            typer.echo(done.why.in_(language()), err=True)
            return False
        for refusal in await session.scalars(select(SyncRefusal).where(SyncRefusal.run_id == run_id)):
            typer.echo(refusal.why.in_(language()), err=True)
            return False
        await _say_stored(session, done)
    return True


async def _say_stored(session: AsyncSession, done: SyncRun) -> None:
    record = await get_record(session, str(done.number))
    title = record.title_ja or record.title_en if language() == "ja" else record.title_en or record.title_ja
    say(PULLED, number=record.number, title=title or NO_TITLE)
    outcome: Message = NEW if done.new else CHANGED if done.changed else OLDER if done.older else SAME
    say(outcome, **({"version": record.version} if done.changed else {}))
    page = await session.get(RegistryPage, (record.source.value, record.number, "ja"))
    if page is not None:
        if done.started_at is not None and page.read_at < done.started_at:
            say(NOT_ASKED)
        say(READ_AT, moment=f"{page.read_at.astimezone(JST):%Y-%m-%d %H:%M}", address=page.address)
    sites = select(func.count()).select_from(RecordSite).where(RecordSite.record_id == record.id)
    say(SITES, count=await session.scalar(sites))


def as_worker(settings: Settings, work: Callable[[Work], Awaitable[None]]) -> None:
    """Run something that opens its own transactions as the service itself, as jobs do."""

    async def alone() -> None:
        engine = engine_for(settings.database_url, role=SERVICE_ROLE)
        try:
            await work(Work(sessions_for(engine), settings))
        finally:
            await engine.dispose()

    run(alone)
