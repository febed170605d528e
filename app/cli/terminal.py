"""What every command shares: the terminal's language, the settings, the database, and one sentence where it fails."""

import asyncio
import os
from collections.abc import Awaitable, Callable

import asyncpg
import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.errors import Refused, Unacceptable
from app.ground.i18n import Locale, Message, _, locale_of
from app.ground.privilege import refuse_a_mighty_login
from app.identity.rules import SERVICE
from app.identity.standing import stand_as
from app.settings import Settings

WRONG_SETTINGS = _("The settings do not allow a start: %(reason)s")
NO_DATABASE = _("The database does not answer as it should: %(reason)s")


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
        told = refusal.by_field(language()).values() if isinstance(refusal, Unacceptable) else [refusal.in_(language())]
        typer.echo("\n".join(told), err=True)
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
