"""The `madoguchi` command as an operator types it: what it does, and one sentence where it cannot."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from app.cli import commands
from tests.databases import Server

Command = Callable[..., Result]


@pytest.fixture
def command(server: Server, own_database: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `madoguchi` with these words and settings."""

    def run(*words: str, **settings: str) -> Result:
        given = {
            "environment": "dev",
            "database_url": server.url(own_database, "service"),
            "owner_database_url": server.url(own_database, "owner"),
            "lang": "en_GB.UTF-8",
            **settings,
        }
        for name in ("LC_ALL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        for name, value in given.items():
            monkeypatch.setenv(name.upper(), value)
        return CliRunner().invoke(commands, list(words))

    return run


def value(server: Server, database: str, question: str) -> object:
    async def asked() -> object:
        connection = await asyncpg.connect(server.url(database, "owner"))
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(asked())


def test_migrating_twice_changes_nothing(command: Command) -> None:
    for _time in range(2):
        result = command("migrate")
        assert (result.exit_code, result.stdout) == (0, "The database is up to date.\n")


def test_an_empty_database_becomes_a_window(command: Command, server: Server, own_database: str) -> None:
    server._run(f'DROP DATABASE "{own_database}" WITH (FORCE)', f'CREATE DATABASE "{own_database}"')
    assert command("migrate").exit_code == 0
    assert command("seed").exit_code == 0
    assert value(server, own_database, "SELECT count(*) FROM organisation WHERE kind = 'operator'") == 1
    assert value(server, own_database, "SELECT count(*) FROM person") == 0


def test_seeding_twice_loads_everything_once(command: Command, server: Server, own_database: str) -> None:
    counts = []
    for _time in range(2):
        assert command("seed", "--demo").exit_code == 0
        counts.append(value(server, own_database, "SELECT count(*) FROM person"))
    assert counts[0] == counts[1] > 0


def test_the_demonstration_is_refused_in_production_and_leaves_nothing(
    command: Command, server: Server, own_database: str
) -> None:
    safe = {
        "environment": "production",
        "secret_key": "k" * 40,
        "public_url": "https://window.example",
        "operator_name_en": "An Operator",
        "operator_name_ja": "ある運営主体",
    }
    for words in (("seed", "--demo"), ("demo-links",)):
        refused = command(*words, **safe)
        assert refused.exit_code == 1
        assert refused.stderr == "The demonstration is refused in production: it is invented.\n"
    assert value(server, own_database, "SELECT count(*) FROM person WHERE demo") == 0


def test_the_demonstration_offers_a_link_for_each_person(command: Command) -> None:
    command("seed", "--demo")
    links = command("demo-links").stdout.splitlines()
    assert len(links) >= 6
    assert all("/sign-in/use?token=" in line for line in links[:-1])
    assert "/confirm?token=" in links[-1], "the link of the monthly confirmation that waits"


def test_an_administrator_is_made_and_a_wrong_address_is_explained(
    command: Command, server: Server, own_database: str
) -> None:
    made = command("create-admin", "admin@operator.example")
    assert made.exit_code == 0
    assert "admin@operator.example" in made.stdout
    assert value(server, own_database, "SELECT count(*) FROM membership WHERE role = 'administrator'") == 1
    assert command("create-admin", "nobody").exit_code == 1


@pytest.mark.parametrize("words", [("migrate",), ("seed",), ("worker",), ("create-admin", "a@b.example")])
def test_a_wrong_database_is_one_sentence(command: Command, words: tuple[str, ...]) -> None:
    nowhere = "postgresql://nobody:x@127.0.0.1:9/none"
    result = command(*words, database_url=nowhere, owner_database_url=nowhere)
    assert result.exit_code == 1
    assert result.stderr.startswith("The database does not answer as it should:")
    assert len(result.stderr.splitlines()) == 1


def test_sentences_follow_the_language_of_the_terminal(command: Command) -> None:
    assert command("migrate", lang="ja_JP.UTF-8").stdout == "データベースは最新の状態です。\n"


def test_unsafe_settings_are_one_sentence(command: Command) -> None:
    result = command("serve", environment="production", lang="ja_JP.UTF-8")
    assert result.exit_code == 1
    assert result.stderr.startswith("設定に問題があるため起動できません：")
    assert "SECRET_KEY" in result.stderr


@pytest.mark.parametrize("words", ["serve", "worker"])
def test_production_starts_nothing_with_the_owners_login(
    command: Command, server: Server, own_database: str, words: str
) -> None:
    result = command(
        words,
        environment="production",
        database_url=server.url(own_database, "owner"),
        secret_key="k" * 40,
        public_url="https://window.example",
        operator_name_en="An Operator",
        operator_name_ja="ある運営主体",
    )
    assert result.exit_code == 1
    assert result.stderr.startswith("DATABASE_URL must name a login that is neither superuser nor owner")
