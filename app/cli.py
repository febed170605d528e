"""The `madoguchi` command: help in English, messages and errors in both languages by LANG."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import asyncpg
import orjson
import typer
import uvicorn
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.enquiries.ctgov import printed
from app.enquiries.ctgov.files import LARGEST_FILE, Entry, studies_in
from app.enquiries.ctgov.study import NotAStudy, Study
from app.ground import schema
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.errors import Refused
from app.ground.i18n import Locale, Message, _, locale_of
from app.ground.logs import configure_logs
from app.ground.privilege import refuse_a_mighty_login
from app.identity import actions as identity
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.jobs.worker import run_worker
from app.main import create_app
from app.seeding import demonstration_links, seed_demonstration, seed_official
from app.settings import Settings

commands = typer.Typer(no_args_is_help=True, add_completion=False, help="Run and look after a Madoguchi window.")
enquiries = typer.Typer(no_args_is_help=True, help="Read what others have written about a trial.")
commands.add_typer(enquiries, name="enquiries")

WRONG_SETTINGS = _("The settings do not allow a start: %(reason)s")
NO_DATABASE = _("The database does not answer as it should: %(reason)s")
MIGRATED = _("The database is up to date.")
CANNOT_READ = _("The file cannot be read: %(reason)s")
ADMINISTRATOR_MADE = _("%(email)s is an administrator now and signs in at %(url)s.")


def language() -> Locale:
    """Return the language of this terminal, from LC_ALL, LC_MESSAGES or LANG."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "en")
    return locale_of(named[:2].lower())


def say(message: Message, **details: object) -> None:
    """Print a sentence in the language of this terminal."""
    typer.echo(message.in_(language(), **details))


def stop(message: Message, **details: object) -> typer.Exit:
    """Print a sentence on standard error and return the exit to raise."""
    typer.echo(message.in_(language(), **details), err=True)
    return typer.Exit(1)


def settings_or_stop() -> Settings:
    """Read the settings, or say in one sentence what is wrong with them."""
    try:
        return Settings()
    except ValidationError as error:
        reasons = (f"{'.'.join(map(str, one['loc'])).upper()} {one['msg']}".strip() for one in error.errors())
        raise stop(WRONG_SETTINGS, reason="; ".join(reasons)) from None


def refuse_an_unsafe_login(settings: Settings) -> None:
    """Stop in production before anything starts, where the login could step around row-level security."""
    if settings.environment == "production":
        run(lambda: refuse_a_mighty_login(settings.database_url))


def run(work: Callable[[], Awaitable[None]]) -> None:
    """Run something against the database; a database that does not answer is one sentence, not a stack trace."""

    async def awaited() -> None:
        await work()

    try:
        asyncio.run(awaited())
    except Refused as refusal:
        typer.echo(refusal.in_(language()), err=True)
        raise typer.Exit(1) from None
    except (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise stop(NO_DATABASE, reason=str(error).splitlines()[0]) from None


def in_transaction(settings: Settings, work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Run something in one transaction as the service itself."""

    async def alone() -> None:
        engine = engine_for(settings.database_url, role=SERVICE_ROLE)
        try:
            async with sessions_for(engine).begin() as session:
                await stand_as(session, SERVICE)
                await work(session)
        finally:
            await engine.dispose()

    run(alone)


@commands.command()
def serve() -> None:
    """Serve pages and API on HOST and PORT."""
    settings = settings_or_stop()
    refuse_an_unsafe_login(settings)
    configure_logs(machine_readable=not settings.demonstration)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
    )


@commands.command()
def worker() -> None:
    """Do background work: mails, readings of registries."""
    settings = settings_or_stop()
    refuse_an_unsafe_login(settings)
    configure_logs(machine_readable=not settings.demonstration)
    run(lambda: run_worker(settings))


@commands.command()
def migrate() -> None:
    """Bring the database to the newest schema, as the owner of the tables."""
    settings = settings_or_stop()
    run(lambda: schema.migrate(settings.owner_database_url or settings.database_url))
    say(MIGRATED)


@commands.command()
def seed(
    demo: Annotated[bool, typer.Option("--demo", help="Also load the visibly fictional demonstration.")] = False,
) -> None:
    """Load what the product knows at the start; safe to run again."""
    settings = settings_or_stop()
    now = datetime.now(UTC)

    async def loaded(session: AsyncSession) -> None:
        async for sentence in seed_official(session, settings, now=now):
            typer.echo(sentence.in_(language()))
        if demo:
            async for sentence in seed_demonstration(session, settings, now=now):
                typer.echo(sentence.in_(language()))

    in_transaction(settings, loaded)


@commands.command()
def create_admin(
    email: Annotated[str, typer.Argument(help="The mail address that signs in.")],
    name: Annotated[str, typer.Option(help="The person's name.")] = "Administrator",
) -> None:
    """Make an administrator, who then invites everybody else."""
    settings = settings_or_stop()

    async def made(session: AsyncSession) -> None:
        await identity.create_administrator(
            session,
            email=email,
            name=name,
            language=language(),
            operator_en=settings.operator_name_en,
            operator_ja=settings.operator_name_ja,
            now=datetime.now(UTC),
        )

    in_transaction(settings, made)
    say(ADMINISTRATOR_MADE, email=email, url=f"{settings.public_url.rstrip('/')}/sign-in")


@enquiries.command("read")
def read_studies(
    files: Annotated[list[Path], typer.Argument(help="ClinicalTrials.gov JSON: one study, a list, or JSON lines.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, null where the source is silent.")
    ] = False,
) -> None:
    """Print what each study in a file would bring into a draft; writes nothing."""
    failed = False
    shown: list[Study] = []
    for file in files:
        for entry in _entries(file):
            if entry.study is None:
                failed = True
                typer.echo(printed.problem(file.name, entry, language()), err=True)
            elif as_json:
                # Bytes, so that JSON is UTF-8 whatever the terminal's encoding.
                typer.echo(orjson.dumps(entry.study.said()))
            else:
                shown.append(entry.study)
    if shown:
        typer.echo(printed.table(shown, language(), width=printed.terminal_width()))
    if failed:
        raise typer.Exit(1)


def _entries(file: Path) -> Iterator[Entry]:
    """Return what a file holds, or the one problem that it cannot be read."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        return iter([Entry(None, problem=NotAStudy(CANNOT_READ, reason=error.strerror or str(error)))])
    return studies_in(content)


@commands.command(hidden=True)
def demo_links() -> None:
    """Print a sign-in link for each person of the demonstration; refused in production."""
    settings = settings_or_stop()

    async def printed(session: AsyncSession) -> None:
        async for line in demonstration_links(session, settings, language(), now=datetime.now(UTC)):
            typer.echo(line)

    in_transaction(settings, printed)


def main() -> None:
    """Run the command."""
    commands()


if __name__ == "__main__":
    main()
