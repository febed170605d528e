"""The `madoguchi` command: help in English, messages and errors in both languages by LANG."""

from datetime import UTC, datetime
from typing import Annotated

import typer
import uvicorn
from sqlalchemy.ext.asyncio import AsyncSession

from app.cli import importing as _importing  # noqa: F401 - adds its command
from app.cli import indexing as _indexing  # noqa: F401 - adds its command
from app.cli import linking as _linking  # noqa: F401 - adds its command
from app.cli import pulling as _pulling  # noqa: F401 - adds its commands
from app.cli import syncing as _syncing  # noqa: F401 - adds its command
from app.cli.reading import enquiries, trials
from app.cli.terminal import in_transaction, language, refuse_an_unsafe_login, run, say, settings_or_stop
from app.ground import schema
from app.ground.i18n import _
from app.ground.logs import configure_logs
from app.identity import actions as identity
from app.jobs.worker import run_worker
from app.main import create_app
from app.seeding import demonstration_links, seed_demonstration, seed_official

commands = typer.Typer(no_args_is_help=True, add_completion=False, help="Run and look after a Madoguchi window.")
commands.add_typer(enquiries, name="enquiries")
commands.add_typer(trials, name="trials")

MIGRATED = _("The database is up to date.")
ADMINISTRATOR_MADE = _("%(email)s is an administrator now and signs in at %(url)s.")


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
