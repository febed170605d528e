"""`madoguchi trials link` links everything anew: with a bar or with lines, and twice changes nothing."""

import asyncio

from sqlalchemy import delete
from typer.testing import CliRunner

from app.cli import commands
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.trials.models import SiteLink
from tests.databases import Server
from tests.trials.test_links import MASKED, OSAKA, at, brought_in


def test_everything_is_linked_anew_and_the_second_time_nothing_changes(server: Server, own_database: str) -> None:
    async def prepared() -> None:
        engine = engine_for(server.url(own_database, "service"), role=SERVICE_ROLE)
        sessions = sessions_for(engine)
        await brought_in(sessions, at("NCT99900001", OSAKA, MASKED), at("NCT99900002", MASKED))
        async with sessions.begin() as session:
            await session.execute(delete(SiteLink))
        await engine.dispose()

    asyncio.run(prepared())
    env = {
        "LC_ALL": None,
        "LC_MESSAGES": None,
        "ENVIRONMENT": "dev",
        "DATABASE_URL": server.url(own_database, "service"),
    }
    first = CliRunner().invoke(commands, ["trials", "link"], env=env | {"LANG": "en_GB.UTF-8"})
    assert first.exit_code == 0, first.output
    assert "Trials linked: 2 of 2." in first.stdout
    assert "Texts linked otherwise than before: 0. Records with other places than before: 1." in first.stdout
    again = CliRunner().invoke(commands, ["trials", "link"], env=env | {"LANG": "ja_JP.UTF-8"})
    assert again.exit_code == 0
    assert "変更はありません。" in again.stdout
