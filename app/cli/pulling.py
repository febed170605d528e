"""`madoguchi trials pull` and `madoguchi trials resume`: jRCT asked for a record on a person's request."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.cli.reading import trials
from app.cli.terminal import in_transaction, run, say, settings_or_stop
from app.ground.calendar import JST
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.i18n import _
from app.identity.rules import SERVICE
from app.jobs.registry import Work
from app.settings import Settings
from app.trials import turns
from app.trials.jrct import asking as jrct
from app.trials.reading.found import Unreadable
from app.trials.reading.jrct import read_page

PULLED = _("%(number)s: %(title)s")
NO_TITLE = _("The page has no title.")
KEPT = _("Kept: the page without the personal details of physicians, %(size)s kB, in the table registry_page.")
KEPT_ALIKE = _("The page stands as it was kept.")
NOT_ASKED = _("Nobody was asked: the page was read within the last day.")
READ_AT = _("Read at %(moment)s (Japan time) from %(address)s")
HOSPITALS = _("Hospitals on the page: %(count)s")
RESUMED = _("jRCT can be asked again.")


@trials.command("pull")
def pull_records(
    numbers: Annotated[list[str], typer.Argument(help="A jRCT number; several need the operator's permission.")],
    english: Annotated[bool, typer.Option("--english", help="The English page, which has no hospitals.")] = False,
) -> None:
    """Ask jRCT for a record, in turn and never after a refusal, and keep its page for a day."""
    settings = settings_or_stop()

    async def pulled(work: Work) -> None:
        if len(numbers) > 1:
            jrct.refuse_bulk(settings)
        for number in numbers:
            _say_pulled(
                await jrct.pull(work.transaction, settings, number, by=SERVICE, language="en" if english else "ja")
            )

    _as_worker(settings, pulled)


@trials.command("resume")
def resume_asking() -> None:
    """Let jRCT be asked again after it refused us; find out why first."""

    async def resumed(session: AsyncSession) -> None:
        await turns.resume(session, jrct.SOURCE, by=SERVICE, now=datetime.now(UTC))
        say(RESUMED)

    in_transaction(settings_or_stop(), resumed)


def _say_pulled(page: jrct.Pulled) -> None:
    say(PULLED, number=page.number, title=page.title or NO_TITLE)
    if page.from_cache:
        say(NOT_ASKED)
    elif page.changed:
        say(KEPT, size=-(-len(page.page.encode()) // 1024))
    else:
        say(KEPT_ALIKE)
    say(READ_AT, moment=f"{page.read_at.astimezone(JST):%Y-%m-%d %H:%M}", address=page.address)
    if page.language == "ja":
        try:
            say(HOSPITALS, count=len(read_page(page.page).sites))
        except Unreadable as problem:
            say(problem.message, **problem.details)


def _as_worker(settings: Settings, work: Callable[[Work], Awaitable[None]]) -> None:
    """Run something that opens its own transactions as the service itself, as jobs do."""

    async def alone() -> None:
        engine = engine_for(settings.database_url, role=SERVICE_ROLE)
        try:
            await work(Work(sessions_for(engine), settings))
        finally:
            await engine.dispose()

    run(alone)
